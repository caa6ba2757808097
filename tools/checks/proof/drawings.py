"""Native charts against the report's: titles, categories, series, numbers, labels, and the workbook behind them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from core.domain.report import Chart
from tools.charts.canvas import render_png
from tools.charts.plot import Plot
from tools.charts.shades import BOTH_SIGNS, ONE_SIGN
from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.proof.expected import Expected, squeeze
from tools.checks.proof.judging import verdict
from tools.checks.reading import Drawing, Pages

_AGAIN = "请重新导出。"
_REMARKS = ("合计", "首末柱未从零起绘", ONE_SIGN, BOTH_SIGNS)
"""What a drawing may say besides the words of its chart."""
_SPARSE = frozenset({"ring", "stack", "heat", "tiles"})
"""Charts that leave out numbers without room."""
_SHORT = 3
"""Numbers of a series that are too few to tell it by."""


def drawings(pages: Pages, expected: Expected) -> Iterator[Hit]:
    """Each drawing must be one of the report's charts, point by point."""
    left = list(expected.plots)
    if pages.format == "pdf":
        yield from _printed(pages.drawings, expected)
        return
    for drawing in pages.drawings:
        ranked = sorted(left, key=lambda item: -_likeness(drawing, item[2]))
        if not ranked or _likeness(drawing, ranked[0][2]) == 0:
            yield Hit(f"图（{drawing.name.rpartition('/')[2]}）", "报告里没有这张图", _AGAIN)
            continue
        name, _, plot = ranked[0]
        left.remove(ranked[0])
        yield from _same(name, drawing, plot, expected.context)
    yield from _pictured(pages.pictures, left, expected.context)


def _pictured(pictures: Sequence[str], left: Sequence[tuple[str, Chart, Plot]], context: Context) -> Iterator[Hit]:
    """A chart that is no native one must be there as the very picture that its numbers give, and no other picture."""
    drawn = {}
    for name, chart, plot in left:
        png = render_png(chart.model_copy(update={"source": ""}), context.facts)
        drawn[hashlib.sha256(png).hexdigest()] = f"{name}　{plot.caption}"
    for picture in pictures:
        if drawn.pop(picture, None) is None:
            yield Hit("图片", "文件里有一张不是由报告数据画出的图片", _AGAIN)
    for place in drawn.values():
        yield Hit(place, "文件里没有这张图", _AGAIN)


def _printed(drawn: Sequence[Drawing], expected: Expected) -> Iterator[Hit]:
    """Charts on paper keep only their texts: names, printed numbers, and the evenly spaced numbers of an axis."""
    for drawing, (name, chart, plot) in zip(drawn, expected.plots, strict=False):
        place = f"{name}　{plot.caption}"
        rows = [[squeeze(text) for text in trace.printed if text] for trace in plot.traces]
        taken, wrong = _rowed(drawing.labels, rows, every=chart.form not in _SPARSE)
        left = Counter(text for row in rows for text in row) - Counter(taken.values())
        for at in wrong:
            yield Hit(place, f"图中「{drawing.labels[at][:30]}」不是这张图的文字或数据", _AGAIN)
        names = [squeeze(text) for text in (*plot.categories, *plot.ticks, *_titles(plot), *_REMARKS)]
        numbers = [_number(squeeze(label).replace("−", "-").removesuffix("%")) for label in drawing.labels]
        for at, label in enumerate(drawing.labels):
            if at in taken:
                continue
            bare = squeeze(label).replace("−", "-")
            if _on_axis(numbers, at) or (numbers[at] is None and any(bare.rstrip("…") in text for text in names)):
                continue
            left[bare.removeprefix("+")] -= 1
            if left[bare.removeprefix("+")] >= 0:
                continue
            yield Hit(place, f"图中「{label[:30]}」不是这张图的文字或数据", _AGAIN)
    if len(drawn) != len(expected.plots):
        yield Hit("图", f"文件里有 {len(drawn)} 张图，报告里是 {len(expected.plots)} 张", _AGAIN)


