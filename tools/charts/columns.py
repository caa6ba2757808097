"""Upright bars and lines over the same categories: shared by trend, bar, stack and histogram."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tools.charts import palette
from tools.charts.canvas import SMALL, Sheet
from tools.charts.lettering import width
from tools.charts.plot import Plot, Trace
from tools.charts.ticks import ticks_of

Numbers = Sequence[float | None]


def numbers(values: Sequence[Decimal | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def draw_columns(sheet: Sheet, plot: Plot, *, gap: float = 0.36, stacked: bool = False) -> None:
    """Bars on the left axis, lines on the axis they name; a right-hand line floats above the bars."""
    left, right = plot.on("left"), plot.on("right")
    edge = 40 if right else 14
    ticks = ticks_of(sheet, plot, 52, edge)
    axes = sheet.axes(left=ticks.left, right=edge, bottom=ticks.below)
    slots = list(range(len(plot.categories)))
    axes.set_xlim(-0.6, len(slots) - 0.4)
    ticks.put(axes)
    axes.yaxis.grid(True, color=palette.GRID, linewidth=0.5)
    bars = [trace for trace in left if trace.mark == "bar"]
    handles: list[Any] = []
    draw = _stacked if stacked else _clustered
    handles += draw(sheet, axes, bars, gap, labelled=not stacked)
    _limits(axes, left, bars, stacked, headroom=1.7 if right else 1.14)
    handles += [
        _line(axes, trace, at, bool(right) or not bars) for at, trace in enumerate(t for t in left if t.mark == "line")
    ]
    names = [trace.name for trace in bars] + [trace.name for trace in left if trace.mark == "line"]
    if right:
        twin = axes.twinx()
        for side in ("top", "left", "bottom"):
            twin.spines[side].set_visible(False)
        twin.spines["right"].set_color(palette.MUTED)
        twin.spines["right"].set_linewidth(0.6)
        twin.tick_params(labelsize=SMALL, colors=palette.INK, length=2.5, width=0.6)
        _float(twin, right)
        handles += [_line(twin, trace, at, True) for at, trace in enumerate(right)]
        names += [trace.name for trace in right]
    sheet.legend(handles, names)
    sheet.units(plot.unit, plot.right_unit if right else "", at=ticks.left)


def _clustered(sheet: Sheet, axes: Any, bars: list[Trace], gap: float, *, labelled: bool) -> list[Any]:
    handles = []
    each = (1 - gap) / max(len(bars), 1)
    room = axes.get_position().width * sheet.width / (axes.get_xlim()[1] - axes.get_xlim()[0])
    for at, trace in enumerate(bars):
        shift = (at - (len(bars) - 1) / 2) * each
        xs = [slot + shift for slot, value in enumerate(trace.values) if value is not None]
        ys = [value for value in numbers(trace.values) if value is not None]
        handles.append(
            axes.bar(xs, ys, each, color=palette.colour(at), hatch=palette.hatch(at), edgecolor="white", linewidth=0.4)
        )
        slot_room = room * (1 if len(bars) == 1 else each)
        size = fitting([text for text in trace.printed if text], slot_room)
        if labelled and size:
            texts = [text for text in trace.printed if text]
            for x, y, text in zip(xs, ys, texts, strict=True):
                axes.annotate(
                    text,
                    (x, y),
                    (0, 1.5 if y >= 0 else -1.5),
                    textcoords="offset points",
                    ha="center",
                    va="bottom" if y >= 0 else "top",
                    fontsize=size,
                    color=palette.INK,
                )
        gaps = [slot + shift for slot, value in enumerate(trace.values) if value is None]
        for x in gaps:
            axes.annotate(
                "—", (x, 0), (0, 2), textcoords="offset points", ha="center", fontsize=SMALL, color=palette.MUTED
            )
    return handles


def _stacked(sheet: Sheet, axes: Any, bars: list[Trace], gap: float, *, labelled: bool) -> list[Any]:
    del labelled
    handles = []
    slots = range(len(bars[0].values)) if bars else range(0)
    above, below = [0.0 for _ in slots], [0.0 for _ in slots]
    tops = [
        sum(max(value or 0.0, 0.0) for value in column)
        for column in zip(*(numbers(t.values) for t in bars), strict=True)
    ]
    tall = max(tops, default=1.0) or 1.0
    room = axes.get_position().width * sheet.width / max(len(above), 1) * (1 - gap)
    points = axes.get_position().height * sheet.height / (tall * 1.14)
    for at, trace in enumerate(bars):
        values = [value or 0.0 for value in numbers(trace.values)]
        base = [above[i] if value >= 0 else below[i] for i, value in enumerate(values)]
        handles.append(
            axes.bar(
                list(slots),
                values,
                1 - gap,
                bottom=base,
                color=palette.colour(at),
                hatch=palette.hatch(at),
                edgecolor="white",
                linewidth=0.4,
            )
        )
        size = fitting([text for text in trace.printed if text], room)
        for slot, value in enumerate(values):
            if size and abs(value) * points >= size + 2 and trace.printed[slot]:
                axes.text(
                    slot,
                    base[slot] + value / 2,
                    trace.printed[slot],
                    ha="center",
                    va="center",
                    fontsize=size,
                    color=palette.INK,
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.82, "pad": 0.8},
                )
            if value >= 0:
                above[slot] += value
            else:
                below[slot] += value
    return handles


def _line(axes: Any, trace: Trace, at: int, labelled: bool) -> Any:
    colour = palette.line_colour(at)
    ys = [float("nan") if value is None else value for value in numbers(trace.values)]
    (handle,) = axes.plot(
        range(len(ys)),
        ys,
        color=colour,
        marker=palette.marker(at),
        markersize=3.6,
        linewidth=1.4,
        markerfacecolor="white",
        markeredgewidth=1.1,
        linestyle=("-", "--", "-.", ":")[at % 4],
    )
    if labelled and len(ys) <= 14:
        from matplotlib.patheffects import withStroke

        halo = [withStroke(linewidth=1.8, foreground="white")]
        for x, (y, text) in enumerate(zip(ys, trace.printed, strict=True)):
            above = at % 2 == 0 and not _is_dip(ys, x)
            if text:
                axes.annotate(
                    text,
                    (x, y),
                    (0, 4 if above else -4),
                    textcoords="offset points",
                    ha="center",
                    va="bottom" if above else "top",
                    fontsize=6.3,
                    color=colour,
                    path_effects=halo,
                )
    return handle


def _is_dip(ys: Sequence[float], at: int) -> bool:
    """Whether both neighbours lie higher, so that a number reads better below the line."""
    return 0 < at < len(ys) - 1 and ys[at - 1] > ys[at] < ys[at + 1]


def _limits(axes: Any, left: list[Trace], bars: list[Trace], stacked: bool, headroom: float) -> None:
    values = [value for trace in left for value in numbers(trace.values) if value is not None]
    if stacked and bars:
        columns = list(zip(*(numbers(trace.values) for trace in bars), strict=True))
        values += [sum(max(value or 0.0, 0.0) for value in column) for column in columns]
        values += [sum(min(value or 0.0, 0.0) for value in column) for column in columns]
    if not values:
        return
    high, low = max(values), min(values)
    if bars:
        high, low = max(high, 0.0), min(low, 0.0)
        span = (high - low) or 1.0
        axes.set_ylim(low - (0.12 * span if low < 0 else 0), low + span * headroom if high > 0 else 0.12 * span)
        if low < 0:
            axes.axhline(0, color=palette.MUTED, linewidth=0.6)
        return
    span = (high - low) or abs(high) * 0.1 or 1.0
    axes.set_ylim(low - 0.35 * span, high + 0.35 * span)


def _float(axes: Any, traces: list[Trace]) -> None:
    """Keep right-hand lines in the upper third, clear of the bars; ticks only where the line lives."""
    values = [value for trace in traces for value in numbers(trace.values) if value is not None]
    if not values:
        return
    high, low = max(values), min(values)
    span = (high - low) or max(abs(high) * 0.2, 1.0)
    bottom, top = low - span * 2.75, high + span * 0.45
    axes.set_ylim(bottom, top)
    if high == low:
        # marks around a single value would all print the same figure
        axes.set_yticks([])
        return
    from matplotlib.ticker import MaxNLocator

    # the locator's zero may be a hair off zero, and would then be printed with fifteen decimals
    ticks = [round(tick, 9) + 0.0 for tick in MaxNLocator(3).tick_values(low, high) if low - span * 0.15 <= tick <= top]
    axes.set_yticks(ticks)


def fitting(texts: Sequence[str], room: float) -> float:
    """The largest size from 7.5 to 5.8 at which every text fits its slot; 0 when none does."""
    for size in (7.5, 7.0, 6.5, 6.2, 5.8):
        if all(width(text, size) <= room for text in texts):
            return size
    return 0.0
