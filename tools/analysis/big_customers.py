"""Energy of big customers against the same period of last year, ranked where the data is (domain.md §1.9 H02)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from tools.analysis import Bench
from tools.analysis.derived import derived
from tools.fetch import Query

SQL = """
SELECT x.cons_no AS cons_no, x.cons_name AS cons_name, x.kwh_now AS kwh_now, x.kwh_was AS kwh_was, x.n AS n
FROM (SELECT b.cons_no AS cons_no, c.cons_name AS cons_name,
             SUM(CASE WHEN b.ym >= :now_from AND b.ym <= :now_to THEN b.kwh_total ELSE 0 END) AS kwh_now,
             SUM(CASE WHEN b.ym >= :was_from AND b.ym <= :was_to THEN b.kwh_total ELSE 0 END) AS kwh_was, COUNT(*) AS n
      FROM bill AS b JOIN customer AS c ON c.cons_no = b.cons_no
      WHERE {who} AND ((b.ym >= :now_from AND b.ym <= :now_to) OR (b.ym >= :was_from AND b.ym <= :was_to))
      GROUP BY b.cons_no, c.cons_name) AS x
ORDER BY ABS(x.kwh_now - x.kwh_was) DESC, x.cons_no LIMIT {top}
"""
BIG = "(c.contract_cap_kva >= :min_kva OR (c.contract_cap_kva IS NULL AND c.cust_type IN ('高压', '专变')))"
ALL = "1 = 1"
CALIBER = "大客户（合同容量不低于口径门限，档案无容量时取高压客户）按发行年月的结算电量"


@dataclass(frozen=True)
class Change:
    """One customer: this period, the same period of last year, and their difference (negative: a fall)."""

    now: Fact
    before: Fact
    change: Fact


def changes(bench: Bench, org: str, period: Period, top: int, who: str = BIG) -> list[Change]:
    """The customers (`BIG`, or `ALL`) whose energy changed most, largest change first; empty when 营销2.0 has no
    answer."""
    if not period.whole_months:
        return []
    was = period.yoy()
    params: dict[str, str | int] = {
        "now_from": f"{period.start:%Y-%m}",
        "now_to": f"{period.end:%Y-%m}",
        "was_from": f"{was.start:%Y-%m}",
        "was_to": f"{was.end:%Y-%m}",
    }
    if ":min_kva" in who:
        params["min_kva"] = int(bench.catalog.thresholds.get("big_customer.min_kva"))
    outcome = bench.gate.run(Query("marketing", SQL.format(who=who, top=top), params, org, "大客户增减"))
    if outcome.status != "ok":
        return []
    found = []
    for row in outcome.records():
        by = By(dim="customer", key=str(row["cons_no"]), label=str(row["cons_name"]))
        now = _mint(bench, org, period, by, "售电量", row["kwh_now"], int(row["n"]), outcome.sql, params)
        before = _mint(bench, org, was, by, "上年同期售电量", row["kwh_was"], int(row["n"]), outcome.sql, params)
        assert now.value is not None and before.value is not None
        change = derived(bench, now, "电量增减", now.value - before.value, [now, before], "本期 − 上年同期", by=by)
        found.append(Change(now, before, change))
    return found


def _mint(
    bench: Bench,
    org: str,
    period: Period,
    by: By,
    name: str,
    value: object,
    rows: int,
    sql: str,
    params: dict[str, str | int],
) -> Fact:
    unit = bench.tree.get(org)
    return Fact(
        id=bench.mint(),
        indicator="A02",
        name=name,
        value=Decimal(str(value)),
        unit="kWh",
        decimals=0,
        period=period,
        org=org,
        org_name=unit.name if unit else "",
        by=by,
        compare=Compare(),
        caliber=CALIBER,
        caliber_version=bench.catalog.thresholds.version,
        source="marketing",
        datasets=("bill", "customer"),
        query=sql,
        params=params,
        row_count=rows,
        as_of=datetime.combine(period.end, time()),
        method="大客户按增减排序取前列",
    )
