"""The planted falls of the tiny province: the right cause comes first, its size is right, and the parts add up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.desk import Desk
from agent.runner import Runner
from core.domain.period import Period
from core.domain.tokens import plain
from core.settings import Settings
from tools.analysis.derived import base_of

TODAY = date(2026, 11, 23)
PLANTED = ("H1", "H2", "H3", "H5", "H7")


@pytest.fixture(scope="module")
def home(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("causes")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    return home


@pytest.fixture(scope="module")
def desk(home: Path) -> Iterator[Desk]:
    runner = Runner.open(Settings(home=home, today=TODAY, _env_file=None))
    yield Desk.open(runner, "analyst01")
    runner.close()


@pytest.fixture(scope="module")
def events(demo_source: Path) -> dict[str, dict[str, Any]]:
    items = json.loads((demo_source / "answer_key" / "events.json").read_text(encoding="utf-8"))
    return {item["cause"]: item for item in items if item.get("cause")}


def effects(desk: Desk, item: dict[str, Any]) -> tuple[dict[str, Decimal], Decimal, list[Any], dict[str, Any]]:
    body = desk.explain("A02", item["org_code"], Period.parse(item["ym"]))
    by_cause = {
        fact.by.key: fact.value
        for fact in body.facts
        if fact.by and fact.by.dim == "cause" and fact.unit == "kWh" and fact.value is not None
    }
    delta = next(fact for fact in body.facts if fact.name == "同比变化量" and fact.by is None)
    assert delta.value is not None
    return by_cause, delta.value, body.findings, {fact.id: fact for fact in body.facts}


@pytest.mark.parametrize("cause", PLANTED)
def test_the_planted_cause_is_the_largest_and_its_size_is_right(
    cause: str, desk: Desk, events: dict[str, dict[str, Any]]
) -> None:
    item = events[cause]
    found, delta, findings, facts = effects(desk, item)
    largest = min((key for key in found if key != "residual"), key=lambda key: found[key])
    assert largest == cause
    assert abs(float(found[cause]) / -item["kwh"] - 1) <= 0.25
    assert sum(found.values()) == delta, "the causes and the residual are the whole change"
    conclusion = next(finding for finding in findings if finding.kind == "cause_conclusion")
    assert (
        conclusion.title.endswith(next(finding.title for finding in findings if finding.kind == f"cause_{cause}"))
        or conclusion.title == "原因尚不能完全解释"
    )
    verdict = next(finding for finding in findings if finding.kind == f"cause_{cause}")
    assert plain(verdict.text, facts).startswith("成立：")
    for finding in findings:
        assert set(finding.facts) <= set(facts)
        plain(finding.text, facts)


def test_a_cause_whose_system_is_down_is_left_open_not_zero(home: Path, events: dict[str, dict[str, Any]]) -> None:
    runner = Runner.open(
        Settings(home=home, today=TODAY, source_equipment_url="postgresql+psycopg://127.0.0.1:9/none", _env_file=None)
    )
    try:
        found, _, findings, facts = effects(Desk.open(runner, "analyst01"), events["H2"])
    finally:
        runner.close()
    assert "H2" not in found
    outage = next(finding for finding in findings if finding.kind == "cause_H2")
    assert plain(outage.text, facts).startswith("待核实")
    conclusion = next(finding for finding in findings if finding.kind == "cause_conclusion")
    assert "计划或故障停电" in conclusion.text


def test_a_county_that_sees_no_neighbour_still_gets_an_answer(home: Path, events: dict[str, dict[str, Any]]) -> None:
    runner = Runner.open(Settings(home=home, today=TODAY, _env_file=None))
    try:
        staff = runner.actor("staff01")
        desk = Desk.open(runner, "staff01")
        item = next((item for item in events.values() if staff.covers(item["org_code"])), None)
        unit = item["org_code"] if item else staff.org
        period = item["ym"] if item else "2026-06"
        body = desk.explain("A02", unit, Period.parse(period))
    finally:
        runner.close()
    assert body.succeeded
    transfer = next(finding for finding in body.findings if finding.kind == "cause_H11")
    assert transfer.text.startswith("待核实")


def test_a_booking_for_earlier_months_raises_no_alarm(desk: Desk) -> None:
    """January 2026 holds the corrected bills of the county whose readings were missing in December."""
    found = desk.detect("99401", Period.parse("2026-01")).findings
    assert [finding for finding in found if finding.kind == "usage_surge"] == []


def test_an_unchanged_figure_has_nothing_to_explain(desk: Desk) -> None:
    """Shares of a change of nothing would divide by zero."""
    for code in ("E02", "H04", "F01", "H03", "G06"):
        for month in (f"2026-{number:02d}" for number in range(1, 11)):
            body = desk.indicator(code, "99401", Period.parse(month), by="org")
            still = next((f for f in body.facts if f.by and f.has_value and base_of(f) == f.value), None)
            if still is None:
                continue
            told = desk.explain(code, still.by.key, Period.parse(month))
            assert [item.kind for item in told.findings][:1] == ["cause_none"]
            assert "没有需要解释的变化" in told.findings[0].text
            return
    raise AssertionError("the province has no figure that stayed the same")
