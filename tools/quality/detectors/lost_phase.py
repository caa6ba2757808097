"""Q10 失压失流断相: one phase without current (or voltage) while the others carry load, by curve and by event."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together

CURVES = """
SELECT v.cons_no, CAST(MIN(v.ts) AS DATE) AS first_day, CAST(MAX(v.ts) AS DATE) AS last_day, COUNT(*) AS n
FROM curve96 AS v
WHERE v.ts >= CAST(:start AS DATE) AND v.ts < CAST(:after AS DATE) AND v.p_kw > :min_kw
  AND (LEAST(v.ia, v.ib, v.ic) < :low_share * GREATEST(v.ia, v.ib, v.ic)
    OR LEAST(v.ua, v.ub, v.uc) < :low_share * GREATEST(v.ua, v.ub, v.uc))
GROUP BY v.cons_no HAVING COUNT(*) >= :points
"""
EVENTS = """
SELECT v.cons_no, MIN(v.org_code) AS org_code, MIN(v.start_time) AS first_day, MAX(v.start_time) AS last_day,
       COUNT(*) AS n
FROM meter_event AS v
WHERE v.event_code IN ('失流', '失压', '断相') AND v.start_time < CAST(:after AS DATE)
  AND (v.end_time IS NULL OR v.end_time >= CAST(:start AS DATE))
  AND DATE_DIFF('hour', v.start_time, COALESCE(v.end_time, CAST(:after AS TIMESTAMP))) >= :event_hours
GROUP BY v.cons_no
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    limits = spec.limits
    curves = {name: limits[name] for name in ("points", "low_share", "min_kw")}
    return {
        "curves": scope.want("meter", CURVES, **curves),
        "events": scope.want("meter", EVENTS, event_hours=limits["event_hours"]),
    }


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    found: dict[str, Defect] = {}
    for name, note in (("events", "长时间事件"), ("curves", "曲线一相无电流或电压")):
        for row in answers.rows(name):
            who = str(row["cons_no"])
            org = str(row.get("org_code") or (found[who].org if who in found else ""))
            found[who] = Defect(who, org, day(row["first_day"]), day(row["last_day"]), int(row["n"]), None, note)
    return together(found.values())


DETECTOR = Detector("lost_phase", _wants, _judge)
