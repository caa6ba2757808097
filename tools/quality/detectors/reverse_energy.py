"""Q9 非发电户反向电量: energy fed back by customers without a registered plant."""

from __future__ import annotations

from decimal import Decimal

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together

BACK = """
SELECT e.cons_no, MIN(e.org_code) AS org_code, MIN(e.date) AS first_day, MAX(e.date) AS last_day, COUNT(*) AS n,
       CAST(SUM(e.rev_kwh) * 100 AS BIGINT) AS cents
FROM energy_day AS e WHERE e.date BETWEEN :start AND :end AND e.rev_kwh > :kwh_day
GROUP BY e.cons_no HAVING COUNT(*) >= :days
"""
PLANTS = "SELECT v.cons_no FROM pv_plant AS v WHERE v.grid_date <= :end"
MAKERS = "SELECT c.cons_no FROM customer AS c WHERE c.cust_type LIKE '%发电%'"


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {
        "back": scope.want("acquisition", BACK, bulk=True, kwh_day=spec.limits["kwh_day"], days=spec.limits["days"]),
        "plants": scope.want("marketing", PLANTS, bulk=True),
        "makers": scope.want("marketing", MAKERS, bulk=True),
    }


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    known = {row["cons_no"] for name in ("plants", "makers") for row in answers.rows(name)}
    return together(
        Defect(str(row["cons_no"]), row["org_code"], day(row["first_day"]), day(row["last_day"]), int(row["n"]),
               Decimal(int(row["cents"])) / 100)
        for row in answers.rows("back")
        if row["cons_no"] not in known
    )  # fmt: skip


DETECTOR = Detector("reverse_energy", _wants, _judge)
