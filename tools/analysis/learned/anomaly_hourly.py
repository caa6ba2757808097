"""逐时用电异常 (anomaly-hourly): buildings or meters, one reading an hour, each against its own rhythm.

Features are relative to the building (its median, its spread, its hours of the week), so that marks on some buildings
teach about others. Looks back at a whole table: an hour is judged with the hours around it.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from core.errors import BadRequest
from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.anomaly_daily import thin
from tools.analysis.learned.estimators import boosting, trees
from tools.analysis.learned.readings import key
from tools.analysis.learned.tables import ENERGY, SERIES, STAMPS, labels, moments, need

DAY, WEEK, MONTH = 24, 168, 24 * 28
KEEP_NORMAL = 0.15
PROFILES = {
    "day": tuple(DAY * k for k in range(-7, 8) if k),
    "week": tuple(WEEK * k for k in range(-5, 6) if k),
    "near": (-2 * DAY, -DAY, DAY, 2 * DAY, WEEK, -WEEK),
}
TRIED = (
    "与上周同一小时之差（季节朴素）：AUC 0.77；一天前：更低",
    "不用标记、只看一天内与周规律偏离的均值：AUC 0.91",
)


def series_features(value: pd.Series) -> pd.DataFrame:
    """Features of one building's hourly series (index = consecutive hours)."""
    v = value.astype(float)
    y = v.to_numpy()
    hours = pd.DatetimeIndex(v.index)
    middle = float(v.median())
    size = abs(middle) if middle else float(v.abs().mean()) or 1.0
    spread = float(v.quantile(0.75) - v.quantile(0.25)) or size * 0.01
    f: dict[str, np.ndarray] = {
        "spread_z": (y - middle) / spread,
        "log_level": np.log((np.abs(y) + 0.01 * size) / size),
        "rank": v.rank(pct=True).to_numpy(),
    }
    for name, lags in PROFILES.items():
        f.update(_against(name, v, _profile(v, lags), size, spread))
    for lag in (1, 2, DAY, WEEK):
        f[f"back_{lag}"] = (y - v.shift(lag).to_numpy()) / spread
        f[f"ahead_{lag}"] = (y - v.shift(-lag).to_numpy()) / spread
    one, other = f["back_1"], f["ahead_1"]
    f["spike"] = np.minimum(np.abs(one), np.abs(other)) * np.where(np.sign(one) == np.sign(other), 1.0, -1.0)
    step = v.diff().abs()
    usual = step.rolling(14 * DAY, center=True, min_periods=DAY).median() + 0.01 * size
    f["jump"] = (np.fmax(step, v.diff(-1).abs()) / usual).to_numpy()
    f["same_run"] = _run((step < 1e-9).to_numpy())
    f["low_run"] = _run((v < 0.25 * middle).to_numpy())
    f["out_run"] = _run(np.abs(f["week_z"]) > 4)
    slot = pd.Series(hours.dayofweek * 24 + hours.hour, index=v.index)
    by = v.groupby(slot.to_numpy())
    off = v - by.transform("median")
    f["slot_rank"] = by.rank(pct=True).to_numpy()
    f["slot_z"] = (off / (off.abs().groupby(slot.to_numpy()).transform("median") + 0.02 * size)).to_numpy()
    date = pd.Series(hours.normalize(), index=v.index).to_numpy()
    daily = v.groupby(date).transform("mean")
    f["day_level"] = (daily / size).to_numpy()
    f["day_variation"] = (v.groupby(date).transform("std") / daily.where(daily > 0)).to_numpy()
    f["spread_24"] = v.rolling(DAY, center=True, min_periods=6).std().to_numpy() / spread
    f["spread_5"] = v.rolling(5, center=True, min_periods=2).std().to_numpy() / spread
    f["level_24"] = (v.rolling(DAY, center=True, min_periods=6).mean().to_numpy() - middle) / spread
    f["building_spread"] = np.full(len(y), spread / size)
    f["near_gap"] = v.isna().astype(float).rolling(7, center=True, min_periods=1).max().to_numpy()
    return pd.DataFrame(f, index=v.index).replace([np.inf, -np.inf], np.nan).clip(-1e4, 1e4)


