"""Q2 表计翻转: a register that fell from near its end to near its beginning, without a replaced meter."""

from __future__ import annotations

from decimal import Decimal

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together
from tools.quality.registers import changed_days, changes, points, replaced, rolls_over, steps


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {"steps": steps(scope), "changes": changes(scope), "points": points(scope)}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    fell = [step for step in answers.rows("steps") if step["r_total"] < step["was"] and rolls_over(step)]
    if not fell:
        return Detected()
    days = changed_days(answers.rows("changes"))
    known = {row["mp_no"]: row for row in answers.rows("points")}
    found = []
    for step in fell:
        if replaced(step, days):
            continue
        point = known.get(step["mp_no"], {})
        moved = Decimal(str(step["r_total"])) - Decimal(str(step["was"])) + spec.limits["modulus"]
        ratio = int(point.get("ratio") or 1)
        who, org = str(point.get("cons_no") or step["mp_no"]), str(point.get("org_code") or "")
        found.append(Defect(who, org, day(step["since"]), day(step["date"]), 1, moved * ratio))
    return together(found)


DETECTOR = Detector("rollover", _wants, _judge)
