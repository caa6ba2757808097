"""Churn: signals know nothing of the future, leavers rank first, and the probability is validated by time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.desk import Desk
from agent.runner import Runner
from core.domain.tokens import plain
from core.settings import Settings
from knowledge.churn import churn_rules
from tests.tools.analysis.synthetic_book import AS_OF, synthetic
from tools.analysis import Bench
from tools.analysis.churn.book import Book, read_book
from tools.analysis.churn.learned import Learned, learn
from tools.analysis.churn.signals import outcome, signals
from tools.analysis.life.churn_risk import FEWEST


@pytest.fixture(scope="module")
def desk(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("churn")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    runner = Runner.open(Settings(home=home, today=date(2026, 11, 23), _env_file=None))
    yield Desk.open(runner, "analyst01")
    runner.close()


@pytest.fixture(scope="module")
def bench(desk: Desk) -> Bench:
    return desk.bench()


def test_features_of_a_day_are_the_same_whenever_they_are_computed(bench: Bench) -> None:
    """Read in July or read in October and cut back to July: the same signals to the last digit."""
    day = date(2026, 7, 31)
    then, later = read_book(bench, "99401", day), read_book(bench, "99401", AS_OF)
    assert isinstance(then, Book) and isinstance(later, Book)
    a, b = signals(then), signals(later.until(day))
    b_raw = b.raw.reindex(a.raw.index)
    pd.testing.assert_frame_equal(a.raw, b_raw)
    assert list(a.lost.index[a.lost]) == list(b.lost.index[b.lost])


def test_the_future_cannot_be_seen() -> None:
    """Whatever happens after the day leaves its signals alone."""
    day = AS_OF - timedelta(days=120)
    book = synthetic(10)
    before = signals(book.until(day)).raw
    changed = book.energy.copy()
    changed.loc[:, changed.columns > pd.Timestamp(day)] *= 17
    moved = Book(**{**book.__dict__, "energy": changed})
    pd.testing.assert_frame_equal(before, signals(moved.until(day)).raw)


def test_a_works_that_was_closed_at_weekends_has_no_endless_change_of_shape() -> None:
    """Its weekends held no energy at all: there is no ratio, and the ranking goes on without that signal."""
    book = synthetic(0)
    weekend = pd.DatetimeIndex(book.energy.columns).dayofweek >= 5
    early = pd.DatetimeIndex(book.energy.columns) < pd.Timestamp(AS_OF) - pd.Timedelta(days=60)
    book.energy.loc[book.energy.index[0], weekend & early] = 0.0
    book.energy.loc[book.energy.index[1], weekend & ~early] = 0.0
    found = signals(book)
    assert not np.isinf(found.raw.to_numpy(dtype=float)).any()
    assert pd.isna(found.raw.S3.iloc[0]) and found.raw.S3.iloc[1] == pytest.approx(100)
    assert found.score().notna().all()


def test_leavers_rank_first_and_the_probability_is_checked_on_later_months() -> None:
    book = synthetic(40)
    made = learn(book)
    assert isinstance(made, Learned), made
    assert made.content.card["positives"] >= FEWEST and made.content.card["backtest"]["auc"] > 0.75
    day = AS_OF - timedelta(days=90)
    seen = signals(book.until(day))
    gone = outcome(book, day).reindex(seen.raw.index) & ~seen.lost
    top = seen.score()[~seen.lost].sort_values(ascending=False).index[: max(1, len(seen.raw) // 10)]
    assert gone.sum() >= 2 and gone[top].sum() / gone.sum() >= 0.6
    again = learn(book)
    assert isinstance(again, Learned) and again.content.text() == made.content.text()


def test_without_leavers_there_is_no_probability_but_a_reason() -> None:
    made = learn(synthetic(0))
    assert isinstance(made, str) and "样本" in made
    assert signals(synthetic(0)).score().max() < 30, "a quiet province warns of nobody"


def test_the_ranking_explains_itself_in_figures_that_are_facts(desk: Desk) -> None:
    body = desk.churn("99401", AS_OF)
    facts = {fact.id: fact for fact in body.facts}
    scores = [fact for fact in body.facts if fact.name == "流失风险分"]
    assert scores and all(0 <= (fact.value or 0) <= 100 for fact in scores)
    labels = {signal.label for signal in churn_rules().signals}
    for finding in body.findings:
        assert plain(finding.text, facts)
        assert {facts[name].name for name in finding.facts} & labels, "a warning names at least one signal"


def test_a_silent_system_makes_the_scores_partial(demo_source: Path, tmp_path: Path) -> None:
    (tmp_path / "demo").symlink_to(demo_source, target_is_directory=True)
    settings = Settings(
        home=tmp_path, today=date(2026, 11, 23), source_service_url="postgresql+psycopg://127.0.0.1:9/x", _env_file=None
    )
    runner = Runner.open(settings)
    try:
        body = Desk.open(runner, "analyst01").churn("99401", AS_OF)
    finally:
        runner.close()
    assert body.facts and all(fact.status == "partial" and "客户服务" in fact.reason for fact in body.facts)
