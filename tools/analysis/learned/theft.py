"""窃电嫌疑 (theft): one row per customer with summary figures of its readings, or its daily readings themselves.

Daily readings may stand in the table or in `--series` (found by the customer's id).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.estimators import boosting, trees
from tools.analysis.learned.readings import DAY, gather, key
from tools.analysis.learned.tables import ANY_LABEL, LABELS, SERIES, find, labels
from tools.analysis.learned.tabular import as_numbers

SMALL = 0.01
DECIMALS = 100
"""Meters of the published tables are read to 0.01 kWh."""
ROUNDED = 1e6
"""Means that are whole at six decimals were rounded and tell nothing."""
LONGEST = 1100
"""Days of readings a summary may stand for (three years)."""
COUNTED = 0.8
FEWEST_DAYS = 5
TRIED = (
    "随机森林、更深的极端随机树：单独 AUC 低 0.02–0.04、MAP@100 低 0.03，混入不升；按概率或名次平均：相同",
    "去掉最高一天后的均值与波动、电表倍率（读数的公约数）、中位数的奇偶：变化都在划分的波动之内",
    "只用原来的七列：AUC 低约 0.04；其中还原读数天数一项占约 0.03，只由均值还原（常差倍数）时少 0.02",
)


def _rows(given: Given) -> Rows:
    _, label = labels(given.train, "theft")
    own, ask = as_numbers(given.train, given.score, (*LABELS["theft"], *ANY_LABEL))
    rows = Rows(own, label, np.arange(len(own)), ask, window="一户一行")
    for frame, kwh in zip((own, ask), _readings(given, own, ask, rows.notes), strict=True):
        if kwh is not None:
            _summaries(frame, kwh)
    counts = [_counted(frame) for frame in (own, ask)]
    for frame, count in zip((own, ask), counts, strict=True):
        if count is not None and all(other is not None for other in counts):
            frame["days_counted"] = np.where(count > 0, count, np.nan)
            frame["log_total"] = np.log1p(count * frame["mean_usage"].to_numpy())
        _shape(frame)
    rows.score = ask[own.columns]
    return rows


def _readings(given: Given, own: pd.DataFrame, ask: pd.DataFrame, notes: list[str]) -> Sequence[np.ndarray | None]:
    """Customers × days of both tables: the tables' own daily columns, else the rows of `--series`."""
    days = [column for column in own.columns if DAY.match(str(column)) and not str(column).endswith("_month")]
    if len(days) >= FEWEST_DAYS:
        return own[days].to_numpy(float), ask[days].to_numpy(float)
    if not given.series:
        return None, None
    found = gather(given.series)
    owners = [find(table, SERIES) for table in (given.train, given.score)]
    if found is None or None in owners:
        notes.append("训练表或待评表没有户号列，--series 的读数无法对应到户，未使用。")
        return None, None
    out: list[np.ndarray] = []
    for table, column in zip((given.train, given.score), owners, strict=True):
        at = np.array([found.at.get(key(value), -1) for value in table[column]])
        out.append(np.where(at[:, None] >= 0, found.kwh[at], np.nan))
        if (at < 0).any():
            notes.append(f"有 {int((at < 0).sum())} 户在 --series 里没有读数，只用表中自带的列。")
    return out


