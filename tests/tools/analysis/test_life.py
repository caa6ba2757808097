"""Life of an analysis: nothing later is used, versions are compared on the same cases, drift is told from chance."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from core.domain.analysis_version import VersionContent
from core.domain.period import shift_months
from knowledge.analysis_life import life_rules
from tests.tools.analysis.synthetic_book import AS_OF, synthetic
from tools.analysis.churn.learned import Learned, learn
from tools.analysis.life import Cases, Study, all_lives
from tools.analysis.life.churn_risk import LIFE, past
from tools.analysis.life.comparison import Comparison, compare
from tools.analysis.life.conformal import half_width, independent
from tools.analysis.life.drift import drift, recent
from tools.analysis.life.forest import as_json, probability
from tools.analysis.life.measure import measured
from tools.analysis.life.outlook import LIFE as OUTLOOK
from tools.analysis.life.outlook import cases_of
from tools.analysis.life.trial import as_then, train


@pytest.fixture(scope="module")
def study() -> Study:
    found = past(synthetic(40))
    assert isinstance(found, Study), found
    return found


@pytest.fixture(scope="module")
def version(study: Study) -> VersionContent:
    made = train(LIFE, study, "99401", "logistic")
    assert isinstance(made, VersionContent), made
    return made


def test_a_forest_in_json_says_what_the_forest_said() -> None:
    rng = np.random.default_rng(3)
    table = rng.normal(size=(400, 5))
    label = (table[:, 0] + rng.normal(0, 0.5, 400) > 0.8).astype(int)
    forest = RandomForestClassifier(30, min_samples_leaf=4, random_state=1).fit(table, label)
    ask = rng.normal(size=(1000, 5))
    np.testing.assert_allclose(probability(as_json(forest), ask), forest.predict_proba(ask)[:, 1], atol=1e-12)


def test_training_is_repeatable_and_carries_its_card(study: Study, version: VersionContent) -> None:
    again = train(LIFE, study, "99401", "logistic")
    assert isinstance(again, VersionContent) and again.text() == version.text()
    assert version.card["backtest"]["auc"] > 0.75 and version.card["positives"] >= 12
    assert version.last + timedelta(days=90) <= version.known_until <= AS_OF
    assert set(version.card["spread"]) == {*version.features, "score"}


def test_the_backtest_uses_no_outcome_that_was_not_known(study: Study, version: VersionContent) -> None:
    """Turning every outcome round that was settled after a month leaves what is said of that month alone."""
    days = np.unique(study.cases.day)
    told = as_then(LIFE, study.cases, version, life_rules().backtest_months)
    assert told is not None and not told.live.any() and told.months >= 3
    month = np.unique(told.cases.day)[0]
    later = study.cases.settled > month
    turned = Cases(
        study.cases.table, np.where(later, 1 - study.cases.outcome, study.cases.outcome), study.cases.day,
        study.cases.settled, study.cases.group,
    )  # fmt: skip
    other = as_then(LIFE, turned, version, life_rules().backtest_months)
    assert other is not None and days[-1] in other.cases.day
    np.testing.assert_array_equal(
        told.predicted[told.cases.day == month], other.predicted[other.cases.day == month]
    )  # fmt: skip
    assert not np.array_equal(told.predicted, other.predicted)


def test_a_version_speaks_itself_only_of_days_after_its_data(study: Study) -> None:
    cut = np.unique(study.cases.day)[-4]
    early = train(LIFE, Study(study.cases.known_on(cut), study.now, study.now_group), "99401", "logistic")
    assert isinstance(early, VersionContent)
    told = as_then(LIFE, study.cases, early, 6)
    assert told is not None
    np.testing.assert_array_equal(told.live, told.cases.day >= np.datetime64(early.known_until))
    assert told.live.any() and not told.live.all()
    lately = recent(LIFE, study, early)
    assert lately is not None and 0 < lately.live < lately.cases


def test_a_worse_challenger_is_found_out_on_the_same_cases(study: Study, version: VersionContent) -> None:
    blind = version.model_copy(update={"body": version.body, "parameters": {"C": 1e-9}})
    made = compare(LIFE, study.cases, version, blind)
    assert isinstance(made, Comparison), made
    assert made.differences[0].name == "auc"
    same = compare(LIFE, study.cases, version, version)
    assert isinstance(same, Comparison)
    assert all(one.low == one.high == 0 and one.better is None for one in same.differences)
    assert "分不出高低" in same.verdict
    noise = study.cases.table.apply(lambda column: np.random.default_rng(1).permutation(column.to_numpy()))
    lost = Cases(noise, study.cases.outcome, study.cases.day, study.cases.settled, study.cases.group)
    assert measured("probability", lost.outcome, LIFE.algorithm("logistic").apply(version.body, noise))["auc"] < 0.7


def test_drift_is_told_from_chance(study: Study, version: VersionContent) -> None:
    quiet = drift(LIFE, study, version, AS_OF)
    assert quiet.reasons == () and quiet.verdict != "建议重新训练"
    moved = Study(study.cases, study.now + 0.6, study.now_group)
    shifted = drift(LIFE, moved, version, AS_OF)
    assert "评分的分布已明显偏移" in shifted.reasons and shifted.verdict == "建议重新训练"
    few = Study(study.cases, moved.now.iloc[:2], moved.now_group[:2])
    assert "评分的分布已明显偏移" not in drift(LIFE, few, version, AS_OF).reasons, "two customers prove nothing"
    old = drift(LIFE, study, version, AS_OF + timedelta(days=life_rules().max_age_days + 60))
    assert any("时限" in reason for reason in old.reasons)


def test_silent_source_columns_do_not_stop_a_version(study: Study, version: VersionContent) -> None:
    without = study.now.drop(columns=["S9"])
    chance = LIFE.algorithm("logistic").apply(version.body, without)
    assert np.isfinite(chance).all() and ((chance > 0) & (chance < 1)).all()


def test_the_probability_uses_a_registered_version_and_says_so(version: VersionContent) -> None:
    from datetime import datetime

    from core.domain.analysis_version import AnalysisVersion, VersionState

    held = AnalysisVersion(
        id="churn_risk-99401-1", number=1, hash="a" * 64, content=version, state=VersionState.CURRENT,
        made_by="analyst01", made_name="李分析", made_at=datetime(2026, 11, 1), by="manager01", by_name="王主任",
        at=datetime(2026, 11, 2),
    )  # fmt: skip
    book = synthetic(40)
    now = learn(book, held)
    assert isinstance(now, Learned) and not now.refitted and "第1版" in now.said and "王主任" in now.said
    free = learn(book)
    assert isinstance(free, Learned) and free.version is None and "未登记版本" in free.said
    early = learn(book.until(AS_OF - timedelta(days=120)), held)
    assert isinstance(early, Learned) and early.refitted, "a version that has seen later data does not speak of then"
    assert early.content.known_until <= AS_OF - timedelta(days=120)


def growths(seed: int, units: int, months: int, last: date) -> dict[str, dict[date, float]]:
    rng = np.random.default_rng(seed)
    return {
        f"u{unit}": {shift_months(last, at + 1 - months): float(rng.normal(4, 3)) for at in range(months)}
        for unit in range(units)
    }


@pytest.mark.parametrize(
    ("months", "shared", "over"), [(14, 0.0, 0.05), (14, 4.0, 0.08), (24, 0.0, 0.05), (24, 4.0, 0.05)]
)
def test_a_learnt_interval_covers_what_it_promises(months: int, shared: float, over: float) -> None:
    """On later months of 25 unseen pasts; where few months share their weather it may err to the safe side."""
    promised = life_rules().promised_coverage_pct / 100
    hits: list[float] = []
    for seed in range(25):
        weather = np.random.default_rng(900 + seed).normal(0, shared, months)
        past = growths(seed, units=5, months=months, last=date(2026, 10, 1))
        moved = {
            unit: {month: value + weather[at] for at, (month, value) in enumerate(sorted(known.items()))}
            for unit, known in past.items()
        }
        found = cases_of(moved, date(2026, 10, 31))
        assert isinstance(found, Study)
        made = train(OUTLOOK, found, "99401", "conformal")
        assert isinstance(made, VersionContent), made
        hits.append(made.card["backtest"]["coverage"])
    assert promised - 0.05 < float(np.mean(hits)) < promised + over


def test_misses_of_one_month_count_for_little() -> None:
    rng = np.random.default_rng(8)
    month = np.repeat(np.arange(6), 5)
    alone, together = rng.normal(size=30), np.repeat(rng.normal(size=6), 5)
    assert independent(together, month) == pytest.approx(6) and independent(alone, month) > 12
    assert half_width(together, month) == np.abs(together).max(), "six months cannot tell four fifths from all"
    assert half_width(alone, month) < np.abs(alone).max()
    assert independent(alone, np.arange(30)) == 30 and independent(alone, np.zeros(30)) == 1


def test_measures_with_weights_are_those_of_repeated_cases() -> None:
    rng = np.random.default_rng(5)
    outcome, chance = (rng.random(200) < 0.2).astype(float), rng.random(200)
    times = rng.integers(0, 4, 200)
    once = measured("probability", outcome, chance, times.astype(float))
    again = measured("probability", np.repeat(outcome, times), np.repeat(chance, times))
    for name in ("auc", "pr_auc", "brier", "told", "seen", "found"):
        assert once[name] == pytest.approx(again[name], abs=1e-9), name


def test_every_life_is_an_analysis_of_the_house() -> None:
    from tools.analysis import all_analyses

    assert set(all_lives()) <= set(all_analyses())
    for name, life in all_lives().items():
        assert life.name == name and len({item.name for item in life.algorithms}) == len(life.algorithms)
    assert pd.Series([life.label for life in all_lives().values()]).is_unique
