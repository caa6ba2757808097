"""跨系统核对: a check beyond its tolerance blocks or is shown, as the template says; refused data always block."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.quality import reconcile_rules
from knowledge.template_library import templates
from tools.checks import Check, Hit
from tools.checks.context import Context


def _run(context: Context) -> Iterator[Hit]:
    template = templates().get(context.content.template)
    policy = template.reconcile if template else {}
    for fact in context.content.facts:
        if fact.indicator.startswith("reconcile.") and fact.params.get("within") is False and "check" in fact.params:
            spec = reconcile_rules().checks[fact.params["check"]]
            blocks = policy.get(fact.params["check"]) == "block"
            yield Hit(
                f"{spec.name}核对",
                f"{spec.left}与{spec.right}的差异在容差以外",
                "查清例外清单的原因后重新生成。" if blocks else "送审时说明原因；例外清单见数据质量与跨系统核对部分。",
                "error" if blocks else "warn",
            )
        if fact.indicator == "quality.cleaning" and fact.params.get("refused"):
            yield Hit("日冻结电量", "坏行占比超过门槛，数据不可用", "请数据运维员处理数据源后重新生成。", "error")


CHECK = Check("reconciliation", "跨系统核对", _run, "warn")
