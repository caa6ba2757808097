"""Steps of the daily registers that several detectors judge: one statement over the meter source, candidates only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from knowledge.quality import quality_rules
from tools.evidence import Scope, Want
from tools.quality import day

STEPS = """
SELECT s.mp_no, s.date, s.r_total, s.was, s.parts, s.parts_was, s.since
FROM (
    SELECT r.mp_no, r.date, r.r_total, r.r_peak + r.r_flat + r.r_valley AS parts,
           LAG(r.r_total) OVER (PARTITION BY r.mp_no ORDER BY r.date) AS was,
           LAG(r.r_peak + r.r_flat + r.r_valley) OVER (PARTITION BY r.mp_no ORDER BY r.date) AS parts_was,
           LAG(r.date) OVER (PARTITION BY r.mp_no ORDER BY r.date) AS since
    FROM register_day AS r
    WHERE r.date BETWEEN :before AND :end AND r.r_total IS NOT NULL
) AS s
WHERE s.r_total < s.was
   OR (s.parts >= s.parts_was
       AND ABS(s.parts - s.parts_was - s.r_total + s.was) > GREATEST(:kwh, :share * ABS(s.r_total - s.was)))
"""
CHANGES = """
SELECT m.mp_no, m.change_time, m.old_stop, m.new_start, m.old_ratio, m.new_ratio FROM meter_change AS m
WHERE m.change_time >= CAST(:before AS DATE) AND m.change_time < CAST(:after AS DATE)
"""
POINTS = """
SELECT p.mp_no, MAX(p.cons_no) AS cons_no, MAX(c.org_code) AS org_code, MAX(p.ratio) AS ratio
FROM metering_point AS p JOIN customer AS c ON c.cons_no = p.cons_no GROUP BY p.mp_no
"""


def steps(scope: Scope) -> Want:
    """Registers that fell, and registers whose parts do not move with the whole."""
    limits = quality_rules().detectors["tou_mismatch"].limits
    return scope.want("meter", STEPS, bulk=True, kwh=Decimal(limits["kwh"]), share=limits["share"])


def changes(scope: Scope) -> Want:
    return scope.want("marketing", CHANGES, bulk=True)


def points(scope: Scope) -> Want:
    """Metering points with their customer, unit and largest filed ratio."""
    return scope.want("marketing", POINTS, bulk=True)


def changed_days(rows: list[dict[str, Any]]) -> set[tuple[str, Any]]:
    """(metering point, day) of every replacement."""
    return {(str(row["mp_no"]), day(row["change_time"])) for row in rows}


def rolls_over(step: dict[str, Any]) -> bool:
    """Whether a fall of the register is a full turn: it stood near its end and starts near its beginning."""
    limits = quality_rules().detectors["rollover"].limits
    near = float(limits["near"]) * limits["modulus"]
    return bool(step["was"] >= near and step["r_total"] <= limits["modulus"] - near)


def replaced(step: dict[str, Any], days: set[tuple[str, Any]]) -> bool:
    """Whether the meter was replaced between the two readings of a step."""
    first, last = day(step["since"]), day(step["date"])
    return any(mp == step["mp_no"] and at and first <= at <= last for mp, at in days if mp == step["mp_no"])
