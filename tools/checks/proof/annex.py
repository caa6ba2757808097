"""The annex: every fact, caliber and source as the report prints them, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.proof.expected import Expected, squeeze
from tools.checks.proof.judging import nearest, verdict
from tools.checks.reading import Grid, Line
from tools.documents.appendix import TITLE

_AGAIN = "请重新导出。"


def annex_line(line: Line, expected: Expected) -> Iterator[Hit]:
    """A line of the annex outside its tables."""
    bare = squeeze(line.text)
    known = {squeeze(text) for part in expected.annex for text in (part.heading, part.note, *part.remarks) if text}
    if bare and bare not in known | {"附件", TITLE, f"附件{TITLE}"}:
        yield from verdict(f"附件{line.place}", line.text, nearest(bare, known), expected.context)


def annex_table(grid: Grid, expected: Expected) -> Iterator[Hit]:
    """A table of the annex: the rows of one part, none missing, none added, in order."""
    heads = tuple(squeeze(cell) for cell in grid.rows[0]) if grid.rows else ()
    part = next((part for part in expected.annex if tuple(map(squeeze, part.heads)) == heads and heads), None)
    if part is None:
        yield Hit("附件", f"表头「{'、'.join(heads)[:30]}」与报告不一致", _AGAIN)
        return
    wanted = {tuple(map(squeeze, row)): row for row in part.rows}
    by_name = {squeeze(row[0]): row for row in part.rows}
    found = [tuple(map(squeeze, row)) for row in grid.rows[1:]]
    for row in found:
        if row not in wanted:
            right = by_name.get(row[0], ())
            shown = "　".join(right) if right else "没有这一行"
            yield Hit(f"附件 {row[0]}", "与报告的数据事实不一致", f"报告原值：{shown[:160]}")
    lost = set(wanted) - set(found)
    for row in lost:
        if row[0] not in {item[0] for item in found}:
            yield Hit(f"附件 {row[0]}", "缺少这一行", _AGAIN)
    if not lost and found != list(wanted):
        yield Hit(f"附件{part.heading}", "行的次序或数目与报告不一致", _AGAIN)
