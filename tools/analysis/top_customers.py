"""Big customers whose energy changed most against the same period of last year (§3.1 R1 二（三）)."""

from __future__ import annotations

from core.domain.fact import Fact
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.big_customers import changes

SHOWN = 10


def run(bench: Bench, org: str, period: Period) -> Result:
    """The ten largest changes, falls and rises together; each customer's two figures and their 差值."""
    found = changes(bench, org, period, SHOWN)
    falls = [item.change for item in found if (item.change.value or 0) < 0]
    places = {
        "customer_now": _ids([item.now for item in found]),
        "customer_before": _ids([item.before for item in found]),
        "customer_change": _ids([item.change for item in found]),
        "fallers": _ids(falls),
    }
    return Result("大客户增减", [fact for c in found for fact in (c.now, c.before, c.change)], [], places)


def _ids(facts: list[Fact]) -> list[str]:
    return [fact.id for fact in facts]


ANALYSIS = Analysis("top_customers", "大客户增减", run)
