"""Q1 日冻结缺失: metering points without a daily value although there was supply, by transformer area."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Detected, Detector, listed, listing

INNER = """
SELECT COALESCE(e.tg_no, e.org_code) AS object, MIN(e.org_code) AS org_code, MIN(e.date) AS first_day,
       MAX(e.date) AS last_day, COUNT(*) AS n, CAST(NULL AS DECIMAL(18,2)) AS kwh
FROM energy_day AS e
WHERE e.date BETWEEN :start AND :end AND e.fwd_kwh IS NULL AND COALESCE(e.quality, '') <> '停电'
GROUP BY COALESCE(e.tg_no, e.org_code)
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {"missing": scope.want("acquisition", listing(INNER))}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    return listed(answers.rows("missing"))


DETECTOR = Detector("missing_freeze", _wants, _judge)
