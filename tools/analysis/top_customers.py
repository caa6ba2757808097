"""Big customers whose energy changed most against the same period of last year (§3.1 R1 二（三）)."""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import Fact
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import base_of, derived
from tools.indicators.ask import Ask

SHOWN = 10


def run(bench: Bench, org: str, period: Period) -> Result:
    """Changes are 差值 facts; the ten largest in size, falls and rises together."""
    facts = bench.compute([Ask("A02", org, period, by="customer", limit=400)])[0]
    known = [(fact, base) for fact in facts if fact.has_value and fact.by and (base := base_of(fact)) is not None]
    known.sort(key=lambda pair: abs((pair[0].value or Decimal(0)) - pair[1]), reverse=True)
    now, before, change = [], [], []
    for fact, base in known[:SHOWN]:
        assert fact.value is not None
        now.append(fact)
        before.append(derived(bench, fact, "上年同期售电量", base, [fact], "取自该事实的同比基期", by=fact.by))
        change.append(derived(bench, fact, "电量增减", fact.value - base, [fact], "本期 − 上年同期", by=fact.by))
    falls = [fact for fact in change if (fact.value or 0) < 0]
    places = {
        "customer_now": _ids(now),
        "customer_before": _ids(before),
        "customer_change": _ids(change),
        "fallers": _ids(falls),
    }
    return Result("大客户增减", [*now, *before, *change], [], places)


def _ids(facts: list[Fact]) -> list[str]:
    return [fact.id for fact in facts]


ANALYSIS = Analysis("top_customers", "大客户增减", run)
