"""Waterfall (瀑布): the first and the last point are levels, the points between them the changes that lead across."""

from __future__ import annotations

from tools.charts import palette
from tools.charts.canvas import Sheet
from tools.charts.columns import fitting, numbers
from tools.charts.plot import Plot
from tools.charts.ticks import extra, ticks_of


def height(plot: Plot) -> float:
    """Inches; turned names add to it."""
    return 2.6 + extra(plot)


def draw(sheet: Sheet, plot: Plot) -> None:
    trace = plot.traces[0]
    values = [value or 0.0 for value in numbers(trace.values)]
    last = len(values) - 1
    spans: list[tuple[float, float]] = []
    level = 0.0
    for at, value in enumerate(values):
        start = 0.0 if at in {0, last} else level
        level = value if at in {0, last} else level + value
        spans.append((start, level))
    ends = [end for _, end in spans] + [start for start, _ in spans[1:last]]
    low, high = min(ends), max(ends)
    moved = (high - low) or abs(high) or 1.0
    cut = low > 0 and low > 3 * moved
    floor = low - 0.6 * moved if cut else min(low, 0.0)
    ticks = ticks_of(sheet, plot, 14, 14)
    axes = sheet.axes(left=ticks.left, top=32, bottom=ticks.below)
    slot = (sheet.width - ticks.left - 14) / (last + 1.2)
    size = fitting([f"+{text}" for text in trace.printed], slot) or 5.8
    printed: list[tuple[int, float, str]] = []
    for at, (start, end) in enumerate(spans):
        whole = at in {0, last}
        base = floor if whole else min(start, end)
        tall = (end - floor) if whole else abs(end - start)
        shade = palette.LEVEL if whole else palette.RISE if end >= start else palette.FALL
        mark = "" if whole else "////" if end >= start else "...."
        axes.bar(at, tall, 0.56, bottom=base, color=shade, hatch=mark, edgecolor="white", linewidth=0.4)
        text = trace.printed[at] or "—"
        sign = "+" if not whole and values[at] > 0 else ""
        printed.append((at, max(start, end) if not whole else end, sign + text))
        if at < last:
            axes.plot([at + 0.28, at + 0.72], [end, end], color=palette.MUTED, linewidth=0.6, linestyle=":")
    axes.set_xlim(-0.6, last + 0.6)
    axes.set_ylim(floor, high + 0.18 * (high - floor))
    ticks.put(sheet, axes)
    for at, top, text in printed:
        sheet.label(axes, at, top, text, (0, 2), size=size, va="bottom")
    axes.spines["left"].set_visible(False)
    if floor < 0:
        axes.axhline(0, color=palette.MUTED, linewidth=0.6)
    if cut:
        sheet.note = "首末柱未从零起绘"
    sheet.units(plot.unit, at=14)
