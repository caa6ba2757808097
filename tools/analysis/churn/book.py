"""What is known of the big customers up to a day, read once: energy, orders, payments, tickets, plants, outages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from knowledge.churn import churn_rules
from tools.analysis import Bench
from tools.fetch import Outcome, Query

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

HISTORY_DAYS = 800
COLUMNS = {
    "orders": ("cons_no", "wo_type", "before_kva", "after_kva", "accept_time"),
    "bills": ("cons_no", "bill_id", "ym", "kwh", "amount", "issue_time", "arrive_time", "paid"),
    "solar": ("cons_no", "cap_kw", "grid_date"),
    "outages": ("line_id", "start_time"),
    "tickets": ("cons_no", "accept_time"),
}
CHUNK = 2000
"""Customers named in one statement."""
CUSTOMERS = """
SELECT c.cons_no AS cons_no, c.org_code AS org_code, c.industry_code AS industry, c.contract_cap_kva AS cap_kva,
       c.run_cap_kva AS run_kva, c.line_id AS line_id, c.open_date AS open_date, c.close_date AS close_date
FROM customer AS c WHERE c.contract_cap_kva >= :min_kva AND c.open_date <= :as_of
"""
DAILY = """
SELECT e.cons_no AS cons_no, e.date AS date, SUM(e.fwd_kwh) AS kwh FROM energy_day AS e
WHERE e.date BETWEEN :first AND :as_of AND e.cons_no IN ({ids}) GROUP BY e.cons_no, e.date
"""
ORDERS = """
SELECT w.cons_no AS cons_no, w.wo_type AS wo_type, w.cap_before_kva AS before_kva, w.cap_after_kva AS after_kva,
       w.accept_time AS accept_time FROM work_order AS w JOIN customer AS c ON c.cons_no = w.cons_no
WHERE c.contract_cap_kva >= :min_kva AND w.wo_type IN ('减容', '暂停', '销户') AND w.accept_time < :after
"""
BILLS = """
SELECT b.cons_no AS cons_no, b.bill_id AS bill_id, b.ym AS ym, b.kwh_total AS kwh, b.receivable_amt AS amount,
       b.issue_time AS issue_time, p.arrive_time AS arrive_time, p.amt AS paid
FROM bill AS b JOIN customer AS c ON c.cons_no = b.cons_no
LEFT JOIN (SELECT bill_id, arrive_time, amt FROM payment WHERE arrive_time < :after) AS p ON p.bill_id = b.bill_id
WHERE c.contract_cap_kva >= :min_kva AND b.issue_time < :after AND b.issue_time >= :first
"""
SOLAR = """
SELECT p.cons_no AS cons_no, p.cap_kw AS cap_kw, p.grid_date AS grid_date FROM pv_plant AS p
JOIN customer AS c ON c.cons_no = p.cons_no WHERE c.contract_cap_kva >= :min_kva AND p.grid_date <= :as_of
"""
OUTAGES = "SELECT line_id, start_time FROM outage_event WHERE start_time < :after AND line_id IS NOT NULL"
TICKETS = """
SELECT t.cons_no AS cons_no, t.accept_time AS accept_time FROM ticket AS t
WHERE t.accept_time < :after AND t.cons_no IN ({ids}) AND ({words})
"""


@dataclass(frozen=True)
class Book:
    """Tables as read. `energy` has a row a customer and a column a day (kWh, NaN where there is no reading);
    `failed` names the sources that did not answer; `statements` are the canonical SQL by name."""

    as_of: date
    customers: pd.DataFrame
    energy: pd.DataFrame
    orders: pd.DataFrame
    bills: pd.DataFrame
    solar: pd.DataFrame
    outages: pd.DataFrame
    tickets: pd.DataFrame
    failed: tuple[str, ...]
    statements: dict[str, str]

    def readings(self, customer: str) -> np.ndarray:
        """The customer's daily energy in order of days, NaN where there is no reading."""
        found: np.ndarray = self.energy.loc[[customer]].to_numpy()[0]
        return found

    def until(self, day: date) -> Book:
        """The same book as it stood at the end of an earlier day."""
        import pandas as pd

        limit = pd.Timestamp(day) + pd.Timedelta(days=1)
        known = self.bills[pd.to_datetime(self.bills.issue_time) < limit].copy()
        late = pd.to_datetime(known.arrive_time) >= limit
        known.loc[late, "paid"] = float("nan")
        known.loc[late, "arrive_time"] = pd.NaT
        return Book(
            day,
            self.customers[pd.to_datetime(self.customers.open_date) < limit],
            self.energy.iloc[:, : pd.DatetimeIndex(self.energy.columns).searchsorted(limit)],
            self.orders[pd.to_datetime(self.orders.accept_time) < limit],
            known,
            self.solar[pd.to_datetime(self.solar.grid_date) < limit],
            self.outages[pd.to_datetime(self.outages.start_time) < limit],
            self.tickets[pd.to_datetime(self.tickets.accept_time) < limit],
            self.failed,
            self.statements,
        )


