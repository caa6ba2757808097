"""各源数据完整性: how every source answered while the version was made."""

from __future__ import annotations

from core.domain.fact import STATUS_LABELS
from tools.checklist import Case, Item, Said, remark


def _run(case: Case) -> Said:
    sources = case.content.sources
    if not sources:
        return Said("本版本没有记录数据源", (remark("completeness", "没有记录任何数据源的取数情况"),))
    told = "；".join(f"{source.label}{source.detail or STATUS_LABELS[source.status]}" for source in sources)
    missing = tuple(
        remark(
            "completeness",
            f"{source.label}{STATUS_LABELS[source.status]}：{source.detail or '没有说明'}",
            fix="核对缺失部分在文中是否已说明；可补数后重新生成。",
        )
        for source in sources
        if source.status != "ok"
    )
    supplied = tuple(
        remark(
            "completeness",
            f"{fact.org_name or fact.org}{fact.period.label}{fact.name}{fact.supplement}",
            fix="核对补录的依据；来源到数后以来源为准。",
        )
        for fact in case.content.facts
        if fact.supplement and not fact.parents
    )
    apart = tuple(
        remark(
            "completeness",
            f"{fact.org_name or fact.org}{fact.period.label}{fact.name}没有并入下级的补录：不能相加",
            fix="请下级补录构成它的电量、金额或户数；否则按未补录理解。",
        )
        for fact in case.content.facts
        if fact.inputs.get("apart")
    )
    return Said(told, (*missing, *supplied, *apart))


ITEM = Item("completeness", "各数据源完整性", 10, ("facts_ok",), _run)
