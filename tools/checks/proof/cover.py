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
    cutoff = squeeze(moment(max((fact.as_of for fact in context.content.facts if fact.as_of), default=None)))
    period, org = context.content.period.label, context.content.org_name
    reviewer, version = own.get("Reviewer") or "（尚未审核）", own.get("ReportVersion")
    report, stamp = own.get("ReportId", ""), own.get("ContentHash", "")[:16]
    wanted = {
        "统计期间": (re.escape(period), period),
        "编制单位": (re.escape(org), org),
        "编制人": (r"[^\d]+", "编制人的姓名"),
        "审核人": (re.escape(reviewer), reviewer),
        "审核时间": (STAMP, "审批的年月日和时分，尚未审批的为“—”"),
        "数据截至": (re.escape(cutoff), cutoff),
        "报告编号": (re.escape(report) or ".*", report),
        "版本状态": (rf"第{version or r'[0-9]+'}版[^\d]*", f"第{version}版及其状态"),
        "内容校验码": (re.escape(stamp) or ".*", stamp),
    }
    for name, (right, told) in wanted.items():
        if bare.startswith(name):
            return "" if re.fullmatch(right, bare.removeprefix(name)) else f"{name}　{told}"
    return None