def _rowed(labels: Sequence[str], rows: Sequence[Sequence[str]], *, every: bool) -> tuple[dict[int, str], list[int]]:
    """The labels that print a series from end to end, by their position, and those among them that are wrong.

    Numbers of a series stand one after the other, so that one of them cannot pass for a mark of an axis. Where `every`
    number is printed, a row of which most stands there is that row, and what differs in it is wrong.
    """
    found = [squeeze(label).replace("−", "-").removeprefix("+") for label in labels]
    taken: dict[int, str] = {}
    wrong: list[int] = []
    for row in (row for row in rows if len(row) > _SHORT):
        wanted = [text.removeprefix("+") for text in row]
        starts = [at for at in range(len(found) - len(row) + 1) if not taken.keys() & set(range(at, at + len(row)))]
        alike = {at: sum(map(str.__eq__, wanted, found[at:])) for at in starts}
        first = max(starts, key=lambda at: alike[at], default=0)
        if not starts or alike[first] < (len(row) + 1) // 2 or (not every and alike[first] < len(row)):
            continue
        taken |= dict(enumerate(row, first))
        wrong += [first + at for at, text in enumerate(wanted) if found[first + at] != text]
    return taken, wrong


def _on_axis(numbers: Sequence[Decimal | None], at: int) -> bool:
    """Whether a number is a mark of an axis: it stands in a row of three or more with one round step."""
    for first in range(max(at - 2, 0), at + 1):
        match numbers[first : first + 3]:
            case [Decimal() as left, Decimal() as middle, Decimal() as right]:
                step = middle - left
                if step == right - middle != 0 and len(step.normalize().as_tuple().digits) <= 2:
                    return True
    return False


def _likeness(drawing: Drawing, plot: Plot) -> int:
    """How many categories, series and numbers the two share."""
    own = {squeeze(text) for text in (*drawing.categories, *(name for name, _ in drawing.series))}
    wanted = {squeeze(text) for text in (*plot.categories, *plot.ticks, *(trace.name for trace in plot.traces))}
    drawn = [number for _, values in drawing.series for number in map(_number, values) if number is not None]
    return len(own & wanted) + len(set(map(abs, drawn)) & {abs(value) for value in _values(plot)})


def _same(name: str, drawing: Drawing, plot: Plot, context: Context) -> Iterator[Hit]:
    place = f"{name}　{plot.caption}"
    words = {squeeze(text) for text in _titles(plot)}
    for title in drawing.titles:
        if squeeze(title) not in words:
            yield Hit(place, f"图中文字「{title[:30]}」与报告不一致", f"报告原文：{'；'.join(_titles(plot))}")
    if drawing.strays:
        yield Hit(place, f"各系列的类别不一致：{'、'.join(drawing.strays)[:40]}", _AGAIN)
    found = [squeeze(text) for text in drawing.categories]
    rows = _rows(plot)
    order = next((names for names in _names(plot) if sorted(found) == sorted(names)), None)
    if order is None:
        strange = [text for text in found if all(text not in names for names in _names(plot))]
        yield Hit(place, f"类别与报告不一致：{'、'.join(strange)[:40]}", _AGAIN)
        return
    index = [_position(order, found, at) for at in range(len(found))]
    for series, values in drawing.series:
        right = rows.get(squeeze(series), rows.get(""))
        if right is None or len(values) > len(index):
            yield Hit(place, f"系列「{series}」不是报告里的，或多出数据点", _AGAIN)
            continue
        for at, category in enumerate(drawing.categories):
            value = values[at] if at < len(values) else ""
            wanted = right[index[at]]
            if _number(value) != wanted or (value and wanted is None):
                shown = "空" if wanted is None else f"{wanted:f}"
                yield Hit(f"{place}「{category}」", f"{series}画成了{value or '空'}", f"报告原值：{shown}")
    drawn = {squeeze(series) for series, _ in drawing.series}
    for name in rows:
        if name and name not in drawn:
            yield Hit(place, f"缺少系列「{name}」", _AGAIN)
    for label in drawing.labels:
        yield from _label(place, label, plot, context)
    yield from _workbook(place, drawing, plot, rows)


