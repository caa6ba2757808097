"""Features of a day know nothing of the days after it, nor of any label; tables of every orientation read the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.errors import BadRequest
from tools.analysis.learned import Given, Member, task_named
from tools.analysis.learned.estimators import graded_trees, trees
from tools.analysis.learned.learn import analyse
from tools.analysis.learned.outlook import HORIZON, outlook_rows, table_features
from tools.analysis.learned.outlook_features import features
from tools.analysis.learned.readings import Readings, gather
from tools.analysis.learned.tabular import as_numbers

DAYS = pd.date_range("2015-01-01", periods=420, freq="D")
T = 300


def wide(customers: int = 40, seed: int = 5) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    level = random.lognormal(6.5, 0.5, customers)[:, None]
    week = np.where(DAYS.dayofweek.to_numpy() >= 5, 0.6, 1.0)
    kwh = level * week * random.lognormal(0, 0.15, (customers, len(DAYS)))
    for at in range(0, customers, 4):
        kwh[at, 250 + at :] *= 0.1
    table = pd.DataFrame(np.maximum(kwh.round(), 1), columns=[f"{day:%Y-%m-%d}" for day in DAYS])
    table.insert(0, "user_id", np.arange(1, customers + 1))
    return table


def labelled(table: pd.DataFrame, days: tuple[int, ...] = (120, 210, T)) -> pd.DataFrame:
    kwh = table.drop(columns="user_id").to_numpy()
    parts = []
    for t in days:
        ratio = kwh[:, t + 31 : t + 91].mean(axis=1) / kwh[:, t - 89 : t + 1].mean(axis=1)
        part = pd.DataFrame({"user_id": table["user_id"], "snapshot": f"{DAYS[t]:%Y-%m-%d}", "future_ratio": ratio})
        parts.append(part.assign(shrink=(ratio < 0.5).astype(int), stop=(ratio < 0.2).astype(int)))
    return pd.concat(parts, ignore_index=True)


def readings(table: pd.DataFrame) -> Readings:
    found = gather([table])
    assert found is not None
    return found


def test_features_of_a_day_are_the_same_whatever_follows() -> None:
    whole = readings(wide())
    at = np.arange(len(whole.kwh))
    then = features(whole, at, T)
    cut = Readings(whole.at, whole.days[: T + 1], whole.kwh[:, : T + 1], None)
    pd.testing.assert_frame_equal(then, features(cut, at, T), check_exact=True)
    noise = whole.kwh.copy()
    noise[:, T + 1 :] = np.random.default_rng(1).random(noise[:, T + 1 :].shape) * 9e6
    pd.testing.assert_frame_equal(then, features(Readings(whole.at, whole.days, noise, None), at, T), check_exact=True)
    noise[:, T] = 7.0
    assert not features(Readings(whole.at, whole.days, noise, None), at, T).equals(then), "today itself is read"


@pytest.mark.parametrize("t", [60, 95, 210, 390])
def test_features_of_a_day_made_in_january_equal_those_made_in_december(t: int) -> None:
    """Whole path from tables: days in the middle of a festival, of the first weeks and near the end; weather beside."""
    table = wide()
    random = np.random.default_rng(9)
    mean = 15 + 12 * np.sin(np.arange(len(DAYS)) / 58) + random.normal(0, 3, len(DAYS))
    weather = pd.DataFrame({"date": DAYS.strftime("%Y-%m-%d"), "t_avg": mean})
    who = np.array([str(number) for number in table.user_id], dtype=object)
    when = np.array([DAYS[t].to_datetime64()] * len(who))

    def made(until: int) -> pd.DataFrame:
        found = gather([table.iloc[:, : until + 2], weather[: until + 1]])
        assert found is not None and found.temperature is not None and len(found.days) == until + 1
        return table_features(found, who, when)[0]

    then = made(t)
    assert then.notna().mean().mean() > 0.6
    for later in (t + 1, t + 31, len(DAYS) - 1):
        pd.testing.assert_frame_equal(then, made(min(later, len(DAYS) - 1)), check_exact=True)


def test_what_happens_to_scored_customers_after_their_day_moves_no_score() -> None:
    table = wide()
    rows = labelled(table)
    ours, theirs = rows.user_id > 10, table.user_id <= 10
    score = rows[~ours & (rows.snapshot == f"{DAYS[T]:%Y-%m-%d}")].drop(columns=["shrink", "stop", "future_ratio"])
    quick = (Member("a", trees(3, 10, 0.4)), Member("b", graded_trees(3, 10, 0.4), wide=True, graded=True))
    task = replace(task_named("shrink"), members=quick, folds=2)
    first = analyse(task, Given(rows[ours], score, [table])).scores
    assert len(np.unique(first)) > 3
    changed = table.copy()
    changed.iloc[np.flatnonzero(theirs), T + 2 :] = 7
    assert np.array_equal(first, analyse(task, Given(rows[ours], score, [changed])).scores)
    changed.iloc[np.flatnonzero(theirs), T - 20 :] = 7
    assert not np.array_equal(first, analyse(task, Given(rows[ours], score, [changed])).scores), "the past counts"


TABLES = ("churn", "theft", "anomaly-daily", "anomaly-monthly", "anomaly-hourly")


def marked(kind: str) -> tuple[pd.DataFrame, str]:
    """A table of one task, each row with a label by lot, and the label's name."""
    random = np.random.default_rng(7)
    step = {"anomaly-monthly": "MS", "anomaly-hourly": "h"}.get(kind, "D")
    when = pd.date_range("2016-01-01", periods=70, freq=step)
    owner = np.repeat([f"S{k}" for k in range(6)], len(when))
    kwh = random.lognormal(5, 0.3, len(owner)).round(2)
    table = pd.DataFrame({"series": owner, "kwh": kwh, "anomaly": random.integers(0, 2, len(owner))})
    table["timestamp" if step == "h" else "month" if step == "MS" else "date"] = np.tile(when, 6)
    if kind in {"churn", "theft"}:
        table["branch"] = [f"B{k}" for k in random.integers(0, 9, len(owner))]
        table = table.rename(columns={"series": "kind", "anomaly": "churn" if kind == "churn" else "FLAG"})
    return table, next(name for name in ("anomaly", "churn", "FLAG") if name in table)


