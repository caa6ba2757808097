"""户级: each customer's billed energy against the daily freezes of the same days (domain.md §2.3, 1).

A customer whose bill covers other days than the period is compared over the bill's own days; bills of other periods
that were booked here (退补) are part of what was billed and explain the difference.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.domain.fact import Fact
from knowledge.quality import CheckSpec
from tools.evidence import NoEvidence, Scope, Want, Wants
from tools.quality import Answers, day
from tools.quality.customers import DAILY, daily
from tools.reconcile import Check, Compared, Nothing, Odd, cents

BILLED = """
SELECT b.cons_no, MIN(b.org_code) AS org_code, CAST(SUM(b.kwh_total) * 100 AS BIGINT) AS cents,
       MIN(CASE WHEN b.reversal_of IS NULL AND b.period_end >= :start THEN b.period_start END) AS first_day,
       MAX(CASE WHEN b.reversal_of IS NULL AND b.period_end >= :start THEN b.period_end END) AS last_day,
       SUM(CASE WHEN b.reversal_of IS NOT NULL OR b.period_end < :start THEN 1 ELSE 0 END) AS adjusted
FROM bill AS b WHERE b.ym BETWEEN :start_ym AND :end_ym GROUP BY b.cons_no
"""
LATER = """
SELECT DISTINCT b.cons_no FROM bill AS b
WHERE b.reversal_of IS NOT NULL AND b.ym > :end_ym AND b.period_start BETWEEN :start AND :end
"""
CHANGED = """
SELECT DISTINCT p.cons_no FROM meter_change AS m JOIN metering_point AS p ON p.mp_no = m.mp_no
WHERE m.change_time >= CAST(:before AS DATE) AND m.change_time < CAST(:after AS DATE)
"""
MOST_READ_DAYS = 40
"""Different billing periods that are followed; a unit reads on a few days of the month."""


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {
        "billed": scope.want("marketing", BILLED, bulk=True),
        "later": scope.want("marketing", LATER, bulk=True),
        "changed": scope.want("marketing", CHANGED, bulk=True),
        "daily": daily(scope),
    }


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    billed, frozen = answers.frame("billed"), answers.frame("daily")
    if not len(billed) or not len(frozen):
        raise Nothing(f"{scope.period.label}没有{'电费账单' if not len(billed) else '日冻结电量'}数据")
    both = billed.merge(frozen, on="cons_no", how="outer", suffixes=("", "_daily"))
    both = _own_days(scope, answers, both)
    left, right = both["cents"].fillna(0), both["cents_daily"].fillna(0)
    gap = left - right
    allowed = _allowed(spec, left, right)
    missing = both["cents"].isna() | both["cents_daily"].isna()
    odd_rows = both.assign(gap=gap)[(gap.abs() > allowed) | (missing & (gap != 0))]
    later = {row["cons_no"] for row in answers.rows("later")}
    changed = {row["cons_no"] for row in answers.rows("changed")}
    odd = [
        Odd(str(row["cons_no"]), _org(row), _cause(scope, row, later, changed), cents(row["gap"]))
        for row in odd_rows.to_dict("records")
    ]
    odd.sort(key=lambda item: (-abs(item.gap), item.object))
    share = Decimal(len(odd)) / len(both) * 100
    asked = answers.wants
    return Compared(
        cents(int(left.sum())), cents(int(right.sum())), len(both), tuple(odd),
        share <= spec.tolerance["share_pct"], (asked["billed"],), (asked["daily"],),
    )  # fmt: skip


def _allowed(spec: CheckSpec, left: Any, right: Any) -> Any:
    """Per customer, in hundredths of a kWh: the larger of the absolute and the relative tolerance."""
    import pandas as pd

    larger = pd.concat([left.abs(), right.abs()], axis=1).max(axis=1)
    return (larger * float(spec.tolerance["each_pct"]) / 100).clip(lower=float(spec.tolerance["each_kwh"]) * 100)


def _own_days(scope: Scope, answers: Answers, both: Any) -> Any:
    """Customers billed over other days than the period get the freezes of those days."""
    import pandas as pd

    both["off"] = False
    first, last = (pd.to_datetime(both[name]) for name in ("first_day", "last_day"))
    start, end = pd.Timestamp(scope.period.start), pd.Timestamp(scope.period.end)
    other = both[first.notna() & last.notna() & ((first != start) | (last != end))]
    spans: dict[tuple[date, date], list[Any]] = {}
    for at, row in other.iterrows():
        own = (day(row["first_day"]), day(row["last_day"]))
        if own[0] and own[1]:
            spans.setdefault((own[0], own[1]), []).append(at)
    if len(spans) > MOST_READ_DAYS:
        raise NoEvidence("error", f"抄表例日多于 {MOST_READ_DAYS} 种，无法逐一按例日核对")
    for (begun, ended), rows in spans.items():
        period = scope.period.model_copy(update={"start": begun, "end": ended, "grain": "range"})
        want: Want = Scope(scope.org, period, scope.today, scope.catalog).want("acquisition", DAILY, bulk=True)
        found = {item["cons_no"]: item["cents"] for item in answers.more(want)}
        for at in rows:
            both.loc[at, "off"] = True
            both.loc[at, "cents_daily"] = found.get(both.loc[at, "cons_no"])
    return both


def _cause(scope: Scope, row: dict[str, Any], later: set[str], changed: set[str]) -> str:
    if (row["adjusted"] or 0) > 0 or row["cons_no"] in later:
        return "rebill"
    if row["cons_no"] in changed:
        return "meter_change"
    if (row["missing"] or 0) > 0:
        return "missing"
    if row["off"]:
        return "read_day"
    return "no_meter" if row["cents_daily"] != row["cents_daily"] else "other"


def _org(row: dict[str, Any]) -> str:
    return str(row["org_code"] if row["org_code"] == row["org_code"] and row["org_code"] else row["org_code_daily"])


CHECK = Check("customer", _wants, _judge)
