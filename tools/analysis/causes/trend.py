"""H6 行业景气: the growth that each industry already had in the months before, small and big customers apart."""

from __future__ import annotations

from core.domain.fact import By
from tools.analysis.causes import Cause, Effect, growth
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured

METHOD = "各行业上年同期电量 × 此前半年同比的中位数（不含一、二月；大客户取同行业户均走势的中位数）"
SHOWN = 3


def run(case: Case) -> Effect:
    reason = case.failed("industries", "big")
    rates = growth.small(case)
    if reason or not rates:
        return Effect(None, METHOD, unknown=reason or "此前没有可比的月份", queries=case.sql("industries"))
    months = [month.code for month in case.was.months()]
    moves: dict[str, float] = {}
    for industry, energy in growth.by_month(case).items():
        base = sum(energy.get(month, 0.0) for month in months)
        moves[industry] = (rates.get(industry, 1.0) - 1) * base
    for industry, move in case.customers.trend.items():
        moves[industry] = moves.get(industry, 0.0) + move
    effect = case.number(sum(moves.values()))
    largest = sorted(moves.items(), key=lambda pair: -abs(pair[1]))[:SHOWN]
    facts = [
        measured(
            case,
            "行业原有增减",
            move,
            "kWh",
            ("industries", "big"),
            METHOD,
            decimals=0,
            by=By(dim="industry", key=key, label=case.bench.catalog.labels("industry", key)),
        )
        for key, move in largest
    ]
    words = "、".join(f"{{{{{fact.id}.label}}}}{{{{{fact.id}:pull}}}}" for fact in facts)
    said = (f"按此前走势，{words}",)
    return Effect(effect, METHOD, said, (), tuple(facts), queries=case.sql("industries", "big"))


CAUSE = Cause("H6", "行业景气与自然增长", 90, "按行业此前的同比走势推算", "营销2.0", run)
