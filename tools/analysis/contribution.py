"""Structure: each industry's share of 售电量 and its pull on the year-on-year change (domain.md §1.1 贡献度)."""

from __future__ import annotations

from decimal import Decimal

from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.indicators.ask import Ask
from tools.indicators.derive import derive


def run(bench: Bench, org: str, period: Period) -> Result:
    members, totals = bench.compute([Ask("A06", org, period, by="industry"), Ask("A02", org, period)])
    members = [fact for fact in members if fact.has_value and fact.by]
    total = next((fact for fact in totals if fact.has_value), None)
    if total is None or not total.value or not members:
        return Result("结构与拉动")
    shares = [derive("占比", [fact, total], bench.mint, name="售电量占比") for fact in members]
    pulls = [derive("贡献度", [fact, total], bench.mint, name="拉动售电量") for fact in members]
    pulls = [fact for fact in pulls if fact.has_value]
    strongest = sorted(pulls, key=lambda fact: abs(fact.value or Decimal(0)), reverse=True)[:3]
    places = {
        "share": [fact.id for fact in shares],
        "pull": [fact.id for fact in sorted(pulls, key=lambda fact: -(fact.value or Decimal(0)))],
        "pull_top": [fact.id for fact in strongest],
    }
    return Result("结构与拉动", [*members, total, *shares, *pulls], [], places)


ANALYSIS = Analysis("contribution", "结构与拉动", run)
