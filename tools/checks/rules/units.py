"""单位: the unit that stands after a figure, over a column or on an axis is the one that the figure is printed in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.domain.fact import Fact
from core.domain.report import Chart, Table
from core.domain.tokens import CHANGES, SCALES, change_unit
from tools.checks import Check, Hit
from tools.checks.context import Context
from tools.checks.figures import figure_of, printed_cell
from tools.checks.sentences import Sentence
from tools.documents.exhibits import unit_word

_UNIT = re.compile(
    r"^\s*(?:万|亿|千|百|%|％|‰|个?百分点|个?千分点|千瓦时|千瓦|千伏安|兆瓦时|元(?!件)|户(?!均|变)|件(?!数)|倍|天|小时|分钟|成)"
)
_MEND = "删去多写的单位，或换用带单位的记号（如 {{F1:万千瓦时}}）。"
_BARE = re.compile(r"^n(?::|$)")


def _run(context: Context) -> Iterator[Hit]:
    for text, said in context.claims:
        for sentence in said:
            for problem in _after(sentence):
                yield Hit(text.place, problem, _MEND)
    for section in context.content.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield from _columns(block, context)
            elif isinstance(block, Chart):
                yield from _axes(block, context)


def _after(sentence: Sentence) -> Iterator[str]:
    followings = [*(atom.text for atom in sentence[1:]), ""]
    for atom, following in zip(sentence, followings, strict=True):
        if atom.kind != "figure":
            continue
        assert atom.fact is not None
        if _BARE.match(atom.form):
            wanted = _unit(atom.fact, atom.field, atom.form.partition(":")[2])
            if not following.lstrip().startswith(wanted):
                yield f"{atom.text}后面应写「{wanted}」，写成了「{following[:6]}」"
        elif _UNIT.match(following):
            yield f"{atom.text}后面多写了单位「{following[:4]}」"


def _unit(fact: Fact, field: str, display: str) -> str:
    """The unit that a bare number is in."""
    return change_unit(fact) if field in CHANGES else unit_word(display or fact.unit)


def _columns(table: Table, context: Context) -> Iterator[Hit]:
    for at, row in enumerate(table.rows, 1):
        cells = list(zip(table.columns, row, strict=False))
        said = next((_printed(cell, context) for column, cell in cells if column.header in {"单位", "计量单位"}), "")
        for column, cell in cells:
            figure = figure_of(cell, context.facts)
            if figure is None or not figure.bare or not figure.fact.has_value:
                continue
            wanted = _unit(figure.fact, figure.field, figure.display)
            over = unit_word(column.unit) if column.unit else said if figure.field not in CHANGES else ""
            if over and _plain_unit(over) != _plain_unit(wanted):
                place = f"表「{table.caption}」第{at}行「{column.header}」"
                yield Hit(place, f"单位写的是「{over}」，这个数按「{wanted}」打印", "让栏目单位与数字的单位一致。")


def _plain_unit(unit: str) -> str:
    return unit.removeprefix("个")


def _printed(cell: str, context: Context) -> str:
    """A unit cell as printed, when it names a unit."""
    text = printed_cell(cell, context).strip()
    known = {name for scales in SCALES.values() for name, _ in scales} | {fact.unit for fact in context.content.facts}
    return text if text in known else ""


def _axes(chart: Chart, context: Context) -> Iterator[Hit]:
    """Changes are drawn on an axis of their own unit, values on one that can show them."""
    for series in chart.series:
        axis = chart.right_unit if series.axis == "right" else chart.unit
        for point in filter(None, series.points):
            fact = context.facts.get(point.fact)
            if fact is None or not fact.has_value:
                continue
            if point.field in CHANGES:
                fits = _plain_unit(axis) == _plain_unit(_unit(fact, point.field, ""))
            else:
                fits = axis in {fact.unit, *(name for name, _ in SCALES.get(fact.unit, ()))}
            if not fits:
                yield Hit(
                    f"图「{chart.caption}」系列「{series.name}」",
                    f"坐标轴单位「{axis}」与{fact.name}的单位不符",
                    "改正坐标轴单位。",
                )
                break


CHECK = Check("units", "单位与数字一致", _run)
