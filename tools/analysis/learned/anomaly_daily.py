"""逐日用电异常 (anomaly-daily): customers or areas, one reading a day, against their own season and against peers.

Looks back at a whole table: a day is judged with the days around it. Peers are the other series of the same file; below
`PEERS` series the training file's series of the same days join them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.errors import BadRequest
from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.estimators import boosting, trees
from tools.analysis.learned.panel import low_rank, matrix, median, pick, places, rolling, runs, shifted
from tools.analysis.learned.readings import FLOOR, key
from tools.analysis.learned.tables import DATES, ENERGY, SERIES, labels, moments, need
from tools.analysis.learned.workdays import days_off

PEERS = 12
RANK = 4
KEEP_NORMAL = 0.25
"""Share of unmarked days that is fitted (weighted accordingly): all marked days are."""
TRIED = (
    "只看与同类中位数的偏离：AUC 0.69–0.72（区域）、0.63–0.67（客户）",
    "单独的极端随机树或梯度提升：比两者混合低 0.002–0.01",
)


def panel_features(wide: pd.DataFrame) -> dict[str, np.ndarray]:
    """Feature matrices (series × days) of daily readings; days consecutive."""
    y = wide.to_numpy(float)
    n = len(y)
    days = pd.DatetimeIndex(wide.columns)
    level = np.where(median(y, 1) > 0, median(y, 1), np.nanmean(y, axis=1, keepdims=True)) + 1e-9
    logs = np.log(np.maximum(y, 0) + 0.02 * level)
    slow = rolling(logs, 91, "median", 20)
    a = logs - slow
    off = days_off(days)
    for kind in (off, ~off):
        if kind.any():
            a[:, kind] -= median(a[:, kind], 1)
    day_effect = median(a, 0)
    against = a - day_effect if n >= 3 else a
    own = median(np.abs(a), 1) + 0.01
    f: dict[str, np.ndarray] = {}
    for name, r in (("peer", against), ("common", low_rank(a, min(RANK, max(n // 4, 0)), own))):
        f.update(_deviation(name, r))
    f["to_slow"], f["to_level"] = a + 0.0, y / level
    step = np.abs(y - shifted(y, 1))
    f["same_run"], f["near_same_run"] = runs(step < 1e-9), runs(step <= 0.002 * level)
    f["spread_5"] = rolling(y, 5, "std", 3) / level
    f["spread_5_to_usual"] = f["spread_5"] / (rolling(f["spread_5"], 91, "median", 20) + 1e-3)
    f["zero_run"], f["low_run"] = runs(y <= FLOOR), runs(y < 0.1 * level)
    for by in (1, -1, 7, -7):
        f[f"step_{by}"] = logs - shifted(logs, by)
    f["day_unrest"] = np.repeat(median(np.abs(against), 0), n, 0)
    f["day_effect"] = np.repeat(day_effect, n, 0)
    return f


def _deviation(name: str, r: np.ndarray) -> dict[str, np.ndarray]:
    usual = median(np.abs(r), 1) + 0.005
    z = r / (rolling(np.abs(r), 121, "median", 30) + 0.3 * usual)
    f = {name: r, f"{name}_z": z}
    for w in (3, 7, 15, 31):
        f[f"{name}_mean_{w}"] = rolling(r, w, "mean")
        f[f"{name}_mean_{w}_z"] = f[f"{name}_mean_{w}"] / usual * np.sqrt(w)
    before = rolling(r, 7, "mean", centred=False)
    after = rolling(r[:, ::-1], 7, "mean", centred=False)[:, ::-1]
    f[f"{name}_before"], f[f"{name}_after"] = before, after
    f[f"{name}_local"] = rolling(r, 5, "mean") - rolling(r, 61, "median", 15)
    f[f"{name}_shift"] = np.abs(after - shifted(before, 1))
    f[f"{name}_below_run"], f[f"{name}_above_run"] = runs(r < -0.06), runs(r > 0.06)
    f[f"{name}_worst_5"] = rolling(np.abs(z), 5, "max")
    f[f"{name}_usual"] = np.repeat(usual, r.shape[1], 1)
    f[f"{name}_usual_61"] = rolling(np.abs(r), 61, "mean")
    return f


def _long(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    owner = np.array([key(v) for v in table[need(table, SERIES, "序列（户号、区域）")]], dtype=object)
    when = moments(table, need(table, DATES, "日期")).dt.normalize().to_numpy()
    kwh = pd.to_numeric(table[need(table, ENERGY, "电量")], errors="coerce").to_numpy(float)
    if np.isnan(kwh).all():
        raise BadRequest("电量列里没有一个数。", "请核对电量列。")
    return owner, when, kwh


def _features(
    long: tuple[np.ndarray, np.ndarray, np.ndarray], lend: tuple[np.ndarray, np.ndarray, np.ndarray] | None
) -> pd.DataFrame:
    wide = matrix(*long)
    if lend is not None and len(wide) < PEERS:
        other = matrix(*lend)
        other.index = pd.Index([f"peer:{name}" for name in other.index])
        other = other.reindex(columns=wide.columns)
        wide = pd.concat([wide, other[other.notna().mean(axis=1) > 0.9]])
    wide = wide.reindex(columns=pd.date_range(wide.columns.min(), wide.columns.max(), freq="D"))
    return pick(panel_features(wide), places(wide, long[0], long[1]))


def _rows(given: Given) -> Rows:
    own, ask = _long(given.train), _long(given.score)
    _, label = labels(given.train, "anomaly")
    train, score = _features(own, None), _features(ask, own)
    rows = Rows(train, label, own[0], score)
    rows.window = f"{pd.Timestamp(own[1].min()):%Y-%m-%d} … {pd.Timestamp(own[1].max()):%Y-%m-%d}"
    rows.plain = (_plain(train), _plain(score))
    if label is not None:
        rows.use, rows.weight = thin(label, KEEP_NORMAL)
    return rows


def _plain(frame: pd.DataFrame) -> np.ndarray:
    out: np.ndarray = np.nan_to_num(frame["common_mean_7_z"].abs().to_numpy(float))
    return out


def thin(label: np.ndarray, keep: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """All marked rows and a share of the others, weighted to stand for all."""
    marked = label == 1
    use = marked | (np.random.default_rng(seed).random(len(label)) < keep)
    return use, np.where(marked, 1.0, 1.0 / keep)


TASK = Task(
    "anomaly-daily",
    "逐日用电异常",
    _rows,
    (
        Member("极端随机树", trees(8, 120, 0.4)),
        Member("梯度提升", boosting(12, 60, 0.3, 150, 0.06)),
    ),
    unsupervised=True,
    folds=4,
    tried=TRIED,
)