def _profile(v: pd.Series, lags: tuple[int, ...]) -> np.ndarray:
    stack = np.stack([v.shift(lag).to_numpy() for lag in lags])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        out: np.ndarray = np.nanmedian(stack, axis=0)
    return out


def _against(name: str, v: pd.Series, expected: np.ndarray, size: float, spread: float) -> dict[str, np.ndarray]:
    gap = v - expected
    usual = gap.abs().rolling(MONTH, center=True, min_periods=2 * DAY).median() + 0.02 * size
    z = gap / usual
    f = {
        f"{name}_z": z.to_numpy(),
        f"{name}_share": gap.to_numpy() / (np.abs(expected) + 0.05 * size),
        f"{name}_spread": gap.to_numpy() / spread,
        f"{name}_worst_7": z.abs().rolling(7, center=True, min_periods=1).max().to_numpy(),
        f"{name}_hour_rank": gap.groupby(pd.DatetimeIndex(v.index).hour).rank(pct=True).to_numpy(),
    }
    for w in (3, 9, 25):
        f[f"{name}_mean_{w}"] = z.rolling(w, center=True, min_periods=1).mean().to_numpy()
    return f


def _run(flags: np.ndarray) -> np.ndarray:
    """Length of the run of True an hour belongs to, 0 for False."""
    turn = np.cumsum(np.concatenate([[0], np.diff(flags.astype(int)) != 0]))
    return np.where(flags, np.bincount(turn)[turn], 0.0)


def _table(table: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    owner = np.array([key(v) for v in table[need(table, SERIES, "楼宇（表计）")]], dtype=object)
    when = moments(table, need(table, STAMPS, "时间")).dt.floor("h")
    value = pd.to_numeric(table[need(table, ENERGY, "电量")], errors="coerce")
    if value.isna().all():
        raise BadRequest("电量列里没有一个数。", "请核对电量列。")
    whole: pd.DataFrame | None = None
    for name in pd.unique(owner):
        at = np.flatnonzero(owner == name)
        series = pd.Series(value.to_numpy(float)[at], index=pd.DatetimeIndex(when.to_numpy()[at]))
        series = series[~series.index.duplicated()].sort_index()
        hours = pd.date_range(series.index[0], series.index[-1], freq="h")
        made = series_features(series.reindex(hours))
        if whole is None:
            whole = pd.DataFrame(np.nan, index=range(len(table)), columns=made.columns)
        whole.iloc[at] = made.reindex(pd.DatetimeIndex(when.to_numpy()[at])).to_numpy()
    assert whole is not None
    return whole, owner, when.to_numpy()


def _rows(given: Given) -> Rows:
    _, label = labels(given.train, "anomaly")
    (train, owner, when), (score, _, _) = _table(given.train), _table(given.score)
    rows = Rows(train, label, owner, score)
    rows.window = f"{pd.Timestamp(when.min()):%Y-%m-%d %H:%M} … {pd.Timestamp(when.max()):%Y-%m-%d %H:%M}"
    rows.plain = (_plain(train), _plain(score))
    if label is not None:
        rows.use, weight = thin(label, KEEP_NORMAL)
        rows.weight = _equal_buildings(label, owner, rows.use, weight)
    return rows


def _equal_buildings(label: np.ndarray, owner: np.ndarray, use: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Every building's marks weigh the same, and so do its unmarked hours; the overall rate is kept."""
    out = weight.copy()
    names = np.unique(owner)
    for mark in (0, 1):
        side = use & (label == mark)
        total = out[side].sum()
        held = [name for name in names if (side & (owner == name)).any()]
        for name in held:
            part = side & (owner == name)
            out[part] *= total / len(held) / out[part].sum()
    return out


def _plain(frame: pd.DataFrame) -> np.ndarray:
    out: np.ndarray = np.nan_to_num(frame["week_mean_25"].abs().to_numpy(float))
    return out


TASK = Task(
    "anomaly-hourly",
    "逐时用电异常",
    _rows,
    (
        Member("极端随机树", trees(20, 150, 0.4)),
        Member("梯度提升", boosting(8, 200, 0.3, 120, 0.05)),
    ),
    unsupervised=True,
    folds=20,
    tried=TRIED,
)
