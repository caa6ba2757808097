"""How complete the readings behind a customer's bill are: a bill is short where meters could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.period import Period
from tools.analysis import Bench
from tools.analysis.measured import measured
from tools.fetch import Query

SQL = """
SELECT e.cons_no AS cons_no, COUNT(*) AS n, COUNT(e.fwd_kwh) AS seen
FROM energy_day AS e WHERE e.date BETWEEN :start AND :end AND e.cons_no IN ({listed}) GROUP BY e.cons_no
"""


def absent(bench: Bench, org: str, period: Period, names: Mapping[str, str]) -> dict[str, Fact] | str:
    """缺数天数 (days) of customers, by number; those without any reading in the period are left out. A Chinese reason
    where 采集2.0 does not answer. `names` by number."""
    listed = ", ".join(f"'{key}'" for key in names if key.isalnum())
    if not listed:
        return {}
    params = {"start": period.start, "end": period.end}
    outcome = bench.gate.run(Query("acquisition", SQL.format(listed=listed), params, org, "客户采集完整性"))
    if outcome.status not in {"ok", "empty"}:
        return outcome.message
    found = {}
    for row in sorted(outcome.records(), key=lambda row: str(row["cons_no"])):  # engines answer in any order
        key, rows, seen = str(row["cons_no"]), int(row["n"]), int(row["seen"])
        lacking = Decimal(rows - seen) / rows * period.days
        found[key] = measured(
            bench, outcome, params, org, period, "缺数天数", lacking.quantize(Decimal("0.1")), "天", indicator="A04",
            caliber="期内缺数读数折合的天数", by=By(dim="customer", key=key, label=names[key]), kind="count",
            decimals=1 if lacking % 1 else 0, rows=rows,
        )  # fmt: skip
    return found
