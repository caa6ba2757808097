"""Detectors Q1–Q17: each names the sick object and leaves its healthy twin alone; nothing unread looks like nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.quality import quality_rules
from tests.tools.quality.conftest import gate_of, scope_of, write_site
from tools.evidence import Evidence
from tools.quality import all_detectors
from tools.quality.scan import detect, scan

BOOK = yaml.safe_load((Path(__file__).parents[2] / "cases" / "quality.yaml").read_text(encoding="utf-8"))
CASES: dict[str, Any] = BOOK["cases"]


def rows(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a case; `days` and `quarters` stand for many."""
    out = []
    for spec in specs:
        cells = {name: value for name, value in spec.items() if name not in {"days", "quarters"}}
        if "days" in spec:
            first, last = spec["days"]
            out += [{**cells, "date": first + timedelta(days=at)} for at in range((last - first).days + 1)]
        elif "quarters" in spec:
            day, count = spec["quarters"]
            start = datetime.combine(day, datetime.min.time())
            out += [{**cells, "ts": start + timedelta(minutes=15 * at)} for at in range(count)]
        else:
            out.append(cells)
    return out


def tables(case: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    made = {name: rows(specs) for name, specs in BOOK["base"].items()}
    for name, specs in case.items():
        if isinstance(specs, list):
            made[name] = made.get(name, []) + rows(specs)
    return made


def test_every_detector_has_a_case_and_an_entry_of_its_name() -> None:
    assert set(CASES) == set(all_detectors()) == set(quality_rules().detectors)
    codes = [spec.code for spec in quality_rules().detectors.values()]
    assert codes == [f"Q{number}" for number in range(1, 18)]


@pytest.mark.parametrize("name", CASES)
def test_a_detector_names_the_sick_and_not_the_well(name: str, site: Callable[..., Evidence]) -> None:
    case = CASES[name]
    found = detect(site(tables(case)), scope_of(), name)
    assert (found.status, found.reason) == ("ok", "")
    assert {item.object: item.rows for item in found.detected.defects} == case["finds"]
    assert found.detected.objects == len(case["finds"]) and found.detected.rows == sum(case["finds"].values())
    if "kwh" in case:
        assert found.detected.kwh == Decimal(str(case["kwh"]))


@pytest.mark.parametrize("name", CASES)
def test_without_data_there_is_no_verdict(name: str, site: Callable[..., Evidence]) -> None:
    found = detect(site({"org": BOOK["base"]["org"]}), scope_of(), name)
    assert found.status == "empty" and "没有" in found.reason and found.detected.objects == 0


def test_a_cut_off_answer_is_an_error_not_a_small_count(tmp_path: Path) -> None:
    many = [
        {"mp_no": f"M{n}", "cons_no": f"C{n}", "tg_no": f"T{n}", "org_code": "9940101", "date": date(2026, 10, 1)}
        for n in range(40)
    ]
    home = write_site(tmp_path / "home", {**tables({}), "energy_day": many})
    gate = gate_of(home, source_rows=10)
    found = detect(Evidence(gate, "99401", "test"), scope_of(), "missing_freeze")
    gate.connections.close()
    assert found.status == "error" and "行数上限" in found.reason and not found.detected.defects


def test_a_broken_source_is_an_error_in_detectors_and_score(tmp_path: Path) -> None:
    home = write_site(tmp_path / "home", tables(CASES["rollover"]))
    (home / "demo" / "meter.duckdb").write_bytes(b"not a database")
    gate = gate_of(home)
    made = scan(Evidence(gate, "99401", "test"), scope_of())
    gate.connections.close()
    states = {item.detector: item.status for item in made.findings}
    assert states["rollover"] == states["curve_gap"] == states["lost_phase"] == "error"
    score = next(item for item in made.scores if item.source == "meter")
    assert score.status == "error" and score.value is None and not score.low
    assert states["stale_archive"] == "ok", "other sources are judged all the same"


def test_out_of_scope_is_denied(tmp_path: Path) -> None:
    home = write_site(tmp_path / "home", tables(CASES["late_data"]))
    gate = gate_of(home, "9940102")
    found = detect(Evidence(gate, "99401", "test"), scope_of(), "late_data")
    gate.connections.close()
    assert found.status == "denied"


def test_the_score_weighs_the_four_aspects(site: Callable[..., Evidence]) -> None:
    good = {"mp_no": "M-WELL", "cons_no": "WELL", "tg_no": "TG2", "org_code": "9940101", "fwd_kwh": 3, "rev_kwh": 0,
            "quality": "正常"}  # fmt: skip
    made = [{**good, "date": date(2026, 10, day)} for day in range(1, 32)]
    made += [{**good, "mp_no": "M-SICK", "date": date(2026, 10, day)} for day in range(1, 19)]
    made[0] |= {"fwd_kwh": None, "quality": "缺失"}
    made[1] |= {"fwd_kwh": -1}
    made[2] |= {"quality": "补采"}
    made.append(dict(made[10]))
    score = next(s for s in scan(site({**tables({}), "energy_day": made}), scope_of(), []).scores
                 if s.source == "acquisition")  # fmt: skip
    assert score.rows == 50 and dict(score.bad) == {"complete": 1, "accurate": 1, "timely": 1, "unique": 1}
    assert score.value == 1 - Decimal(1) / 50 and score.status == "ok"


def test_a_score_of_what_has_arrived_is_called_partial(site: Callable[..., Evidence]) -> None:
    made = [{"mp_no": "M", "cons_no": "C", "org_code": "9940101", "date": date(2026, 10, day), "fwd_kwh": 1}
            for day in range(1, 20)]  # fmt: skip
    score = next(s for s in scan(site({**tables({}), "energy_day": made}), scope_of(), []).scores
                 if s.source == "acquisition")  # fmt: skip
    assert score.status == "partial" and "2026-10-19" in score.reason
