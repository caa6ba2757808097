"""Q5 重复入库: rows that share the key of their table, beyond the first."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Want, Wants
from tools.indicators.answers import decimal
from tools.quality import Answers, Defect, Detected, Detector, day, listing, together

TABLES = {
    "energy_day": ("acquisition", "mp_no", "mp_no, org_code, date", "date", "MAX(fwd_kwh)"),
    "register_day": ("meter", "mp_no", "mp_no, date", "date", "NULL"),
    "meter_event": ("meter", "cons_no", "mp_no, cons_no, event_code, start_time", "start_time", "NULL"),
    "bill": ("marketing", "cons_no", "bill_id, cons_no", "MAX(period_end)", "MAX(kwh_total)"),
    "payment": ("marketing", "cons_no", "pay_id, cons_no", "MAX(arrive_time)", "NULL"),
    "ticket": ("service", "ticket_no", "ticket_no", "MAX(accept_time)", "NULL"),
    "outage_event": ("equipment", "event_id", "event_id", "MAX(start_time)", "NULL"),
}
"""Dataset → source, what is named, what must be unique, the day, the kWh of one of the doubles."""


def _inner(scope: Scope, dataset: str) -> str:
    _, named, key, when, kwh = TABLES[dataset]
    return f"""
SELECT k.object, CAST(NULL AS VARCHAR) AS org_code, MIN(k.at) AS first_day, MAX(k.at) AS last_day,
       SUM(k.c - 1) AS n, SUM(k.kwh) AS kwh
FROM (SELECT {named} AS object, CAST({when} AS DATE) AS at, COUNT(*) AS c, CAST({kwh} AS DECIMAL(18,2)) AS kwh
      FROM {dataset} WHERE {scope.within(dataset)} GROUP BY {key} HAVING COUNT(*) > 1) AS k
GROUP BY k.object
"""


def doubles(scope: Scope, dataset: str) -> Want:
    """The rows of one table that share a key, by what they are about."""
    return scope.want(TABLES[dataset][0], listing(_inner(scope, dataset)))


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {name: doubles(scope, name) for name in TABLES}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    found = []
    for name in TABLES:
        label = scope.catalog.datasets[name].label
        for row in answers.rows(name):
            days = (day(row["first_day"]), day(row["last_day"]))
            found.append(Defect(str(row["object"]), scope.org, *days, int(row["n"]), decimal(row["kwh"]), label))
    return together(found)


DETECTOR = Detector("duplicate", _wants, _judge)
