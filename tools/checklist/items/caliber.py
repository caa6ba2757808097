"""口径变化: indicators whose caliber is of another version than in the approved report before."""

from __future__ import annotations

from core.domain.report import ReportContent
from tools.checklist import Case, Item, Said, remark


def _run(case: Case) -> Said:
    if case.prior is None:
        return Said("没有上期已发布报告，按首期处理，不作比较")
    now, before = _versions(case.content), _versions(case.prior)
    both = [name for name in now if name in before]
    changed = [name for name in both if now[name] != before[name]]
    remarks = tuple(
        remark(
            "caliber",
            f"{name}的口径版本由 {before[name]} 变为 {now[name]}",
            fix="核对文中是否说明口径变化，同比、环比是否可比。",
        )
        for name in changed
    )
    return Said(f"与{case.prior_id}比较了 {len(both)} 项指标的口径版本，{len(changed)} 项有变化", remarks)


def _versions(content: ReportContent) -> dict[str, str]:
    """Indicator name to caliber version, of the facts that carry one and were neither derived nor restated."""
    aside = {name for item in content.restated for name in (item.old, item.new)}
    return {
        fact.name: fact.caliber_version
        for fact in content.facts
        if fact.caliber_version and not fact.parents and fact.id not in aside
    }


ITEM = Item("caliber", "口径变化", 30, (), _run)
