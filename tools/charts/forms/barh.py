"""Lying bars (条形): a ranking of named members, the first on top."""

from __future__ import annotations

from tools.charts import palette
from tools.charts.canvas import SMALL, Sheet
from tools.charts.columns import numbers
from tools.charts.lettering import width, wrapped
from tools.charts.plot import Plot


def height(plot: Plot) -> float:
    """Inches; grows with the rows."""
    return min(0.75 + 0.25 * len(plot.categories) * max(1, 0.7 * len(plot.traces)), 8.0)


def draw(sheet: Sheet, plot: Plot) -> None:
    names = [wrapped(text, SMALL, 130, 2) for text in plot.categories]
    values = [value for trace in plot.traces for value in numbers(trace.values) if value is not None]
    high, low = max(*values, 0.0), min(*values, 0.0)
    span = (high - low) or 1.0
    axes = sheet.axes(left=min(max(width(name, SMALL) for name in names) + 14, 160), right=20, top=32, bottom=20)
    rows = len(plot.categories)
    each = 0.68 / len(plot.traces)
    handles = []
    printed: list[tuple[float, float, str]] = []
    for at, trace in enumerate(plot.traces):
        ys = [row + (at - (len(plot.traces) - 1) / 2) * each for row in range(rows)]
        lengths = [value or 0.0 for value in numbers(trace.values)]
        handles.append(
            axes.barh(
                ys, lengths, each, color=palette.colour(at), hatch=palette.hatch(at), edgecolor="white", linewidth=0.4
            )
        )
        printed += zip(ys, lengths, trace.printed, strict=True)
    axes.set_ylim(rows - 0.5, -0.5)
    room = 0.14 * span
    axes.set_xlim(low - (room if low < 0 else 0), high + (room if high > 0 else 0))
    if low < 0:
        axes.axvline(0, color=palette.MUTED, linewidth=0.6)
        axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)
    for row, name in enumerate(names):
        sheet.label(axes, None, row, name, (-3.5, 0), ha="right", va="center_baseline")
    for y, length, text in printed:
        out = 3 if length >= 0 else -3
        sheet.label(axes, length, y, text or "—", (out, 0), ha="left" if length >= 0 else "right")
    sheet.legend(handles, [trace.name for trace in plot.traces])
    sheet.units(plot.unit, at=10)
