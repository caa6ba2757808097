"""上期数据重述: values that the report before published and that the sources tell differently now."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.fact import Fact
from core.domain.tokens import plain
from tools.checklist import Case, Item, Said, remark


def _run(case: Case) -> Said:
    if case.prior is None:
        return Said("没有上期已发布报告，按首期处理，不作比较")
    told = case.content.restated
    facts = case.content.fact_map()
    remarks = tuple(
        remark(
            "restated",
            f"{item.name}：已发布{_printed(item.old, facts)}，现为{_printed(item.new, facts)}，{item.why}",
            place=case.prior.period.label,
            fix="核对重述的原因，确认同比、环比按现值计算。",
        )
        for item in told
    )
    evidence = case.content.continuity or f"上期报告 {case.prior_id} 没有重算记录"
    return Said(evidence, remarks)


def _printed(name: str, facts: Mapping[str, Fact]) -> str:
    return plain("{{" + name + "}}", facts)


ITEM = Item("restated", "上期数据重述", 35, (), _run)
