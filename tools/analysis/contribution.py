"""Structure: each industry's share of 售电量 and its pull on the year-on-year change (domain.md §1.1 贡献度)."""

from __future__ import annotations

from decimal import Decimal

from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import base_of, derived
from tools.indicators.ask import Ask


def run(bench: Bench, org: str, period: Period) -> Result:
    members, totals = bench.compute([Ask("A06", org, period, by="industry"), Ask("A02", org, period)])
    members = [fact for fact in members if fact.has_value and fact.by]
    total = next((fact for fact in totals if fact.has_value), None)
    if total is None or not total.value or not members:
        return Result("结构与拉动")
    base = base_of(total)
    shares, pulls = [], []
    for fact in members:
        assert fact.value is not None
        share = fact.value / total.value * 100
        shares.append(
            derived(bench, fact, "售电量占比", share, [fact, total], "该行业售电量 ÷ 售电量", unit="%", kind="rate",
                    by=fact.by, rule="pp")
        )
        before = base_of(fact)
        if base and before is not None:
            pull = (fact.value - before) / base * 100
            pulls.append(
                derived(bench, fact, "拉动百分点", pull, [fact, total], "该行业电量变化 ÷ 上年同期售电量", unit="百分点",
                        kind="rate", by=fact.by, rule="pp")
            )
    strongest = sorted(pulls, key=lambda fact: abs(fact.value or Decimal(0)), reverse=True)[:3]
    places = {
        "share": [fact.id for fact in shares],
        "pull": [fact.id for fact in sorted(pulls, key=lambda fact: -(fact.value or Decimal(0)))],
        "pull_top": [fact.id for fact in strongest],
    }
    return Result("结构与拉动", [*members, total, *shares, *pulls], [], places)


ANALYSIS = Analysis("contribution", "结构与拉动", run)