@pytest.mark.parametrize("kind", TABLES)
def test_labels_change_no_feature_of_any_task(kind: str) -> None:
    table, label = marked(kind)
    task = task_named(kind)
    first = task.rows(Given(table, table.drop(columns=label)))
    other = task.rows(Given(table.assign(**{label: 1 - table[label]}), table.drop(columns=label)))
    pd.testing.assert_frame_equal(first.train, other.train, check_exact=True)
    pd.testing.assert_frame_equal(first.score, other.score, check_exact=True)
    assert label not in first.train and first.label is not None and other.label is not None
    assert (first.label != other.label).all()


@pytest.mark.parametrize("kind", ["shrink", *TABLES])
def test_labels_by_lot_are_told_no_better_than_by_chance(kind: str) -> None:
    """What leaks through fitting, folds or added rows would show as skill where there can be none."""
    if kind == "shrink":
        series = [wide(120)]
        table, label = labelled(series[0]).drop(columns=["future_ratio", "stop"]), "shrink"
        table[label] = np.random.default_rng(3).integers(0, 2, len(table))
    else:
        series, (table, label) = [], marked(kind)
    quick = (Member("a", trees(3, 20, 0.4)), Member("b", graded_trees(3, 20, 0.4), wide=True, graded=True))
    card = analyse(replace(task_named(kind), members=quick), Given(table, table.drop(columns=label), series)).card
    assert abs(card["validation"]["auc"] - 0.5) < 0.09
    low, high = card["validation"]["interval"]["auc"]
    assert low < 0.55 and high > 0.45


@pytest.mark.parametrize("kind", ["shrink", "churn", "theft", "anomaly-hourly"])
def test_a_row_s_features_do_not_hang_on_who_else_is_scored(kind: str) -> None:
    if kind == "shrink":
        series = [wide()]
        table, label, owner = labelled(series[0]), "shrink", "user_id"
    else:
        series, (table, label) = [], marked(kind)
        owner = "series" if "series" in table else "kind"
    ask = table.drop(columns=[label, "future_ratio", "stop"], errors="ignore")
    some = (table[owner] == table[owner].iloc[-1]).to_numpy()
    whole = task_named(kind).rows(Given(table, ask, series)).score
    part = task_named(kind).rows(Given(table, ask[some][::-1], series)).score
    pd.testing.assert_frame_equal(whole[some].reset_index(drop=True), part[::-1].reset_index(drop=True))


def test_labels_and_outcomes_are_no_features() -> None:
    table = wide()
    rows = labelled(table)
    train, score = rows[rows.user_id > 10], rows[rows.user_id <= 10].drop(columns=["shrink", "stop", "future_ratio"])
    made = outlook_rows(Given(train, score, [table]), "shrink", 0.5)
    mixed = train.copy()
    order = np.random.default_rng(2).permutation(len(train))
    mixed[["shrink", "stop", "future_ratio"]] = train[["shrink", "stop", "future_ratio"]].to_numpy()[order]
    other = outlook_rows(Given(mixed, score, [table]), "shrink", 0.5)
    pd.testing.assert_frame_equal(made.train, other.train, check_exact=True)
    pd.testing.assert_frame_equal(made.score, other.score, check_exact=True)
    assert made.fallback is not None and list(made.fallback[0]) == ["snapshot_month"]
    assert other.extra is None and any("一致" in note for note in other.notes), "labels that the readings refute"


