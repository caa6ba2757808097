"""勾稽核对: sums within tables, and the cross-source checks that the report carries."""

from __future__ import annotations

from tools.checklist import Case, Item, Said

PREFIX = "reconcile."
"""Facts of cross-source checks are of an indicator that begins so; `within` of their parameters is the verdict."""


def _run(case: Case) -> Said:
    sums = [check for check in case.checks if check.rule == "table_sums"]
    compared = [fact for fact in case.content.facts if fact.indicator.startswith(PREFIX) and "check" in fact.params]
    checks = {str(fact.params["check"]) for fact in compared}
    beyond = {str(fact.params["check"]) for fact in compared if fact.params.get("within") is False}
    tables = "表内合计已校验" if sums else "本版本没有表内合计的校验记录"
    across = f"跨系统核对 {len(checks)} 项，{len(beyond)} 项超出容差" if checks else "本报告没有跨系统核对的数据"
    return Said(f"{tables}；{across}")


ITEM = Item("reconciliation", "勾稽核对", 20, ("table_sums", "reconciliation"), _run)
