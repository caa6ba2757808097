"""Heat map (热力图): a row for each series, a column for each category, the number in its shaded cell."""

from __future__ import annotations

from tools.charts.canvas import SMALL, Sheet
from tools.charts.columns import fitting
from tools.charts.lettering import cut, width, wrapped
from tools.charts.plot import Plot
from tools.charts.shades import note, shades


def height(plot: Plot) -> float:
    """Inches; grows with the rows."""
    return min(0.95 + 0.27 * len(plot.traces), 8.0)


def draw(sheet: Sheet, plot: Plot) -> None:
    from matplotlib.patches import Rectangle

    rows, columns = len(plot.traces), len(plot.categories)
    names = [cut(trace.name, SMALL, 130) for trace in plot.traces]
    left = max(width(name, SMALL) for name in names) + 16
    axes = sheet.axes(left=left, right=12, top=42, bottom=22)
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    room = (sheet.width - left - 12) / columns
    # above the cells the year stands over its month, not under it
    above = ["\n".join(reversed(text.split("\n"))) for text in plot.ticks]
    ticks = [cut(wrapped(text, SMALL, room - 2, 2), SMALL, room - 2) for text in above]
    for at, text in enumerate(ticks):
        sheet.label(axes, at + 0.5, 0, text, (0, 3.5), va="bottom")
    for at, text in enumerate(names):
        sheet.label(axes, None, at + 0.5, text, (-3.5, 0), ha="right", va="center_baseline")
    values = [value for trace in plot.traces for value in trace.values]
    size = fitting([text for trace in plot.traces for text in trace.printed if text], room - 4)
    for at, (fill, ink) in enumerate(shades(values)):
        row, column = divmod(at, columns)
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=fill, edgecolor="white", linewidth=1.2))
        text = plot.traces[row].printed[column] or "—"
        if size or text == "—":
            sheet.label(axes, column + 0.5, row + 0.5, text, size=size or SMALL, colour=ink)
    sheet.units(plot.unit, at=10, top=12)
    sheet.note = note(values) if size else ""
