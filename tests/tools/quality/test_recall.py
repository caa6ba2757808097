"""The tiny province: every planted data defect is found by its detector; strict detectors name nobody else."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.tools.quality.conftest import gate_of, scope_of
from tools.evidence import Evidence
from tools.quality.scan import scan
from tools.reconcile.run import one

DETECTOR = {
    "theft": "lost_phase",
    "lost_current": "lost_phase",
    "stopped_meter": "zero_run",
    "meter_change": "ratio_change",
    "rollover": "rollover",
    "ratio_error": "ratio_change",
    "wrong_relation": "wrong_relation",
    "late_data": "late_data",
    "missing_freeze": "missing_freeze",
    "rebill": "back_billing",
    "reverse_energy": "reverse_energy",
    "duplicate_register": "duplicate",
    "duplicate_event": "duplicate",
}
"""Planted defect → the detector that must name it. `rebill` shows in the month after the wrong bill."""
CHECK = {"high_loss": "high", "negative_loss": "", "no_master_meter": "no_master", "no_relation": "no_relation"}
"""Planted abnormal areas → the cause under which the area check lists them ('' any of the negative ones)."""
ELSEWHERE = {"growing_arrears", "frequent_outage", "complaint_cluster", "unreported_outage"}
"""Stories of the business, found by indicators; the unreported outage by its own check (see test_checks)."""
STRICT = {"zero_run", "lost_phase", "ratio_change", "rollover", "reverse_energy"}


def months() -> list[str]:
    return [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in range(1, 13)
            if "2024-09" <= f"{year}-{month:02d}" <= "2026-10"]  # fmt: skip


@pytest.fixture(scope="module")
def found(demo_home: Path) -> dict[str, Any]:
    """Objects by detector, and odd areas by month, over the whole window."""
    gate = gate_of(demo_home)
    named: dict[str, set[str]] = defaultdict(set)
    doubled, areas = 0, defaultdict(set)
    for month in months():
        scope = scope_of(month)
        evidence = Evidence(gate, "99401", "test")
        for item in scan(evidence, scope).findings:
            assert item.status in {"ok", "empty"}, (month, item.detector, item.reason)
            named[item.detector] |= {defect.object for defect in item.detected.defects}
            if item.detector == "duplicate":
                doubled += sum(d.rows for d in item.detected.defects if d.note == "电能表事件")
        compared = one(evidence, scope, "tg").compared
        for odd in compared.odd if compared else ():
            areas[odd.object].add(odd.cause)
    gate.connections.close()
    return {"named": named, "events": doubled, "areas": areas}


@pytest.fixture(scope="module")
def planted(demo_home: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads((demo_home / "demo" / "answer_key" / "defects.json").read_text("utf-8"))
    return items


def test_every_planted_kind_has_its_detector(planted: list[dict[str, Any]]) -> None:
    assert {item["type"] for item in planted} <= set(DETECTOR) | set(CHECK) | ELSEWHERE


def test_every_planted_defect_is_found(found: dict[str, Any], planted: list[dict[str, Any]], demo_home: Path) -> None:
    points = _points(demo_home)
    missed = []
    for item in planted:
        name = DETECTOR.get(item["type"])
        if item["type"] == "duplicate_event":
            if found["events"] != _doubled_events(demo_home):
                missed.append((item["type"], found["events"]))
        elif name == "wrong_relation":
            if "/".join(item["ids"]) not in found["named"][name]:
                missed.append((item["type"], item["ids"]))
        elif name:
            missed += [
                (item["type"], one_id)
                for one_id in item["ids"]
                if not {one_id, *points.get(one_id, ())} & found["named"][name]
            ]
        elif item["type"] in CHECK:
            wanted = {CHECK[item["type"]]} if CHECK[item["type"]] else {"master", "solar", "relation"}
            missed += [(item["type"], tg) for tg in item["ids"] if not wanted & found["areas"][tg]]
    assert not missed


def test_strict_detectors_name_nobody_else(found: dict[str, Any], planted: list[dict[str, Any]]) -> None:
    for name in STRICT:
        wanted = {one_id for item in planted if DETECTOR.get(item["type"]) == name for one_id in item["ids"]}
        named = found["named"][name]
        assert named and len(named & wanted) / len(named) == 1, (name, named - wanted)


def _doubled_events(home: Path) -> int:
    """Rows of meter_event beyond the first of their kind, counted without the product."""
    import duckdb

    with duckdb.connect(str(home / "demo" / "meter.duckdb"), read_only=True) as engine:
        sql = "SELECT COUNT(*) - COUNT(DISTINCT (mp_no, event_code, start_time)) FROM meter_event"
        row = engine.execute(sql).fetchone()
    assert row is not None and row[0] > 0
    return int(row[0])


def _points(home: Path) -> dict[str, list[str]]:
    """Metering points of each customer: doubled registers are named by their point."""
    import duckdb

    with duckdb.connect(str(home / "demo" / "marketing.duckdb"), read_only=True) as engine:
        rows = engine.execute("SELECT cons_no, mp_no FROM metering_point WHERE cons_no IS NOT NULL").fetchall()
    out: dict[str, list[str]] = defaultdict(list)
    for cons, mp in rows:
        out[cons].append(mp)
    return out
