"""下期检修计划: planned works that begin in the adjoining later period, whole and by unit (设备管理 work_plan)."""

from __future__ import annotations

from datetime import timedelta

from core.domain.fact import By, Fact
from core.domain.labels import following
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.measured import measured
from tools.fetch import Query

SQL = """
SELECT w.org_code AS org_code, SUM(CASE WHEN w.plan_start >= :start AND w.plan_start < :after THEN 1 ELSE 0 END) AS due,
       COUNT(*) AS n
FROM work_plan AS w GROUP BY w.org_code
"""


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places `plans` and `plans_units` (units with plans only)."""
    after = following(period)
    params = {"start": after.start, "after": after.end + timedelta(days=1)}
    outcome = bench.gate.run(Query("equipment", SQL, params, org, "检修计划"))
    if outcome.status != "ok":
        return Result("下期检修计划")
    rows = [(str(row["org_code"]), int(str(row["due"]))) for row in outcome.records()]

    def mint(unit: str, by: By | None) -> str | None:
        count = sum(due for code, due in rows if code.startswith(unit))
        if by is not None and not count:
            return None
        fact = measured(
            bench, outcome, params, unit, after, "计划检修", count, "项", indicator="P01",
            caliber="计划开始时间在期内的检修计划", by=by, kind="count", decimals=0,
        )  # fmt: skip
        facts.append(fact)
        return fact.id

    facts: list[Fact] = []
    whole = mint(org, None)
    units = [mint(child.code, By(dim="org", key=child.code, label=child.short)) for child in bench.tree.children(org)]
    return Result(
        "下期检修计划", facts, [], {"plans": [whole] if whole else [], "plans_units": [u for u in units if u]}
    )


ANALYSIS = Analysis("work_plans", "下期检修计划", run)
