"""Q13 单位或小数错位: a customer's daily mean is a power of ten of what it was a year and a month ago."""

from __future__ import annotations

from datetime import timedelta

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.indicators.answers import decimal
from tools.quality import Answers, Defect, Detected, Detector, together

MEANS = """
SELECT e.cons_no, MIN(e.org_code) AS org_code, AVG(CASE WHEN e.date >= :start THEN e.fwd_kwh END) AS now,
       AVG(CASE WHEN e.date < :start THEN e.fwd_kwh END) AS was,
       SUM(CASE WHEN e.date >= :start THEN 1 ELSE 0 END) AS n, SUM(CASE WHEN e.date >= :start THEN e.fwd_kwh END) AS kwh
FROM energy_day AS e
WHERE (e.date BETWEEN :start AND :end OR e.date BETWEEN :earlier AND :before) AND e.fwd_kwh > 0
GROUP BY e.cons_no
HAVING AVG(CASE WHEN e.date < :start THEN e.fwd_kwh END) >= :least
   AND AVG(CASE WHEN e.date >= :start THEN e.fwd_kwh END) > 0
   AND (AVG(CASE WHEN e.date >= :start THEN e.fwd_kwh END) > 5 * AVG(CASE WHEN e.date < :start THEN e.fwd_kwh END)
     OR AVG(CASE WHEN e.date >= :start THEN e.fwd_kwh END) < 0.2 * AVG(CASE WHEN e.date < :start THEN e.fwd_kwh END))
"""
HISTORY_DAYS = 31


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    earlier = scope.period.start - timedelta(days=HISTORY_DAYS)
    least = spec.limits["min_kwh_day"]
    return {"means": scope.want("acquisition", MEANS, bulk=True, earlier=earlier, least=least)}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    around = float(spec.limits["around"])
    found = []
    for row in answers.rows("means"):
        ratio = float(row["now"]) / float(row["was"])
        if any(abs(ratio / 10.0**power - 1) <= around for power in spec.limits["powers"]):
            kwh = decimal(round(float(row["kwh"]), 2))
            who = str(row["cons_no"])
            found.append(Defect(who, row["org_code"], scope.period.start, scope.period.end, int(row["n"]), kwh))
    return together(found)


DETECTOR = Detector("unit_scale", _wants, _judge)