def _position(order: Sequence[str], found: Sequence[str], at: int) -> int:
    """Where a category stands in the report's order; a repeated name by its turn."""
    turn = found[:at].count(found[at])
    return [place for place, text in enumerate(order) if text == found[at]][turn]


def _titles(plot: Plot) -> list[str]:
    out = [plot.caption, plot.unit, plot.right_unit, f"单位：{plot.unit}", f"折线：{plot.right_unit}"]
    out += [
        f"（右轴）{plot.right_unit}",
        f"单位：{plot.unit}　折线：{plot.right_unit}",
        *(trace.name for trace in plot.traces),
    ]
    return [text for text in out if text]


def _values(plot: Plot) -> set[Decimal]:
    return {value for trace in plot.traces for value in trace.values if value is not None}


def _names(plot: Plot) -> list[list[str]]:
    """The forms in which a chart may name its categories; a ring's legend prints each part's number."""
    forms = [list(plot.ticks), list(plot.categories)]
    if plot.form == "ring" and plot.traces:
        kept = [at for at, value in enumerate(plot.traces[0].values) if value is not None and value > 0]
        printed = plot.traces[0].printed
        forms = [[f"{plot.categories[at]}{printed[at]}" for at in kept], [plot.categories[at] for at in kept]]
    return [[squeeze(text) for text in form] for form in forms]


def _rows(plot: Plot) -> dict[str, list[Decimal | None]]:
    """The numbers of each series as an office chart holds them; "" stands for a helper that is not shown."""
    if plot.form == "waterfall":
        return _steps(plot)
    if plot.form == "ring":
        return {
            squeeze(trace.name): [value for value in trace.values if value is not None and value > 0]
            for trace in plot.traces[:1]
        }
    return {squeeze(trace.name): list(trace.values) for trace in plot.traces}


def _steps(plot: Plot) -> dict[str, list[Decimal | None]]:
    """A waterfall: first and last bar stand on the ground, each change on the level before it."""
    values = [value or Decimal(0) for value in plot.traces[0].values]
    own = squeeze(plot.traces[0].name)
    out: dict[str, list[Decimal | None]] = {name: [None] * len(values) for name in (own, "增加", "减少", "")}
    level = Decimal(0)
    for at, value in enumerate(values):
        if at in {0, len(values) - 1}:
            out[own][at] = level = value
            continue
        out[""][at] = min(level, level + value)
        out["增加" if value >= 0 else "减少"][at] = abs(value)
        level += value
    return out


def _label(place: str, label: str, plot: Plot, context: Context) -> Iterator[Hit]:
    """A typed label prints one of the chart's numbers or names."""
    shown = {squeeze(text) for trace in plot.traces for text in trace.printed}
    shown |= {f"+{text}" for text in shown} | {squeeze(text) for text in (*plot.categories, *plot.ticks)}
    if squeeze(label) not in shown:
        yield from verdict(f"{place}标签", label, "", context)


def _workbook(place: str, drawing: Drawing, plot: Plot, rows: Mapping[str, Sequence[Decimal | None]]) -> Iterator[Hit]:
    """The table that opens behind the chart holds its numbers and no others."""
    names = {squeeze(text) for text in (*_titles(plot), *(name for name, _ in drawing.series))}
    names |= {text for form in _names(plot) for text in form}
    known = {abs(value) for row in rows.values() for value in row if value is not None}
    for row in drawing.workbook:
        for cell in row:
            number = _number(cell)
            if cell and squeeze(cell) not in names and (number is None or not _close(abs(number), known)):
                yield Hit(f"{place}数据表", f"「{cell[:30]}」不是这张图的数据", _AGAIN)


def _close(number: Decimal, known: set[Decimal]) -> bool:
    """A workbook holds binary numbers: what prints the same is the same."""
    return any(abs(number - value) <= abs(value) * Decimal("1e-12") for value in known)


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
