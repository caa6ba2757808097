"""表内勾稽: a total row equals the sum of its parts, within what rounding for display can explain."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.domain.report import Table
from core.domain.tokens import TOKEN, UnknownToken, number, places, unit_scale
from tools.checks import Check, Hit
from tools.checks.context import Context

_TOTALS = ("合计", "总计", "小计")


def _run(context: Context) -> Iterator[Hit]:
    for section in context.content.sections:
        for block in section.blocks:
            if isinstance(block, Table) and block.total and len(block.rows) > 2:
                yield from _table(context, block)


def _table(context: Context, table: Table) -> Iterator[Hit]:
    *parts, total = table.rows
    if not total or total[0].strip() not in _TOTALS:
        return
    for at, column in enumerate(table.columns):
        if at >= len(total):
            continue
        whole = _printed(context, total[at])
        each = [_printed(context, row[at]) for row in parts if at < len(row)]
        numbers = [item[0] for item in each if item]
        if whole is None or len(numbers) != len(parts):
            continue
        value, step = whole
        gap = abs(sum(numbers, Decimal(0)) - value)
        if gap > step * (len(numbers) + 1) / 2:
            yield Hit(
                f"表「{table.caption}」列「{column.header}」",
                f"分项之和 {sum(numbers, Decimal(0)):f} 与合计 {value:f} 不等",
                "核对分项是否齐全；只列部分分项时合计行不要称“合计”。",
            )


def _printed(context: Context, cell: str) -> tuple[Decimal, Decimal] | None:
    """The number that an additive cell prints and its last place; None for rates, changes and text."""
    match = TOKEN.fullmatch(cell.strip())
    if match is None or (match.group(2) or "value") not in {"value", "ytd"}:
        return None
    fact = context.facts.get(match.group(1))
    if fact is None or not fact.has_value or fact.kind not in {"amount", "count", "load"} or fact.unit == "%":
        return None
    display = (match.group(3) or "").partition(":")[2]
    try:
        unit_scale(fact.unit, display)
        shown = number(fact, display, match.group(2) or "value")
    except UnknownToken:
        return None
    return shown, Decimal(1).scaleb(-places(fact, display or fact.unit))


CHECK = Check("table_sums", "表内合计", _run)
