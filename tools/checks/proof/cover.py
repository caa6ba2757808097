"""The cover's card of origin, as far as the report and the file's own properties know it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.proof.expected import squeeze
from tools.checks.proof.judging import verdict
from tools.checks.reading import Grid, Pages
from tools.documents.appendix import moment

STAMP = r"—|\d{4}-\d{2}-\d{2}\d{2}:\d{2}(?::\d{2})?"
"""The time of approval, which the act of approval sets; without white space."""


def cover_table(grid: Grid, pages: Pages, context: Context) -> Iterator[Hit]:
    """The card of the report's origin, as far as the report and the file's own properties know it."""
    for row in grid.rows:
        right = cover_value(squeeze("".join(row)), pages, context)
        if right is None:
            yield from verdict("封面", "".join(row), "", context)
        elif right:
            yield Hit("封面", f"「{'　'.join(row)}」与报告不一致", f"报告原值：{right}")


def cover_value(bare: str, pages: Pages, context: Context) -> str | None:
    """What a line of the cover's card should read; "" when it does, None for a line that is none of the card's."""
    own = pages.properties
    cutoff = max((fact.as_of for fact in context.content.facts if fact.as_of), default=None)
    wanted = {
        "统计期间": re.escape(context.content.period.label),
        "编制单位": re.escape(context.content.org_name),
        "编制人": r"[^\d]+",
        "审核人": re.escape(own.get("Reviewer") or "（尚未审核）"),
        "审核时间": STAMP,
        "数据截至": re.escape(squeeze(moment(cutoff))),
        "报告编号": re.escape(own.get("ReportId", "")) or ".*",
        "版本状态": rf"第{own.get('ReportVersion') or r'[0-9]+'}版[^\d]*",
        "内容校验码": re.escape(own.get("ContentHash", "")[:16]) or ".*",
    }
    for name, right in wanted.items():
        if bare.startswith(name):
            fits = re.fullmatch(right, bare.removeprefix(name))
            return "" if fits else name + re.sub(r"\\(.)", r"\1", right)
    return None