def read_book(bench: Bench, org: str, as_of: date) -> Book | str:
    """The big customers of a unit up to a day; a Chinese reason when there are none or a needed system is silent."""
    base: dict[str, Any] = {
        "min_kva": int(bench.catalog.thresholds.get("big_customer.min_kva")),
        "as_of": as_of,
        "after": as_of + timedelta(days=1),
        "first": as_of - timedelta(days=HISTORY_DAYS),
    }
    head = bench.gate.run(Query("marketing", CUSTOMERS, _bound(CUSTOMERS, base), org, "大客户名单", bulk=True))
    if head.status != "ok":
        return head.message or "没有大客户"
    customers = head.frame()
    customers["cons_no"] = customers.cons_no.astype(str)
    ids = sorted(customers.cons_no)
    queries = {
        "orders": Query("marketing", ORDERS, _bound(ORDERS, base), org, "减容、暂停与销户", bulk=True),
        "bills": Query("marketing", BILLS, _bound(BILLS, base), org, "账单与缴费", bulk=True),
        "solar": Query("marketing", SOLAR, _bound(SOLAR, base), org, "分布式光伏", bulk=True),
        "outages": Query("equipment", OUTAGES, _bound(OUTAGES, base), org, "线路停电", bulk=True),
    }
    words = " OR ".join(f"t.content LIKE '%{word}%'" for word in churn_rules().consultation)
    for at in range(0, len(ids), CHUNK):
        some = _listed(ids[at : at + CHUNK])
        daily, tickets = DAILY.format(ids=some), TICKETS.format(ids=some, words=words)
        queries[f"daily{at}"] = Query("acquisition", daily, _bound(daily, base), org, "大客户日电量", bulk=True)
        queries[f"tickets{at}"] = Query("service", tickets, _bound(tickets, base), org, "用电变更咨询", bulk=True)
    made = dict(zip(queries, bench.gate.run_many(queries.values()), strict=True))
    daily_parts = [outcome for name, outcome in made.items() if name.startswith("daily")]
    if any(outcome.status in {"error", "denied"} or outcome.truncated for outcome in daily_parts):
        return next(outcome.message for outcome in daily_parts if outcome.message)
    energy = _matrix([outcome for outcome in daily_parts if outcome.status == "ok"], ids)
    if energy is None:
        return "采集2.0没有这些大客户的日电量"
    silent = [outcome.source for outcome in made.values() if outcome.status in {"error", "denied"}]
    return Book(
        as_of,
        customers,
        energy,
        _table([made["orders"]], "orders"),
        _table([made["bills"]], "bills"),
        _table([made["solar"]], "solar"),
        _table([made["outages"]], "outages"),
        _table([outcome for name, outcome in made.items() if name.startswith("tickets")], "tickets"),
        tuple(dict.fromkeys(silent)),
        {"customers": head.sql} | {name.rstrip("0123456789"): outcome.sql for name, outcome in made.items()},
    )


def _bound(sql: str, values: dict[str, Any]) -> dict[str, Any]:
    import re

    return {key: value for key, value in values.items() if re.search(rf":{key}\b", sql)}


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in ids if value.isalnum())


def _matrix(parts: Sequence[Outcome], ids: Sequence[str]) -> pd.DataFrame | None:
    import pandas as pd

    if not parts:
        return None
    long = pd.concat([part.frame() for part in parts], ignore_index=True)
    long["cons_no"] = long.cons_no.astype(str)
    long["date"] = pd.to_datetime(long.date)
    wide = long.pivot(index="cons_no", columns="date", values="kwh").astype(float)
    days = pd.date_range(wide.columns.min(), wide.columns.max(), freq="D")
    return wide.reindex(index=list(ids), columns=days)


def _table(outcomes: Sequence[Outcome], name: str) -> pd.DataFrame:
    """The rows of the outcomes that have any; an empty table with its columns otherwise."""
    import pandas as pd

    found = [outcome.frame() for outcome in outcomes if outcome.status == "ok"]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(COLUMNS[name]))
