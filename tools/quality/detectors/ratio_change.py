"""Q4 换表与倍率变更: replaced meters, and filed ratios that changed by a known factor without a replacement."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from typing import Any

from knowledge.quality import DetectorSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers, Defect, Detected, Detector, day, together

CHANGED = """
SELECT c.cons_no, c.org_code, m.change_time, m.old_ratio, m.new_ratio
FROM meter_change AS m JOIN metering_point AS p ON p.mp_no = m.mp_no JOIN customer AS c ON c.cons_no = p.cons_no
WHERE m.change_time >= CAST(:start AS DATE) AND m.change_time < CAST(:after AS DATE)
"""
FILED = """
SELECT p.mp_no, c.cons_no, c.org_code, p.ratio, p.valid_from, p.valid_to
FROM metering_point AS p JOIN customer AS c ON c.cons_no = p.cons_no
WHERE p.mp_no IN (SELECT q.mp_no FROM metering_point AS q GROUP BY q.mp_no HAVING MIN(q.ratio) <> MAX(q.ratio))
"""
RECORDED = """
SELECT m.mp_no, m.old_ratio, m.new_ratio FROM meter_change AS m WHERE m.old_ratio <> m.new_ratio
"""


def _wants(scope: Scope, spec: DetectorSpec) -> Wants:
    return {
        "changed": scope.want("marketing", CHANGED),
        "filed": scope.want("marketing", FILED),
        "recorded": scope.want("marketing", RECORDED),
    }


def _judge(scope: Scope, spec: DetectorSpec, answers: Answers) -> Detected:
    found: dict[tuple[str, str], Defect] = {}
    for row in answers.rows("changed"):
        at = day(row["change_time"])
        note = "换表" if row["old_ratio"] == row["new_ratio"] else "换表并变更倍率"
        who = str(row["cons_no"])
        found.setdefault((who, note), Defect(who, row["org_code"], at, at, 1, None, note))
    recorded = {(row["mp_no"], row["old_ratio"], row["new_ratio"]) for row in answers.rows("recorded")}
    history: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in answers.rows("filed"):
        history[row["mp_no"]].append(row)
    for rows in history.values():
        for defect in _unrecorded(scope, spec, sorted(rows, key=lambda row: str(row["valid_from"])), recorded):
            found[(defect.object, defect.note)] = defect
    return together(found.values())


def _unrecorded(
    scope: Scope, spec: DetectorSpec, rows: list[dict[str, Any]], recorded: set[tuple[Any, Any, Any]]
) -> list[Defect]:
    """Validities in the period whose ratio is a known factor of the one before, and that no replacement explains."""
    out = []
    factors = [Decimal(str(factor)) for factor in spec.limits["factors"]]
    for before, now in pairwise(rows):
        first, last = day(now["valid_from"]), day(now["valid_to"])
        if first is None or first > scope.period.end or (last is not None and last < scope.period.start):
            continue
        pair = sorted((Decimal(before["ratio"]), Decimal(now["ratio"])))
        explained = (now["mp_no"], before["ratio"], now["ratio"]) in recorded
        grew = now["ratio"] > before["ratio"]
        if not explained and grew and pair[0] and pair[1] / pair[0] in factors:
            out.append(Defect(str(now["cons_no"]), now["org_code"], first, last, 1, None, "倍率变更没有换表记录"))
    return out


DETECTOR = Detector("ratio_change", _wants, _judge)
