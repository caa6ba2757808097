"""营销活动优化: an order of measures that says it is one, from the library's shares and the energy at stake."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from agent.understanding.measures import MEASURES, measures_asked
from core.domain.period import Period
from core.domain.tokens import TOKEN
from knowledge.strategies import strategies
from tests.tools.analysis.test_satisfaction_forecast import CITY, bench_of
from tools.analysis import all_analyses
from tools.analysis.campaign import MOST, ONLY_ORDER
from tools.analysis.churn_risk import LOST
from tools.checks.numerals import find


def test_measures_stand_in_order_of_what_they_may_keep_and_say_what_they_are_not(demo_home: Path) -> None:
    bench = bench_of(demo_home, date(2026, 11, 23))
    result = all_analyses()["campaign"](bench, CITY, Period.parse("2026-10"))
    bench.gate.connections.close()
    by_id = {fact.id: fact for fact in result.facts}
    kept = [by_id[name] for name in result.places["measure_kept"]]
    risk = [by_id[name] for name in result.places["measure_risk"]]
    money = [by_id[name] for name in result.places["measure_money"]]
    values = [fact.value or Decimal(0) for fact in kept]
    assert 2 <= len(result.findings) <= MOST and len(kept) == len(result.findings)
    assert values == sorted(values, reverse=True) and all(isinstance(fact.value, Decimal) for fact in (*kept, *money))
    assert len({fact.by.key for fact in kept if fact.by}) == len(kept), "no customer gets a measure twice"
    shares = {name: Decimal(one.retain_pct) / 100 for name, one in strategies().causes.items()}
    for finding, one, stake, paid in zip(result.findings, kept, risk, money, strict=True):
        assert one.by is not None and stake.value is not None
        cause = one.by.key.partition("/")[2]
        assert one.value == stake.value * shares[cause] and set(paid.parents) > {one.id}
        assert strategies().causes[cause].actions in finding.text and strategies().causes[cause].cost in finding.text
        assert find(TOKEN.sub("\ue001", finding.text)) == [], "no figure of a finding is typed"
        assert LOST not in finding.title or cause in {"stop", "relocate"}
        assert ONLY_ORDER in one.method
    assert ONLY_ORDER in result.label and strategies().compliance.rstrip("。") in result.label


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("望湖区营销活动怎么优化", True),
        ("全市大客户挽回措施怎么排优先级", True),
        ("优化一下营销活动", True),
        ("挽回策略怎么做", False),
        ("出个营销活动优化报告", False),
        ("营销活动是什么口径", False),
    ],
)
def test_which_questions_ask_for_the_order(text: str, asked: bool) -> None:
    assert measures_asked(text)[1] == (MEASURES if asked else "")
