"""Q6 迟到补采: daily values that arrived after the collection watermark, by transformer area."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Detected, Detector, listed, listing

INNER = """
SELECT COALESCE(e.tg_no, e.org_code) AS object, MIN(e.org_code) AS org_code, MIN(e.date) AS first_day,
       MAX(e.date) AS last_day, COUNT(*) AS n, SUM(e.fwd_kwh) AS kwh
FROM energy_day AS e WHERE e.date BETWEEN :start AND :end AND e.quality = :late
GROUP BY COALESCE(e.tg_no, e.org_code)
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {"late": scope.want("acquisition", listing(INNER), late=spec.limits["late"])}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    return listed(answers.rows("late"))


DETECTOR = Detector("late_data", _wants, _judge)
