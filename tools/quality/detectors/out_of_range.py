"""Q3 示值倒走或飞走: negative energy, more than the capacity can carry in a day, a register that ran back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from knowledge.quality import DetectorSpec, quality_rules
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together
from tools.quality.customers import capacities
from tools.quality.registers import changed_days, changes, points, replaced, rolls_over, steps

DAYS = """
SELECT e.cons_no, MIN(e.org_code) AS org_code, MAX(e.fwd_kwh) AS most, MIN(e.fwd_kwh) AS least,
       MIN(e.date) AS first_day, MAX(e.date) AS last_day
FROM energy_day AS e WHERE e.date BETWEEN :start AND :end AND e.fwd_kwh IS NOT NULL
GROUP BY e.cons_no HAVING MIN(e.fwd_kwh) < 0 OR MAX(e.fwd_kwh) > :suspect
"""
SUSPECT = 24
"""kWh a day that even the smallest capacity (1 kVA) carries: below it nobody needs to be looked at."""
ROWS = """
SELECT e.cons_no, e.date, e.fwd_kwh FROM energy_day AS e
WHERE e.date BETWEEN :start AND :end AND (e.fwd_kwh < 0 OR e.fwd_kwh > :floor) AND e.cons_no IN ({names})
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    days = scope.want("acquisition", DAYS, bulk=True, suspect=SUSPECT)
    return {"days": days, "caps": capacities(scope), "steps": steps(scope), "changes": changes(scope),
            "points": points(scope)}  # fmt: skip


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    return together([*_beyond(scope, spec, answers), *_backwards(answers)])


def _beyond(scope: Scope, spec: DetectorSpec, answers: Answers) -> list[Defect]:
    days = answers.frame("days")
    if not len(days):
        return []
    caps = answers.frame("caps")
    joined = days.merge(caps, on="cons_no", how="left", suffixes=("", "_filed"))
    factor = float(spec.limits["hours"]) * float(spec.limits["margin"])
    joined["limit"] = joined["run_cap_kva"].astype(float) * factor
    bad = joined[(joined["least"] < 0) | (joined["most"].astype(float) > joined["limit"]) & (joined["limit"] > 0)]
    if not len(bad):
        return []
    limits = {row["cons_no"]: (row["limit"], row["org_code"]) for row in bad.to_dict("records")}
    names = {f"c{at}": name for at, name in enumerate(sorted(limits)[: quality_rules().listed])}
    floor = min((limit for limit, _ in limits.values() if limit == limit), default=0.0)
    sql = ROWS.format(names=", ".join(f":{name}" for name in names))
    hits: dict[str, list[dict[str, Any]]] = {}
    for hit in answers.more(scope.want("acquisition", sql, bulk=True, floor=round(floor), **names)):
        if hit["fwd_kwh"] < 0 or hit["fwd_kwh"] > limits[hit["cons_no"]][0]:
            hits.setdefault(str(hit["cons_no"]), []).append(hit)
    return [_defect(who, str(limits[who][1]), mine) for who, mine in hits.items()]


def _defect(who: str, org: str, hits: list[dict[str, Any]]) -> Defect:
    moments = sorted(at for hit in hits if (at := day(hit["date"])))
    kwh = sum((Decimal(str(round(hit["fwd_kwh"], 2))) for hit in hits), Decimal(0))
    return Defect(who, org, moments[0], moments[-1], len(hits), kwh)


def _backwards(answers: Answers) -> list[Defect]:
    fell = [step for step in answers.rows("steps") if step["r_total"] < step["was"] and not rolls_over(step)]
    if not fell:
        return []
    days = changed_days(answers.rows("changes"))
    known = {row["mp_no"]: row for row in answers.rows("points")}
    found = []
    for step in fell:
        if not replaced(step, days):
            point = known.get(step["mp_no"], {})
            who, org = str(point.get("cons_no") or step["mp_no"]), str(point.get("org_code") or "")
            found.append(Defect(who, org, day(step["since"]), day(step["date"]), 1, None, "示值倒走"))
    return found


DETECTOR = Detector("out_of_range", _wants, _judge)
