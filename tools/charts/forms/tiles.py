"""Tiles (单位网格图): one tile for each unit in reading order, its name and number on a shade."""

from __future__ import annotations

import math

from tools.charts.canvas import SMALL, TEXT, Sheet
from tools.charts.columns import fitting
from tools.charts.lettering import cut, wrapped
from tools.charts.plot import Plot
from tools.charts.shades import note, shades

_MOST = 7


def across(plot: Plot) -> int:
    """Tiles in a row: rows stay about even, and names keep their room."""
    count = len(plot.categories)
    rows = math.ceil(count / _MOST)
    return math.ceil(count / rows)


def height(plot: Plot) -> float:
    """Inches; grows with the rows."""
    return 0.62 + 0.68 * math.ceil(len(plot.categories) / across(plot))


def draw(sheet: Sheet, plot: Plot) -> None:
    from matplotlib.patches import FancyBboxPatch

    trace, wide = plot.traces[0], across(plot)
    rows = math.ceil(len(plot.categories) / wide)
    axes = sheet.axes(left=10, right=10, top=20, bottom=20)
    axes.set_axis_off()
    axes.set_xlim(0, wide)
    axes.set_ylim(rows, 0)
    room = (sheet.width - 20) / wide - 10
    names = [cut(wrapped(text, SMALL, room, 2), SMALL, room) for text in plot.categories]
    size = fitting([text for text in trace.printed if text], room)
    for at, (fill, ink) in enumerate(shades(trace.values)):
        row, column = divmod(at, wide)
        axes.add_patch(
            FancyBboxPatch(
                (column + 0.04, row + 0.06),
                0.92,
                0.88,
                boxstyle="round,pad=0,rounding_size=0.05",
                facecolor=fill,
                edgecolor="none",
            )
        )
        lines = names[at].count("\n")
        sheet.label(axes, column + 0.5, row + (0.36 if lines else 0.34), names[at], colour=ink, pitch=1.1)
        printed, letters = trace.printed[at] or "—", min(size or 5.8, TEXT) + (1.0 if size >= SMALL else 0)
        sheet.label(axes, column + 0.5, row + (0.76 if lines else 0.68), printed, size=letters, colour=ink)
    sheet.units(plot.unit, at=10, top=12)
    sheet.note = note(trace.values)
