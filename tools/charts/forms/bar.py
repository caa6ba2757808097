"""Bar (柱形): one or more series compared over a few categories."""

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
