"""Screening every customer: planted falls stand out, shared moves do not, and nothing else is looked at."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from agent.desk import Desk
from agent.runner import Runner
from core.domain.period import Period
from core.domain.tokens import plain
from core.settings import Settings
from evals.screening_bench import alone, made_up
from tools.analysis.customer_screen import months_until
from tools.analysis.peer_medians import medians
from tools.analysis.screening import middle, screen

OCTOBER = Period.parse("2026-10")


@pytest.fixture(scope="module")
def desk(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("screen")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    runner = Runner.open(Settings(home=home, today=date(2026, 11, 23), _env_file=None))
    yield Desk.open(runner, "analyst01")
    runner.close()


def test_the_median_is_that_of_numpy() -> None:
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(500, 11)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.3] = np.nan
    rows[0] = np.nan
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning):
        expected = np.nanmedian(rows, axis=1)
    np.testing.assert_allclose(middle(rows), expected, rtol=1e-6)


def test_the_medians_of_groups_are_those_of_sorting_however_the_rows_are_cut() -> None:
    rng = np.random.default_rng(9)
    rows = np.float32(rng.normal(size=(907, 5)) * 10.0 ** rng.integers(-30, 30, size=(907, 5)))
    rows[rng.random(rows.shape) < 0.2] = np.nan
    rows[:4, 0], rows[100:130, 1] = (0.0, -0.0, np.inf, -np.inf), 7
    rows[rows[:, 2] > 0, 2] = -1
    codes = rng.integers(0, 6, len(rows))
    rows[codes == 5] = np.nan
    for cut in (1, 13, 907):
        parts = np.array_split(np.arange(len(rows)), cut)

        def fold(count: Callable[[Any], np.ndarray], parts: list[np.ndarray] = parts) -> np.ndarray:
            return np.sum([count(part) for part in reversed(parts)], axis=0)

        for everyone in (False, True):
            found = medians(fold, lambda part: (codes[part], rows[part]), 6, everyone)
            for group in range(6):
                mine = rows if everyone and group == 0 else rows[codes == group]
                finite = np.where(np.isfinite(mine), mine, np.nan)
                np.testing.assert_array_equal(found[group], middle(finite.T))


def test_planted_falls_stand_out() -> None:
    kwh, group, planted = made_up(20_000, seed=11)
    found = screen(kwh, group)
    assert roc_auc_score(planted, -np.nan_to_num(found.score)) > 0.9
    sized = planted == 1
    assert abs(float(np.median(kwh[sized, -1] / found.expected[sized])) - 0.62) < 0.1


def test_what_a_whole_branch_did_is_nobody_s_own_change() -> None:
    kwh, group, _ = made_up(4_000, seed=5)
    before = screen(kwh, group)
    moved = kwh.copy()
    moved[group == 3, -1] *= 0.5
    after = screen(moved, group)
    np.testing.assert_allclose(after.change[group == 3], before.change[group == 3], atol=0.06)
    np.testing.assert_allclose(after.score[group != 3], before.score[group != 3], atol=1e-6)
    alone_ = kwh.copy()
    one = int(np.flatnonzero(group == 3)[0])
    alone_[one, -1] *= 0.5
    assert screen(alone_, group).change[one] < before.change[one] - 0.3


def test_blocks_and_order_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    kwh, group, _ = made_up(3_000, seed=6)
    whole = screen(kwh, group)
    turned = np.random.default_rng(1).permutation(len(kwh))
    monkeypatch.setattr("tools.sources.shards.BLOCK", 701)
    parts = screen(kwh[turned], group[turned])
    for name in ("change", "score", "expected", "level", "slope", "idle"):
        np.testing.assert_array_equal(getattr(whole, name)[turned], getattr(parts, name))


def test_a_customer_without_history_is_not_judged() -> None:
    kwh, group, _ = made_up(1_000, seed=7)
    kwh[0, :-1] = np.nan
    kwh[1] = np.nan
    found = screen(kwh, group)
    assert np.isnan(found.score[:2]).all() and np.isfinite(found.score[2:]).mean() > 0.99


def test_the_customers_of_a_unit_are_screened_in_facts(desk: Desk) -> None:
    body = desk.screen("99401", OCTOBER)
    facts = {fact.id: fact for fact in body.facts}
    by_name = {fact.name: fact for fact in body.facts if fact.by is None}
    assert (by_name["筛查客户"].value or 0) > 300
    kinds = {finding.kind for finding in body.findings}
    assert kinds <= {"screen_fall", "screen_rise", "screen_shrink"} and "screen_fall" in kinds
    for finding in body.findings:
        assert plain(finding.text, facts) and all(facts[name].query for name in finding.facts)
    fallen = [finding for finding in body.findings if finding.kind == "screen_fall"]
    share = {facts[finding.facts[0]].by.key: facts[finding.facts[0]].value for finding in fallen}  # type: ignore[union-attr]
    assert all(value is not None and -100 <= value <= -10 for value in share.values())
    assert "自然月" in desk.screen("99401", Period.parse("2026-Q3")).extra["analysis"]
    assert months_until("2026-10")[0] == "2024-11" and len(months_until("2026-10")) == 24


def test_the_measurement_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:

    alone(2_000, str(tmp_path / "some"))
    made = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert made["auc"] > 0.85 and made["peak_mb"] > 50 and 0 < made["screen_us"] <= made["us_a_customer"]


def test_a_bill_that_is_short_of_readings_says_so_and_stands_behind(desk: Desk, demo_source: Path) -> None:
    """December 2025: terminals of a county failed; its bills are short, its customers used what they always use."""
    events = json.loads((demo_source / "answer_key" / "events.json").read_text(encoding="utf-8"))
    gap = next(event for event in events if event.get("cause") == "H1")
    body = desk.screen(gap["org_code"], Period.parse(gap["ym"]))
    facts = {fact.id: fact for fact in body.facts}
    lacking = {fact.id for fact in body.facts if fact.name == "缺数天数" and (fact.value or 0) >= 1}
    assert lacking, "the readings of the county lack"
    order = ("严重", "异常", "关注")
    flagged = [bool(lacking & set(finding.facts)) for finding in body.findings]
    for finding, flag in zip(body.findings, flagged, strict=True):
        assert ("须先核对缺数" in finding.text) is flag and finding.suggestion.startswith("先核对采集缺数") is flag
        assert plain(finding.text, facts)
    places = [(order.index(finding.severity), flag) for finding, flag in zip(body.findings, flagged, strict=True)]
    assert places == sorted(places)


def test_readings_that_cannot_be_had_are_said_not_taken_as_complete(demo_source: Path, tmp_path: Path) -> None:
    (tmp_path / "demo").symlink_to(demo_source, target_is_directory=True)
    down = "postgresql+psycopg://127.0.0.1:9/none"
    runner = Runner.open(Settings(home=tmp_path, today=date(2026, 11, 23), source_acquisition_url=down, _env_file=None))
    try:
        body = Desk.open(runner, "analyst01").screen("99401", OCTOBER)
    finally:
        runner.close()
    assert body.findings and all("尚不能排除缺数" in finding.text for finding in body.findings)