def _summaries(frame: pd.DataFrame, kwh: np.ndarray) -> None:
    """The summary columns where the table lacks them, and the course of the readings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        made = {
            "mean_usage": np.nanmean(kwh, axis=1),
            "max_usage": np.nanmax(kwh, axis=1),
            "min_usage": np.nanmin(kwh, axis=1),
            "std_usage": np.nanstd(kwh, axis=1),
            "median_usage": np.nanmedian(kwh, axis=1),
        }
        half, step = kwh.shape[1] // 2, np.abs(np.diff(kwh, axis=1))
        frame["halves"] = np.nanmean(kwh[:, half:], axis=1) / (np.nanmean(kwh[:, :half], axis=1) + SMALL)
        frame["ends"] = np.nanmean(kwh[:, -7:], axis=1) / (np.nanmean(kwh[:, :7], axis=1) + SMALL)
        frame["day_to_day"] = np.nanmean(step, axis=1) / (made["mean_usage"] + SMALL)
        week = np.abs(kwh[:, 7:] - kwh[:, :-7])
        frame["week_to_week"] = np.nanmean(week, axis=1) / (made["mean_usage"] + SMALL)
        frame["same_days"] = np.nanmean(np.where(np.isnan(step), np.nan, step < SMALL), axis=1)
    seen = np.isfinite(kwh)
    frame["zero_days"] = ((kwh <= 0) & seen).sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    frame["missing_days"] = 1 - seen.mean(axis=1)
    for name, values in made.items():
        if name not in frame:
            frame[name] = values


def _counted(frame: pd.DataFrame) -> np.ndarray | None:
    """How many readings the mean is of; 0 where there is none, None where means do not tell.

    Readings have two decimals, so mean × count × 100 is whole: a mean in full precision gives away how many days of
    readings the customer has, or a divisor of it. Among the multiples of that, the true one is where the sum of squares
    that the sample's spread stands for is whole too.
    """
    if "mean_usage" not in frame or "missing_days" in frame:
        return None
    mean = np.nan_to_num(frame["mean_usage"].to_numpy(float))
    rounded = np.abs(mean * ROUNDED - np.round(mean * ROUNDED)) < 1e-3
    least = np.zeros(len(mean), dtype=int)
    for count in range(1, LONGEST + 1):
        left = np.flatnonzero((least == 0) & (mean > 0))
        least[left[_whole(mean[left] * DECIMALS * count, 1e-9)]] = count
    used = mean > 0
    tells = used.any() and (least[used] > 0).mean() >= COUNTED and rounded[used].mean() < 1 - COUNTED
    if not tells:
        return None
    spread = frame["std_usage"].to_numpy(float) if "std_usage" in frame else np.full(len(mean), np.nan)
    out = np.zeros_like(least)
    for times in range(1, LONGEST + 1):
        left = np.flatnonzero((least > 0) & (out == 0) & (least * times <= LONGEST))
        counts = least[left] * times
        squares = (spread[left] ** 2 * (counts - 1) + counts * mean[left] ** 2) * DECIMALS**2
        found = _whole(squares, 2e-5)
        out[left[found]] = counts[found]
    if (out[used] > 0).mean() >= COUNTED:
        return out
    return np.where(least > 0, least.max() // np.maximum(least, 1) * least, 0)  # the most days that the mean allows


def _whole(values: np.ndarray, slack: float) -> np.ndarray:
    """Whether values are whole but for the error of their arithmetic."""
    near: np.ndarray = np.abs(values - np.round(values)) < np.maximum(2e-15 * values, slack)
    return near & (values < 1e13)


def _shape(frame: pd.DataFrame) -> None:
    if not {"mean_usage", "max_usage", "min_usage", "std_usage", "median_usage"} <= set(frame.columns):
        return
    mean, top, low = frame["mean_usage"], frame["max_usage"], frame["min_usage"]
    spread, middle = frame["std_usage"], frame["median_usage"]
    for name in ("mean_usage", "max_usage", "min_usage", "std_usage", "median_usage"):
        frame[f"log_{name}"] = np.log1p(frame[name].clip(lower=0))
    frame["variation"] = spread / (mean + SMALL)
    frame["skew"] = (mean - middle) / (spread + SMALL)
    frame["median_to_mean"] = middle / (mean + SMALL)
    frame["min_to_mean"] = low / (mean + SMALL)
    frame["max_to_median"] = top / (middle + SMALL)
    frame["height_of_peak"] = (top - mean) / (spread + SMALL)
    frame["depth_of_low"] = (mean - low) / (spread + SMALL)
    frame["range"] = top - low
    frame["median_in_range"] = (middle - low) / (top - low + SMALL)


TASK = Task(
    "theft",
    "窃电嫌疑",
    _rows,
    (
        Member("梯度提升", boosting(15, 30, 0.3, 180, 0.07)),
        Member("梯度提升（深）", boosting(24, 20, 0.2, 350, 0.04)),
        Member("梯度提升（慢）", boosting(12, 40, 0.3, 600, 0.02)),
        Member("极端随机树", trees(5, 120, 0.4)),
    ),
    folds=4,
    tried=TRIED,
)
