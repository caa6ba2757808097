"""Upright bars and lines over the same categories: shared by trend, bar, stack and histogram."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tools.charts import palette
from tools.charts.canvas import SMALL, Sheet
from tools.charts.lettering import width
from tools.charts.plot import Plot, Trace
from tools.charts.ticks import ticks_of
from tools.charts.words import Along

Numbers = Sequence[float | None]


def numbers(values: Sequence[Decimal | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def draw_columns(sheet: Sheet, plot: Plot, *, gap: float = 0.36, stacked: bool = False) -> None:
    """Bars on the left axis, lines on the axis they name; a right-hand line floats above the bars."""
    left, right = plot.on("left"), plot.on("right")
    edge = 40 if right else 14
    ticks = ticks_of(sheet, plot, 52, edge)
    axes = sheet.axes(left=ticks.left, right=edge, bottom=ticks.below)
    axes.set_xlim(-0.6, len(plot.categories) - 0.4)
    bars = [trace for trace in left if trace.mark == "bar"]
    lines = [trace for trace in left if trace.mark == "line"]
    axes.set_ylim(*_limits(left, bars, stacked, headroom=1.7 if right else 1.14))
    if bars and axes.get_ylim()[0] < 0:
        axes.axhline(0, color=palette.MUTED, linewidth=0.6)
    ticks.put(sheet, axes)
    places, texts = _scale(axes, whole=_whole(left))
    if places:
        sheet.marks(axes, places, texts, grid=True)
    handles = _stacked(sheet, axes, bars, gap) if stacked else _clustered(sheet, axes, bars, gap)
    drawn = [(trace, list(numbers(trace.values))) for trace in lines]
    handles += _lines(sheet, axes, drawn, bool(right) or not bars, over=bool(bars))
    if right:
        axes.spines["right"].set_visible(True)
        axes.spines["right"].set_color(palette.MUTED)
        axes.spines["right"].set_linewidth(0.6)
        handles += _lines(sheet, axes, _float(sheet, axes, right), True, over=bool(bars))
    sheet.legend(handles, [trace.name for trace in (*bars, *lines, *right)])
    sheet.units(plot.unit, plot.right_unit if right else "", at=ticks.left)


def _clustered(sheet: Sheet, axes: Any, bars: list[Trace], gap: float) -> list[Any]:
    handles = []
    each = (1 - gap) / max(len(bars), 1)
    room = axes.get_position().width * sheet.width / (axes.get_xlim()[1] - axes.get_xlim()[0])
    for at, trace in enumerate(bars):
        shift = (at - (len(bars) - 1) / 2) * each
        shown = [(slot + shift, value, text) for slot, (value, text) in _slots(trace) if value is not None]
        handles.append(_bars(axes, [x for x, _, _ in shown], [y for _, y, _ in shown], each, at))
        size = fitting([text for _, _, text in shown if text], room * (1 if len(bars) == 1 else each))
        for x, y, text in shown if size else ():
            out = 1.5 if y >= 0 else -1.5
            sheet.label(axes, x, y, text, (0, out), size=size, va="bottom" if y >= 0 else "top")
        for slot, (value, _) in _slots(trace):
            if value is None:
                sheet.label(axes, slot + shift, 0, "—", (0, 2), colour=palette.MUTED, va="baseline")
    return handles


def _stacked(sheet: Sheet, axes: Any, bars: list[Trace], gap: float) -> list[Any]:
    from matplotlib.patches import Rectangle

    handles = []
    slots = range(len(bars[0].values)) if bars else range(0)
    above, below = [0.0 for _ in slots], [0.0 for _ in slots]
    room = axes.get_position().width * sheet.width / max(len(above), 1) * (1 - gap)
    low, high = axes.get_ylim()
    points = axes.get_position().height * sheet.height / (high - low)
    for at, trace in enumerate(bars):
        values = [value or 0.0 for value in numbers(trace.values)]
        base = [above[i] if value >= 0 else below[i] for i, value in enumerate(values)]
        handles.append(_bars(axes, list(slots), values, 1 - gap, at, base))
        size = fitting([text for text in trace.printed if text], room)
        for slot, value in enumerate(values):
            text = trace.printed[slot]
            if size and abs(value) * points >= size + 2 and text:
                middle = base[slot] + value / 2
                wide, tall = (width(text, size) + 1.6) / room * (1 - gap), (size * 0.92 + 1.6) / points
                plate = (slot - wide / 2, middle - tall / 2)
                axes.add_artist(Rectangle(plate, wide, tall, facecolor="white", edgecolor="none", alpha=0.82, zorder=3))
                sheet.label(axes, slot, middle, text, size=size)
            if value >= 0:
                above[slot] += value
            else:
                below[slot] += value
    return handles


def _slots(trace: Trace) -> Iterable[tuple[int, tuple[float | None, str]]]:
    return enumerate(zip(numbers(trace.values), trace.printed, strict=True))


def _bars(
    axes: Any, xs: Sequence[float], ys: Sequence[float], each: float, at: int, base: Sequence[float] | float = 0.0
) -> Any:
    return axes.bar(
        xs, ys, each, bottom=base, color=palette.colour(at), hatch=palette.hatch(at), edgecolor="white", linewidth=0.4
    )


def _lines(
    sheet: Sheet, axes: Any, drawn: Sequence[tuple[Trace, list[float | None]]], labelled: bool, *, over: bool
) -> list[Any]:
    """Lines of one axis; of two, the higher one's number stands above it and the lower one's below."""
    handles = []
    for at, (trace, values) in enumerate(drawn):
        rival = drawn[1 - at][1] if len(drawn) == 2 else [None] * len(values)
        handles.append(_line(sheet, axes, trace, at, values, labelled, over=over, rival=rival))
    return handles


def _line(
    sheet: Sheet, axes: Any, trace: Trace, at: int, values: Numbers, labelled: bool, *, over: bool, rival: Numbers
) -> Any:
    """`over`: bars stand below with numbers of their own, which a number under a dip would cover."""
    colour = palette.line_colour(at)
    ys = [float("nan") if value is None else value for value in values]
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
        for x, (y, text) in enumerate(zip(ys, trace.printed, strict=True)):
            other = rival[x]
            above = at % 2 == 0 and (over or not _is_dip(ys, x))
            if other is not None and other != y:
                above = y > other
            if text:
                side: Along = "bottom" if above else "top"
                sheet.label(axes, x, y, text, (0, 4 if above else -4), size=6.3, colour=colour, va=side, halo=True)
    return handle


def _is_dip(ys: Sequence[float], at: int) -> bool:
    """Whether both neighbours lie higher, so that a number reads better below the line."""
    return 0 < at < len(ys) - 1 and ys[at - 1] > ys[at] < ys[at + 1]


def _limits(left: list[Trace], bars: list[Trace], stacked: bool, headroom: float) -> tuple[float, float]:
    values = [value for trace in left for value in numbers(trace.values) if value is not None]
    if stacked and bars:
        columns = list(zip(*(numbers(trace.values) for trace in bars), strict=True))
        values += [sum(max(value or 0.0, 0.0) for value in column) for column in columns]
        values += [sum(min(value or 0.0, 0.0) for value in column) for column in columns]
    if not values:
        return 0.0, 1.0
    high, low = max(values), min(values)
    if bars:
        high, low = max(high, 0.0), min(low, 0.0)
        span = (high - low) or 1.0
        return low - (0.12 * span if low < 0 else 0), low + span * headroom if high > 0 else 0.12 * span
    span = (high - low) or abs(high) * 0.1 or 1.0
    return low - 0.35 * span, high + 0.35 * span


def _whole(traces: Sequence[Trace]) -> bool:
    """Whether every number is a whole one, as counts are: half a complaint is no place on an axis."""
    return all(value == int(value) for trace in traces for value in numbers(trace.values) if value is not None)


def _scale(axes: Any, *, whole: bool) -> tuple[list[float], list[str]]:
    """Round places of the value axis, about two text sizes apart, and how they are printed; none where whole numbers
    leave fewer than three, which are no scale."""
    from matplotlib.ticker import MaxNLocator

    low, high = axes.get_ylim()
    tall = axes.get_position().height * axes.figure.get_size_inches()[1] * 72
    most = min(max(int(tall / (2 * SMALL)), 1), 9)
    found = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low, high)
    places = [float(place) for place in found if low <= place <= high]
    return (places, _printed(places)) if len(places) > 2 or not whole else ([], [])


def _printed(places: Sequence[float]) -> list[str]:
    """All with the decimals that tell them exactly; never a power of ten or an offset."""
    near = max((abs(place) for place in places), default=1.0) * 1e-9
    decimals = next((n for n in range(9) if all(abs(round(place, n) - place) <= near for place in places)), 9)
    return [f"{round(place, decimals) + 0.0:.{decimals}f}" for place in places]


def _float(sheet: Sheet, axes: Any, traces: list[Trace]) -> list[tuple[Trace, list[float | None]]]:
    """Right-hand lines in the measure of the left axis: in its upper third, clear of the bars.

    Marks stand only where the lines live.
    """
    values = [value for trace in traces for value in numbers(trace.values) if value is not None]
    if not values:
        return []
    high, low = max(values), min(values)
    span = (high - low) or max(abs(high) * 0.2, 1.0)
    bottom, top = low - span * 2.75, high + span * 0.45
    floor, ceiling = axes.get_ylim()

    def lifted(value: float) -> float:
        return float(floor + (value - bottom) / (top - bottom) * (ceiling - floor))

    # marks around a single value would all print the same figure
    if high > low:
        from matplotlib.ticker import MaxNLocator

        found = MaxNLocator(3).tick_values(low, high)
        places = [float(place) for place in found if low - span * 0.15 <= place <= top]
        sheet.marks(axes, [lifted(place) for place in places], _printed(places), right=True)
    return [(trace, [None if value is None else lifted(value) for value in numbers(trace.values)]) for trace in traces]


def fitting(texts: Sequence[str], room: float) -> float:
    """The largest size from 7.5 to 5.8 at which every text fits its slot; 0 when none does."""
    for size in (7.5, 7.0, 6.5, 6.2, 5.8):
        if all(width(text, size) <= room for text in texts):
            return size
    return 0.0
