"""勾稽核对: table sums, and the cross-source differences that the report itself found."""

from __future__ import annotations

from tools.checklist import Case, Item, Said, remark

PREFIX = "reconcile"
"""Findings of cross-source checks are of a kind that begins so."""


def _run(case: Case) -> Said:
    found = [finding for finding in case.content.findings if finding.kind.startswith(PREFIX)]
    sums = [check for check in case.checks if check.rule in ITEM.rules]
    tables = f"表内合计与分项、比例已核 {len(sums)} 项" if sums else "本版本没有表内合计的校验记录"
    across = f"跨系统核对发现 {len(found)} 项差异" if found else "跨系统核对未发现超限差异"
    return Said(
        f"{tables}；{across}",
        tuple(remark("reconciliation", finding.title, place=finding.kind, fix=finding.suggestion) for finding in found),
    )


ITEM = Item("reconciliation", "勾稽核对", 20, ("table_sums",), _run)