def test_added_rows_are_of_training_customers_and_end_with_the_training_outcomes() -> None:
    table = wide()
    rows = labelled(table)
    train, score = rows[rows.user_id > 10], rows[rows.user_id <= 10].drop(columns=["shrink", "stop"])
    made = outlook_rows(Given(train, score, [table]), "shrink", 0.5)
    assert made.extra is not None and len(made.extra.label) > 100 and made.extra.label.sum() > 0
    assert not set(made.extra.group) & {str(number) for number in range(1, 11)}
    assert made.extra.outcome_end.max() <= DAYS[T].toordinal() + HORIZON
    assert list(made.extra.features) == list(made.train)


def test_tables_of_every_orientation_and_in_pieces_read_the_same() -> None:
    table = wide(12)
    across = readings(table)
    down = table.set_index("user_id").T.rename_axis("date").reset_index()
    long = table.melt("user_id", var_name="date", value_name="kwh").sample(frac=1, random_state=0)
    halves = [table.iloc[:7, :200], pd.concat([table.iloc[:, :1], table.iloc[:, 200:]], axis=1), table.iloc[7:, :200]]
    for tables in ([down], [long], halves):
        found = gather(tables)
        assert found is not None and set(found.at) == set(across.at)
        order = [found.at[name] for name in across.at]
        np.testing.assert_array_equal(found.kwh[order], across.kwh)
    with pytest.raises(BadRequest, match="看不出是日电量"):
        gather([pd.DataFrame({"a": [1, 2], "b": [3, 4]})])


def test_a_customer_without_enough_readings_is_told_apart() -> None:
    table = wide(6)
    table.iloc[2, 150:] = np.nan
    who = np.array(["1", "3", "99"], dtype=object)
    made, known = table_features(readings(table), who, np.array([np.datetime64("2015-10-28")] * 3))
    assert known.tolist() == [True, False, False]
    assert made.iloc[0].notna().mean() > 0.8 and made.iloc[1].isna().all()


def test_any_table_becomes_numbers_without_ids_labels_or_constants() -> None:
    n = 200
    random = np.random.default_rng(3)
    train = pd.DataFrame(
        {
            "id": [f"c{k}" for k in range(n)],
            "hash": [f"{k:x}f" for k in range(n)],
            "date_end": pd.date_range("2016-01-01", periods=n).strftime("%Y-%m-%d"),
            "channel": random.choice(["a", "b"], n),
            "kwh": random.lognormal(9, 1, n),
            "same": 1,
            "churn": random.integers(0, 2, n),
        }
    )
    own, ask = as_numbers(train, train.drop(columns="churn").assign(channel="new"), ["churn"])
    assert set(own) == {"date_end", "date_end_month", "channel", "channel_often", "kwh", "log_kwh"} == set(ask)
    assert (ask["channel"] == -1).all() and own["channel"].nunique() == 2
    with pytest.raises(BadRequest, match="没有共同的可用列"):
        as_numbers(train, pd.DataFrame({"other": [1]}), ["churn"])


def test_the_number_of_readings_is_counted_from_a_mean_in_full_precision() -> None:
    random = np.random.default_rng(4)
    counts = random.integers(700, 1034, 300)
    readings_of = [random.lognormal(2, 0.5, n).round(2) for n in counts]
    table = pd.DataFrame(
        [[k.mean(), k.max(), k.min(), k.std(), float(np.median(k))] for k in readings_of],
        columns=["mean_usage", "max_usage", "min_usage", "std_usage", "median_usage"],
    )
    table["FLAG"] = np.arange(300) % 5 == 0
    task = task_named("theft")
    made = task.rows(Given(table, table.drop(columns="FLAG"))).train["days_counted"].to_numpy()
    assert (made == counts).mean() > 0.6 and (made >= counts).all(), "the most that the mean allows"
    sampled = table.assign(std_usage=[k.std(ddof=1) for k in readings_of])
    made = task.rows(Given(sampled, sampled.drop(columns="FLAG"))).train["days_counted"].to_numpy()
    assert (made == counts).mean() > 0.99, "the sum of squares tells which multiple"
    rounded = table.assign(mean_usage=table.mean_usage.round(3) + 0.0004)
    assert "days_counted" not in task.rows(Given(rounded, table.drop(columns="FLAG"))).train


def test_theft_reads_series_by_customer_and_says_who_has_none() -> None:
    series = wide(30).drop(columns=[f"{day:%Y-%m-%d}" for day in DAYS[40:]])
    table = pd.DataFrame({"user_id": np.arange(1, 32), "mean_usage": 5.0, "FLAG": np.arange(31) % 3 == 0})
    made = task_named("theft").rows(Given(table, table.drop(columns="FLAG"), [series]))
    kwh = series.drop(columns="user_id").to_numpy()
    np.testing.assert_allclose(made.train["max_usage"].to_numpy()[:30], kwh.max(axis=1))
    assert np.isnan(made.train["max_usage"].iloc[30]) and any("有 1 户" in note for note in made.notes)
    nameless = table.drop(columns="user_id").assign(mean_usage=np.arange(31.0))
    notes = task_named("theft").rows(Given(nameless, nameless.drop(columns="FLAG"), [series])).notes
    assert any("户号列" in note for note in notes)
