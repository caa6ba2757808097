"""表内合计 in a presentation of unknown origin: a total row equals the sum of the rows above it, as far as they print
numbers. (F10 holds Word tables to the same.)

A file that comes with its report is held against the report cell by cell instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.reading import Grid, Pages
from tools.checks.rules.table_sums import TOTALS, Shown, unequal

_RATE = re.compile(r"[%％‰率价占比]|同比|环比|百分点|户均|平均|人均|排名|位次|序号")
"""Headers of what cannot be added."""
_MORE = re.compile(r"[（(]续[）)]$")


def _sums(pages: Pages, context: Context | None) -> Iterator[Hit]:
    if context is not None:
        return
    for caption, heads, rows in _tables(pages.grids):
        *parts, total = rows or ((),)
        if not parts or not total or total[0].strip() not in TOTALS:
            continue
        for at, head in enumerate(heads[1:], 1):
            if _RATE.search(head) or any(at >= len(row) for row in rows):
                continue
            yield from unequal(
                f"{caption or '表'}列「{head}」", _number(total[at]), [_number(row[at]) for row in parts]
            )


def _tables(grids: Sequence[Grid]) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """Caption, header row and rows of each table; one that goes on over a page is put together."""
    waiting: tuple[str, tuple[str, ...], list[tuple[str, ...]]] | None = None
    for grid in grids:
        if not grid.rows or grid.zone != "body":
            continue
        if waiting is not None and waiting[1] == grid.rows[0] and _MORE.search(grid.caption.strip()):
            waiting[2].extend(grid.rows[1:])
            continue
        if waiting is not None:
            yield waiting
        waiting = (grid.caption, grid.rows[0], list(grid.rows[1:]))
    if waiting is not None:
        yield waiting


def _number(cell: str) -> Shown | None:
    try:
        value = Decimal(cell.strip().replace(",", "").replace("，", "").replace("−", "-"))
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    return (value, Decimal(1).scaleb(min(exponent, 0))) if isinstance(exponent, int) else None


CHECK = PageCheck("printed_sums", "表内合计等于分项之和", _sums, formats=frozenset({"pptx"}))
