"""Bar (柱形): one or more series compared over a few categories."""

from __future__ import annotations

from tools.charts.canvas import Sheet
from tools.charts.columns import draw_columns
from tools.charts.plot import Plot


def height(plot: Plot) -> float:
    """Inches."""
    del plot
    return 2.6


def draw(sheet: Sheet, plot: Plot) -> None:
    draw_columns(sheet, plot)
