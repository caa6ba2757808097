"""Q7 连续零电量: customers that used energy before and show zero for days; stopped meters are told from 暂停."""

from __future__ import annotations

from datetime import timedelta

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together

ZEROS = """
SELECT e.cons_no, MIN(e.org_code) AS org_code, MIN(CASE WHEN e.date >= :start AND e.fwd_kwh = 0 THEN e.date END) AS
       first_day, MAX(CASE WHEN e.date >= :start AND e.fwd_kwh = 0 THEN e.date END) AS last_day,
       SUM(CASE WHEN e.date >= :start AND e.fwd_kwh = 0 THEN 1 ELSE 0 END) AS n
FROM energy_day AS e WHERE e.date BETWEEN :history AND :end AND e.fwd_kwh IS NOT NULL
GROUP BY e.cons_no
HAVING SUM(CASE WHEN e.date >= :start AND e.fwd_kwh = 0 THEN 1 ELSE 0 END) >= :days
   AND MAX(e.fwd_kwh) > :usual
"""
AT_REST = """
SELECT c.cons_no, c.status FROM customer AS c WHERE c.status <> '正常' OR c.cons_no IN (
    SELECT w.cons_no FROM work_order AS w WHERE w.wo_type IN ('暂停', '销户') AND w.finish_time < CAST(:after AS DATE))
"""
STOPPED = """
SELECT DISTINCT v.cons_no FROM meter_event AS v
WHERE v.event_code = '停走' AND v.start_time < CAST(:after AS DATE)
  AND (v.end_time IS NULL OR v.end_time >= CAST(:start AS DATE))
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    limits = spec.limits
    history = scope.period.start - timedelta(days=limits["history_days"])
    zeros = scope.want("acquisition", ZEROS, history=history, days=limits["days"], usual=limits["usual_kwh"])
    return {
        "zeros": zeros,
        "at_rest": scope.want("marketing", AT_REST, bulk=True),
        "stopped": scope.want("meter", STOPPED),
    }


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    zeros = answers.rows("zeros")
    if not zeros:
        return Detected()
    resting = {row["cons_no"] for row in answers.rows("at_rest")}
    stopped = {row["cons_no"] for row in answers.rows("stopped")}
    return together(
        Defect(str(row["cons_no"]), row["org_code"], day(row["first_day"]), day(row["last_day"]), int(row["n"]), None,
               "电表停走事件佐证" if row["cons_no"] in stopped else "待现场核实")
        for row in zeros
        if row["cons_no"] not in resting
    )  # fmt: skip


DETECTOR = Detector("zero_run", _wants, _judge)
