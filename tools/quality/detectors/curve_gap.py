"""Q12 曲线缺点错位: days with more or fewer than ninety-six points."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Detected, Detector, listed, listing

INNER = """
SELECT d.cons_no AS object, CAST(NULL AS VARCHAR) AS org_code, MIN(d.at) AS first_day, MAX(d.at) AS last_day,
       SUM(ABS(:points - d.c)) AS n, CAST(NULL AS DECIMAL(18,2)) AS kwh
FROM (SELECT v.cons_no, CAST(v.ts AS DATE) AS at, COUNT(*) AS c FROM curve96 AS v
      WHERE v.ts >= CAST(:start AS DATE) AND v.ts < CAST(:after AS DATE) GROUP BY v.cons_no, CAST(v.ts AS DATE)) AS d
WHERE d.c <> :points GROUP BY d.cons_no
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {"days": scope.want("meter", listing(INNER), points=spec.limits["points"])}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    return listed(answers.rows("days"))


DETECTOR = Detector("curve_gap", _wants, _judge)
