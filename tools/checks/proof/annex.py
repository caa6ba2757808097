"""The annex: every fact, caliber and source as the report prints them, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tools.checks import Hit
from tools.checks.proof.expected import Expected, squeeze
from tools.checks.reading import Grid
from tools.documents.appendix import Part

_AGAIN = "请重新导出。"


def annex_tables(grids: Iterable[Grid], expected: Expected) -> Iterator[Hit]:
    """The tables of the annex, none missing."""
    left = [part for part in expected.annex if part.heads]
    for grid in grids:
        heads = _bare(grid.rows[0]) if grid.rows else ()
        part = next((part for part in left if _bare(part.heads) == heads), None)
        if part is None:
            yield Hit("附件", f"表头「{'、'.join(heads)[:30]}」与报告不一致", _AGAIN)
        else:
            left.remove(part)
            yield from _rows(grid.rows[1:], part)
    for part in left:
        yield Hit("附件", f"缺少{part.heading}的表", _AGAIN)


def _rows(shown: Iterable[Sequence[str]], part: Part) -> Iterator[Hit]:
    """The rows of one part, none missing, none added, in order."""
    wanted = {_bare(row): row for row in part.rows}
    by_name = {squeeze(row[0]): row for row in part.rows}
    found = [_bare(row) for row in shown]
    for row in found:
        if row not in wanted:
            right = by_name.get(row[0], ())
            told = "　".join(right) if right else "没有这一行"
            yield Hit(f"附件 {row[0]}", "与报告的数据事实不一致", f"报告原值：{told[:160]}")
    lost = [row for row in wanted if row not in found]
    for row in lost:
        if row[0] not in {item[0] for item in found}:
            yield Hit(f"附件 {row[0]}", "缺少这一行", _AGAIN)
    if not lost and found != list(wanted):
        yield Hit(f"附件{part.heading}", "行的次序或数目与报告不一致", _AGAIN)


def _bare(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(squeeze, row))
