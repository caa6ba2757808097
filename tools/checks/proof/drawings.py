"""Native charts against the report's: titles, categories, series, numbers, labels, and the workbook behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import accumulate

from tools.charts.plot import Plot
from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.proof.expected import Expected, squeeze
from tools.checks.proof.judging import verdict
from tools.checks.reading import Drawing, Pages

_AGAIN = "请重新导出。"


def drawings(pages: Pages, expected: Expected) -> Iterator[Hit]:
    """Each drawing must be one of the report's charts, point by point."""
    left = list(expected.plots)
    for drawing in pages.drawings:
        ranked = sorted(left, key=lambda item: -_likeness(drawing, item[2]))
        if not ranked or _likeness(drawing, ranked[0][2]) == 0:
            yield Hit(f"图（{drawing.name.rpartition('/')[2]}）", "报告里没有这张图", _AGAIN)
            continue
        name, _, plot = ranked[0]
        left.remove(ranked[0])
        yield from _same(name, drawing, plot, expected.context)


def _likeness(drawing: Drawing, plot: Plot) -> int:
    """How many categories, series and numbers the two share."""
    own = {squeeze(text) for text in (*drawing.categories, *(name for name, _ in drawing.series))}
    wanted = {squeeze(text) for text in (*plot.categories, *plot.ticks, *(trace.name for trace in plot.traces))}
    numbers = {_number(value) for _, values in drawing.series for value in values} - {None}
    return len(own & wanted) + len(numbers & {abs(value) for value in _values(plot)})


def _same(name: str, drawing: Drawing, plot: Plot, context: Context) -> Iterator[Hit]:
    place = f"{name}　{plot.caption}"
    words = {squeeze(text) for text in _titles(plot)}
    for title in drawing.titles:
        if squeeze(title) not in words:
            yield Hit(place, f"图中文字「{title[:30]}」与报告不一致", f"报告原文：{'；'.join(_titles(plot))}")
    ticks = [squeeze(text) for text in plot.ticks], [squeeze(text) for text in plot.categories]
    found = [squeeze(text) for text in drawing.categories]
    if all(sorted(found) != sorted(names) for names in ticks):
        strange = [text for text in found if text not in (*ticks[0], *ticks[1])]
        yield Hit(place, f"类别与报告不一致：{'、'.join(strange)[:40]}", _AGAIN)
        return
    order = next(names for names in ticks if sorted(found) == sorted(names))
    index = [_position(order, found, at) for at in range(len(found))]
    traces = {squeeze(trace.name): trace for trace in plot.traces}
    helpers = _helpers(plot)
    for series, values in drawing.series:
        trace = traces.get(squeeze(series))
        if trace is None and plot.form == "waterfall":
            yield from _loose(place, series, values, helpers)
        elif trace is None:
            yield Hit(place, f"系列「{series}」不是报告里的", _AGAIN)
        else:
            wanted = [trace.values[at] for at in index]
            for category, value, right in zip(drawing.categories, values, wanted, strict=False):
                if _exact(value) != right:
                    shown = "空" if right is None else f"{right:f}"
                    yield Hit(f"{place}「{category}」", f"{series}画成了{value or '空'}", f"报告原值：{shown}")
    for label in drawing.labels:
        yield from _label(place, label, plot, context)
    yield from _workbook(place, drawing, plot, helpers)


def _position(order: Sequence[str], found: Sequence[str], at: int) -> int:
    """Where a category stands in the report's order; a repeated name by its turn."""
    turn = found[:at].count(found[at])
    return [place for place, text in enumerate(order) if text == found[at]][turn]


def _titles(plot: Plot) -> list[str]:
    out = [plot.caption, plot.unit, plot.right_unit, f"单位：{plot.unit}", f"右轴：{plot.right_unit}"]
    out += [f"单位：{plot.unit}　右轴：{plot.right_unit}", *(trace.name for trace in plot.traces)]
    return [text for text in out if text]


def _values(plot: Plot) -> set[Decimal]:
    return {value for trace in plot.traces for value in trace.values if value is not None}


def _helpers(plot: Plot) -> set[Decimal]:
    """Magnitudes that a waterfall may hold besides its values: the heights on which its bars stand."""
    sums: set[Decimal] = {Decimal(0)}
    for trace in plot.traces:
        values = [value or Decimal(0) for value in trace.values]
        sums |= {abs(total) for total in accumulate(values)}
        sums |= {abs(sum(values[:at], Decimal(0)) + min(values[at], Decimal(0))) for at in range(len(values))}
    return sums | {abs(value) for value in _values(plot)}


def _loose(place: str, series: str, values: Sequence[str], known: set[Decimal]) -> Iterator[Hit]:
    for value in values:
        number = _number(value)
        if value and number not in known:
            yield Hit(place, f"{series}里的{value}不是报告的数字", _AGAIN)


def _label(place: str, label: str, plot: Plot, context: Context) -> Iterator[Hit]:
    """A typed label prints one of the chart's numbers or names."""
    shown = {squeeze(text) for trace in plot.traces for text in trace.printed}
    shown |= {f"+{text}" for text in shown} | {squeeze(text) for text in (*plot.categories, *plot.ticks)}
    if squeeze(label) not in shown:
        yield from verdict(f"{place}标签", label, "", context)


def _workbook(place: str, drawing: Drawing, plot: Plot, helpers: set[Decimal]) -> Iterator[Hit]:
    """The table that opens behind the chart holds its numbers and no others."""
    names = {
        squeeze(text) for text in (*plot.categories, *plot.ticks, *_titles(plot), *(name for name, _ in drawing.series))
    }
    known = helpers if plot.form == "waterfall" else {abs(value) for value in _values(plot)}
    for row in drawing.workbook:
        for cell in row:
            number = _number(cell)
            if cell and squeeze(cell) not in names and (number is None or not _close(number, known)):
                yield Hit(f"{place}数据表", f"「{cell[:30]}」不是这张图的数据", _AGAIN)


def _close(number: Decimal, known: set[Decimal]) -> bool:
    """A workbook holds binary numbers: what prints the same is the same."""
    return any(abs(number - value) <= abs(value) * Decimal("1e-12") for value in known)


def _exact(value: str) -> Decimal | None:
    try:
        return Decimal(value) if value else None
    except InvalidOperation:
        return Decimal("NaN")


def _number(value: str) -> Decimal | None:
    found = _exact(value)
    return None if found is None or found.is_nan() else abs(found)
