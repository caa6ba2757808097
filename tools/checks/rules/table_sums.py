"""表内勾稽: a total row and a total column equal the sum of their parts, within what rounding for display explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.domain.report import Table
from core.domain.tokens import UnknownToken, number, places, unit_scale
from tools.checks import Check, Hit
from tools.checks.context import Context
from tools.checks.figures import figure_of

TOTALS = frozenset({"合计", "总计", "小计"})
"""What a total row or column calls itself."""
_MEND = "核对分项是否齐全；只列部分分项时不要称“合计”。"

Shown = tuple[Decimal, Decimal]
"""A printed number and the last place to which it was rounded; 0 where it is printed as it is, as counts are."""


def _run(context: Context) -> Iterator[Hit]:
    for section in context.content.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield from _down(context, block)
                yield from _across(context, block)


def _down(context: Context, table: Table) -> Iterator[Hit]:
    """The last row, when it is a total, against the rows above."""
    *parts, total = table.rows or ((),)
    if not parts or not total or total[0].strip() not in TOTALS:
        return
    for at, column in enumerate(table.columns):
        each = [_printed(context, row[at]) for row in parts if at < len(row)]
        whole = _printed(context, total[at]) if at < len(total) else None
        if len(each) == len(parts):
            yield from unequal(f"表「{table.caption}」列「{column.header}」", whole, each)


def _across(context: Context, table: Table) -> Iterator[Hit]:
    """A column that is headed as a total, against the other columns of each row, which must be of its kind and unit."""
    at = next((at for at, column in enumerate(table.columns) if column.header.strip() in TOTALS), None)
    if at is None:
        return
    for row in table.rows:
        if len(row) == len(table.columns) and len(row) > 2:
            others = [cell for place, cell in enumerate(row) if place not in {0, at}]
            alike = all(_kind(context, cell) == _kind(context, row[at]) for cell in others)
            each = [_printed(context, cell) for cell in others]
            if alike:
                yield from unequal(
                    f"表「{table.caption}」列「{table.columns[at].header}」", _printed(context, row[at]), each
                )


def unequal(place: str, whole: Shown | None, parts: Sequence[Shown | None]) -> Iterator[Hit]:
    """A hit when the parts do not add up to the whole; nothing where one of them is no additive number."""
    known = [part for part in parts if part is not None]
    if whole is None or len(known) != len(parts):
        return
    value = whole[0]
    together = sum((part for part, _ in known), Decimal(0))
    if abs(together - value) > sum(step for _, step in (whole, *known)) / 2:
        yield Hit(place, f"分项之和 {together:f} 与合计 {value:f} 不等", _MEND)


def _kind(context: Context, cell: str) -> tuple[str, str, str]:
    """Indicator's kind, unit and field of a cell's figure; what may be added has all three in common."""
    figure = figure_of(cell, context.facts)
    return (figure.fact.kind, figure.fact.unit, figure.field) if figure else ("", "", "")


def _printed(context: Context, cell: str) -> Shown | None:
    """The number that an additive cell prints and how it was rounded; None for rates, changes and text."""
    figure = figure_of(cell, context.facts)
    if figure is None or figure.field not in {"value", "ytd"}:
        return None
    fact = figure.fact
    if fact.kind not in {"amount", "count", "load"} or fact.unit == "%":
        return None
    try:
        shown = number(fact, figure.display, figure.field)
    except UnknownToken:
        return None
    exact = fact.value if figure.field == "value" else fact.compare.ytd
    if exact == shown * unit_scale(fact.unit, figure.display):
        return shown, Decimal(0)
    return shown, Decimal(1).scaleb(-places(fact, figure.display or fact.unit))


CHECK = Check("table_sums", "表内合计", _run)
