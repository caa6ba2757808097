"""Scans: an own fall is found where calendar and weather moved everybody, and the planted stops are found by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.desk import Body, Desk
from agent.runner import Runner
from core.domain.period import Period
from core.domain.tokens import plain
from core.errors import BadRequest
from core.settings import Settings
from tools.analysis.scan.judging import days, months, persistent
from tools.analysis.scan.series import slow

GROUP = ["a"] * 40


@pytest.fixture(scope="module")
def desk(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("scan")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    runner = Runner.open(Settings(home=home, today=date(2026, 11, 23), _env_file=None))
    yield Desk.open(runner, "analyst01")
    runner.close()


@pytest.fixture(scope="module")
def events(demo_source: Path) -> dict[str, dict[str, Any]]:
    items = json.loads((demo_source / "answer_key" / "events.json").read_text(encoding="utf-8"))
    return {item["cause"]: item for item in items if item.get("cause")}


def daily() -> tuple[np.ndarray, np.ndarray]:
    """Forty members over fifty days with quiet days off, and a heat wave that lifts everybody in the last ten."""
    rng = np.random.default_rng(3)
    off = np.array([at % 7 >= 5 for at in range(50)])
    kwh = rng.uniform(50, 500, (40, 1)) * np.where(off, 0.6, 1.0) * rng.normal(1, 0.03, (40, 50))
    kwh[:, 40:] *= 1.5
    return kwh, off


def test_what_moves_everybody_is_no_anomaly_and_an_own_fall_is() -> None:
    kwh, off = daily()
    kwh[5, 42:] *= 0.7
    found = days(kwh, off, np.zeros(50, dtype=bool), None, GROUP, 10)
    fallen = found.own[5, 2:]
    assert fallen.mean() == pytest.approx(-0.3, abs=0.03)
    assert np.abs(np.delete(found.own, 5, axis=0)).max() < 0.2
    assert found.shared[:, -1] == pytest.approx(1.5, abs=0.05)


def test_days_around_the_festival_are_held_against_those_of_last_year() -> None:
    kwh, off = daily()
    rest = np.r_[np.zeros(40, dtype=bool), np.ones(10, dtype=bool)]
    kwh[:20, 40:] *= 0.2
    last = kwh.copy() * 0.9
    assert np.isnan(days(kwh, off, rest, None, GROUP, 10).own).all(), "nothing to compare with, nothing is said"
    alike = days(kwh, off, rest, last, GROUP, 10)
    assert np.abs(alike.own).max() < 0.05
    kwh[0, 40:] *= 0.5
    assert days(kwh, off, rest, last, GROUP, 10).own[0].mean() == pytest.approx(-0.5, abs=0.03)
    assert slow([date(2026, 2, 10), date(2026, 4, 1)]).tolist() == [True, False]


def test_one_odd_day_does_not_last() -> None:
    flags = np.array([[True, False, False, True, False, True, False]])
    assert persistent(flags).tolist() == [[False, False, False, True, False, True, False]]


def test_a_fall_is_reported_in_the_month_in_which_it_began_only() -> None:
    rng = np.random.default_rng(4)
    season = 1 + 0.3 * np.sin(np.arange(24) / 12 * 2 * np.pi)
    kwh = rng.uniform(50, 500, (40, 1)) * season * rng.normal(1, 0.01, (40, 24))
    kwh[7, 20:] *= 0.5
    none = np.zeros(24, dtype=bool)
    seen = [months(kwh[:, :end], none[:end], GROUP, 1).own[7, 0] for end in (20, 21, 24)]
    assert seen[0] == pytest.approx(0, abs=0.05) and seen[1] == pytest.approx(-0.5, abs=0.05)
    assert abs(seen[2]) < 0.1
    assert months(kwh, none, GROUP, 1).own[8, 0] == pytest.approx(0, abs=0.05)


def texts(body: Body) -> str:
    facts = {fact.id: fact for fact in body.facts}
    for finding in body.findings:
        assert finding.facts and set(finding.facts) <= set(facts)
        assert "不是天气或日历" in finding.text and "缺数" in finding.text
        assert finding.severity in {"关注", "异常", "严重"}
    return "\n".join(plain(finding.text, facts) for finding in body.findings)


@pytest.mark.parametrize("period", ["2026-10", "2026-10-05..2026-10-20"])
def test_the_stopped_factories_are_found_by_name(desk: Desk, events: dict[str, dict[str, Any]], period: str) -> None:
    stop = events["H5"]
    # a month is held against peers of the branch, of which a county of this province has too few
    scope = "99401" if period == "2026-10" else stop["org_code"]
    found = desk.detect(scope, Period.parse(period), "customer")
    assert texts(found)
    named = {fact.by.key for fact in found.facts if fact.by}
    assert set(stop["ids"]) & named
    for fact in found.facts:
        name = "customer_screen" if period == "2026-10" else "usage_customers"
        assert fact.query and fact.computed_by.startswith(f"analysis.{name}/")


@pytest.mark.parametrize("by", ["line", "tg", "org"])
def test_every_level_answers_for_a_day_and_a_month(desk: Desk, events: dict[str, dict[str, Any]], by: str) -> None:
    for period in ("2026-10-15", "2026-10"):
        body = desk.detect(events["H5"]["org_code"], Period.parse(period), by)
        assert body.succeeded
        if by != "org" or period != "2026-10":
            texts(body)


def test_customers_are_judged_by_one_analysis_in_a_month_and_by_day_otherwise(desk: Desk) -> None:
    month = Period.parse("2026-10")
    one, two = desk.detect("99401", month, "customer"), desk.screen("99401", month)
    assert [(item.kind, item.title, item.severity) for item in one.findings] == [
        (item.kind, item.title, item.severity) for item in two.findings
    ]
    assert one.extra == two.extra
    with pytest.raises(BadRequest, match="逐月筛查"):
        desk.detect("99401", Period.parse("2026-Q3"), "customer")


def test_another_level_is_refused_with_the_ones_there_are(desk: Desk) -> None:
    with pytest.raises(BadRequest, match="用电异常不能按"):
        desk.detect("99401", Period.parse("2026-10"), "industry")
    with pytest.raises(BadRequest, match="不能按「tg」往下看"):
        desk.explain("B01", "99401", Period.parse("2026-10"), "tg")


@pytest.mark.parametrize("by", ["org", "line", "tg", "industry", "tariff_class", "voltage", "customer"])
def test_a_change_is_followed_down_to_the_customers(desk: Desk, events: dict[str, dict[str, Any]], by: str) -> None:
    stop = events["H5"]
    body = desk.explain("A02", stop["org_code"], Period.parse("2026-10"), by)
    facts = {fact.id: fact for fact in body.facts}
    (finding,) = body.findings
    assert plain(finding.text, facts).startswith("按") and set(finding.facts) <= set(facts)
    moved = [fact for fact in body.facts if fact.name == "同比变化量"]
    assert moved and all((fact.value or 0) < 0 for fact in moved)
    if by == "customer":
        assert {fact.by.key for fact in moved if fact.by} & set(stop["ids"])


def test_a_county_is_judged_itself_and_by_its_own_response_where_it_sees_no_neighbour(
    desk: Desk, events: dict[str, dict[str, Any]], demo_source: Path, tmp_path: Path
) -> None:
    item = events["H3"]
    found = desk.detect(item["org_code"], Period.parse(item["ym"]))
    own = next(finding for finding in found.findings if finding.org == item["org_code"])
    said = plain(own.text, {fact.id: fact for fact in found.facts})
    assert "同级单位同期共同变化" in said and "采集成功率" in said
    (tmp_path / "demo").symlink_to(demo_source, target_is_directory=True)
    runner = Runner.open(Settings(home=tmp_path, today=date(2026, 11, 23), _env_file=None))
    try:
        staff = runner.actor("staff01")
        event = next(item for item in events.values() if staff.covers(item["org_code"]))
        alone = Desk.open(runner, "staff01").detect(event["org_code"], Period.parse(event["ym"]))
    finally:
        runner.close()
    assert alone.succeeded
    for finding in alone.findings:
        if finding.org == event["org_code"]:
            assert "不是日历：日历影响" in finding.text or "尚未排除" in finding.text
