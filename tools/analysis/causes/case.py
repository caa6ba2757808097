"""One change under examination: what the five systems say of this period and of the same period of last year.

Everything is read once, in one batch through the actor's gate, summed where the data is; only big customers, customers
with new solar plants and missing readings come as rows. A source that does not answer leaves its table empty and its
name in `failed`, so that a cause can say that it could not be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.domain.period import Period, shift_months
from tools.analysis import Bench
from tools.analysis.causes.queries import QUERIES
from tools.fetch import Outcome, Query

if TYPE_CHECKING:
    import pandas as pd

    from tools.analysis.causes.customers import Customers
    from tools.analysis.causes.response import Response

LEAD_DAYS = 28
"""Days before the period that also count for the usual level of a meter."""


@dataclass(frozen=True)
class Case:
    """`period` and `was` are whole months; `outcomes` by query name; `change` in kWh."""

    bench: Bench
    org: str
    period: Period
    was: Period
    change: Decimal
    outcomes: Mapping[str, Outcome]
    params: Mapping[str, Any]

    def table(self, name: str) -> pd.DataFrame:
        """The rows of one query; an empty frame where there are none or the source failed (see `failed`)."""
        outcome = self.outcomes[name]
        if outcome.status == "ok":
            return outcome.frame()
        import pandas as pd

        return pd.DataFrame(columns=list(outcome.columns))

    def failed(self, *names: str) -> str:
        """Why one of these queries has no trustworthy answer, or ""."""
        for name in names:
            outcome = self.outcomes[name]
            if outcome.status in {"error", "denied"} or outcome.truncated:
                return outcome.message
        return ""

    def sql(self, *names: str) -> tuple[str, ...]:
        return tuple(self.outcomes[name].sql for name in names)

    @cached_property
    def response(self) -> Response | None:
        """How daily energy follows the calendar and the temperature."""
        from tools.analysis.causes.response import fit

        return fit(self)

    @cached_property
    def customers(self) -> Customers:
        """Big customers and what they did beyond their industry."""
        from tools.analysis.causes.customers import judge

        return judge(self)

    @cached_property
    def parent(self) -> str | None:
        """The unit above, when the actor may see it: its other units are the peers."""
        unit = self.bench.tree.get(self.org)
        return unit.parent if unit and unit.parent and self.bench.tree.get(unit.parent) else None

    def number(self, value: float) -> Decimal:
        """kWh to the hundredth."""
        return Decimal(f"{value:.2f}")


def open_case(bench: Bench, org: str, period: Period, change: Decimal) -> Case:
    """Read everything that the causes need."""
    was = period.yoy()
    unit = bench.tree.get(org)
    parent = unit.parent if unit and unit.parent and bench.tree.get(unit.parent) else None
    first = shift_months(period.start, -25)
    params: dict[str, Any] = {
        "start": period.start,
        "end": period.end,
        "was_start": was.start,
        "was_end": was.end,
        "lead": period.start - timedelta(days=LEAD_DAYS),
        "was_lead": was.start - timedelta(days=LEAD_DAYS),
        "first": first,
        "before": period.start - timedelta(days=1),
        "now_from": f"{period.start:%Y-%m}",
        "now_to": f"{period.end:%Y-%m}",
        "was_from": f"{was.start:%Y-%m}",
        "was_to": f"{was.end:%Y-%m}",
        "recent_from": f"{shift_months(period.start, -3):%Y-%m}",
        "recent_to": f"{shift_months(period.start, -1):%Y-%m}",
        "past_from": f"{shift_months(period.start, -15):%Y-%m}",
        "past_to": f"{shift_months(period.start, -13):%Y-%m}",
        "history": f"{shift_months(period.start, -19):%Y-%m}",
        "own": f"{org}%",
        "was_time": datetime.combine(was.start, time()),
        "end_time": datetime.combine(period.end + timedelta(days=1), time()),
        "after": period.end + timedelta(days=1),
        "min_kva": int(bench.catalog.thresholds.get("big_customer.min_kva")),
    }
    asked = {}
    for name, (source, sql, bulk) in QUERIES.items():
        scope = parent if name == "peer_weather" else org
        if scope is not None:
            names = [key for key in params if f":{key}" in sql and _named(sql, key)]
            asked[name] = Query(source, sql, {key: params[key] for key in names}, scope, "原因分析", bulk)
    outcomes = dict(zip(asked, bench.gate.run_many(asked.values()), strict=True))
    if "peer_weather" not in outcomes:
        outcomes["peer_weather"] = Outcome("empty", ("date", "t_avg"), [], 0, False, 0.0, "没有可比的同级单位", "", "")
    return Case(bench, org, period, was, change, outcomes, params)


def _named(sql: str, key: str) -> bool:
    import re

    return re.search(rf":{key}\b", sql) is not None
