"""Q15 退补集中入账: reversed and re-issued bills of other periods that were booked in this one."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Detected, Detector, listed, listing

INNER = """
SELECT b.cons_no AS object, MIN(b.org_code) AS org_code, MIN(b.period_start) AS first_day,
       MAX(b.period_end) AS last_day, COUNT(*) AS n, SUM(b.kwh_total) AS kwh
FROM bill AS b WHERE b.ym BETWEEN :start_ym AND :end_ym AND (b.reversal_of IS NOT NULL OR b.period_end < :start)
GROUP BY b.cons_no
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {"booked": scope.want("marketing", listing(INNER))}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    return listed(answers.rows("booked"))


DETECTOR = Detector("back_billing", _wants, _judge)
