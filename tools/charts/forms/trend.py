"""Trend (趋势): bars of an amount over time with a line of its change on the right axis."""

from __future__ import annotations

from tools.charts.canvas import Sheet
from tools.charts.columns import draw_columns
from tools.charts.plot import Plot
from tools.charts.ticks import extra


def height(plot: Plot) -> float:
    """Inches; turned names add to it."""
    return 2.6 + extra(plot)


def draw(sheet: Sheet, plot: Plot) -> None:
    draw_columns(sheet, plot)
