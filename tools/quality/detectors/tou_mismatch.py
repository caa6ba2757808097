"""Q8 时钟偏差: the registers of the tariff periods do not move as the total does."""

from __future__ import annotations

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together
from tools.quality.registers import points, steps


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {"steps": steps(scope), "points": points(scope)}


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    apart: dict[str, list[dict[str, object]]] = {}
    for step in answers.rows("steps"):
        if step["r_total"] >= step["was"]:
            apart.setdefault(str(step["mp_no"]), []).append(step)
    if not apart:
        return Detected()
    known = {row["mp_no"]: row for row in answers.rows("points")}
    found = []
    for mp, days in apart.items():
        point = known.get(mp, {})
        who, org = str(point.get("cons_no") or mp), str(point.get("org_code") or "")
        moments = sorted(at for step in days if (at := day(step["date"])))
        found.append(Defect(who, org, moments[0], moments[-1], len(days)))
    return together(found)


DETECTOR = Detector("tou_mismatch", _wants, _judge)
