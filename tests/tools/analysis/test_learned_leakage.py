"""Features of a day know nothing of the days after it, nor of any label; tables of every orientation read the same."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.errors import BadRequest
from tools.analysis.learned import Given
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
