"""Q17 停电误作缺采: missing values of an area on a day on which it, or its line, was without supply."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together
from tools.quality.areas import lines

MISSING = """
SELECT e.tg_no, MIN(e.org_code) AS org_code, e.date, COUNT(*) AS n FROM energy_day AS e
WHERE e.date BETWEEN :start AND :end AND e.fwd_kwh IS NULL AND COALESCE(e.quality, '') <> '停电' AND e.tg_no IS NOT NULL
GROUP BY e.tg_no, e.date
"""
OUTAGES = """
SELECT o.tg_no, o.line_id, o.start_time, o.end_time FROM outage_event AS o
WHERE o.start_time < CAST(:after AS DATE) AND (o.end_time IS NULL OR o.end_time >= CAST(:start AS DATE))
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {
        "missing": scope.want("acquisition", MISSING, bulk=True),
        "outages": scope.want("equipment", OUTAGES),
        "lines": lines(scope),
    }


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    missing = answers.rows("missing")
    outages = answers.rows("outages") if missing else []
    if not outages:
        return Detected()
    line_of = {row["tg_no"]: row["line_id"] for row in answers.rows("lines")}
    hit: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in missing:
        at = day(row["date"])
        if at and any(_dark(outage, row["tg_no"], line_of.get(row["tg_no"]), at) for outage in outages):
            hit[row["tg_no"]].append(row)
    found = []
    for tg, rows in hit.items():
        days = sorted(at for row in rows if (at := day(row["date"])))
        found.append(Defect(tg, rows[0]["org_code"], days[0], days[-1], sum(int(row["n"]) for row in rows)))
    return together(found)


def _dark(outage: dict[str, Any], tg: str, line: str | None, at: date) -> bool:
    """Whether an outage of the area or of its whole line touches a day."""
    here = outage["tg_no"] == tg if outage["tg_no"] else outage["line_id"] == line
    first, last = day(outage["start_time"]), day(outage["end_time"])
    return bool(here and first is not None and first <= at <= (last or at))


DETECTOR = Detector("outage_as_missing", _wants, _judge)
