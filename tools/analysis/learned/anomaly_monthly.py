"""逐月用电异常 (anomaly-monthly): areas, one total a month, against peers and against the months on both sides.

Where a month stands in the table is no feature: only what its energy did.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.errors import BadRequest
from tools.analysis.learned import Given, Member, Rows, Task
from tools.analysis.learned.estimators import boosting, random_forest, trees
from tools.analysis.learned.panel import across, low_rank, matrix, median, pick, places, shifted
from tools.analysis.learned.readings import key
from tools.analysis.learned.tables import ENERGY, MONTHS, SERIES, find, labels, moments, need

SETS = ("rep", "group", "set", "组")
SEPARATOR = "\x1f"
POLISH = 5
TRIED = (
    "环比减同类中位数：AUC 0.75；同比：0.70；±10 % 规则精确率约七分之一",
    "该月在表中的位置：在公开样本里有用，但只反映样本怎样造出来，未采用",
)


def panel_features(wide: pd.DataFrame, sets: np.ndarray) -> dict[str, np.ndarray]:
    """Feature matrices (areas × months); `sets` names the peers of each area."""
    logs = np.log(np.maximum(wide.to_numpy(float), 0) + 1)
    r = logs.copy()
    for name in np.unique(sets):
        rows = sets == name
        part = logs[rows]
        for _ in range(POLISH):
            part = part - median(part, 1)
            if rows.sum() >= 3:
                part = part - median(part, 0)
        r[rows] = part
    usual = median(np.abs(r), 1) + 0.02
    before, after = shifted(r, 1), shifted(r, -1)
    f = {"peer": r, "peer_z": r / usual, "month": r - before, "next": r - after}
    f["two"] = r - across(r, (1, -1), "mean")
    f["four"], f["six"] = r - across(r, (-2, -1, 1, 2)), r - across(r, (-3, -2, -1, 1, 2, 3))
    f["past_two"], f["next_two"] = r - across(r, (1, 2), "mean"), r - across(r, (-1, -2), "mean")
    f["both_sides"] = np.fmin(np.abs(f["month"]), np.abs(f["next"])) * np.sign(f["month"])
    f["same_side"] = np.where(np.sign(f["month"]) == np.sign(f["next"]), 1.0, -1.0)
    for name in ("month", "two", "four", "six"):
        f[f"{name}_z"] = f[name] / (median(np.abs(f[name]), 1) + 0.02)
    for name in ("peer", "four", "month"):
        a = f[name]
        f[f"{name}_year"] = a - np.where(np.isnan(shifted(a, 12)), shifted(a, -12), shifted(a, 12))
    f["usual"] = np.repeat(usual, r.shape[1], 1)
    f["usual_step"] = np.repeat(median(np.abs(f["month"]), 1), r.shape[1], 1)
    f["size"] = np.repeat(median(logs, 1), r.shape[1], 1)
    for k in (1, 2, 3):
        f[f"common_{k}"] = low_rank(r, k, usual, clip=3.0, rounds=1)
    f["common_2_four"] = f["common_2"] - across(f["common_2"], (-2, -1, 1, 2))
    return f


def _table(table: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Features in the order of the table, and the owner of each row (set and area)."""
    area = np.array([key(v) for v in table[need(table, SERIES, "区域")]], dtype=object)
    held = find(table, SETS)
    sets = np.array([key(v) for v in table[held]], dtype=object) if held else np.full(len(area), "", dtype=object)
    owner = np.array([f"{a}{SEPARATOR}{b}" for a, b in zip(sets, area, strict=True)], dtype=object)
    when = moments(table, need(table, MONTHS, "月份")).dt.to_period("M").dt.to_timestamp().to_numpy()
    kwh = pd.to_numeric(table[need(table, ENERGY, "电量")], errors="coerce").to_numpy(float)
    if np.isnan(kwh).all():
        raise BadRequest("电量列里没有一个数。", "请核对电量列。")
    wide = matrix(owner, when, kwh)
    wide = wide.reindex(columns=pd.date_range(wide.columns.min(), wide.columns.max(), freq="MS"))
    if wide.shape[1] < 3:
        raise BadRequest("不足三个月的数据，无法比较。", "请给出至少三个月、最好一年以上的月电量。")
    names = np.array([name.split(SEPARATOR)[0] for name in wide.index], dtype=object)
    return pick(panel_features(wide, names), places(wide, owner, when)), owner


def _rows(given: Given) -> Rows:
    _, label = labels(given.train, "anomaly")
    (train, owner), (score, _) = _table(given.train), _table(given.score)
    months = moments(given.train, need(given.train, MONTHS, "月份"))
    rows = Rows(train, label, owner, score, window=f"{months.min():%Y-%m} … {months.max():%Y-%m}")
    rows.plain = (_plain(train), _plain(score))
    return rows


def _plain(frame: pd.DataFrame) -> np.ndarray:
    out: np.ndarray = np.nan_to_num(frame["common_2_four"].abs().to_numpy(float))
    return out


TASK = Task(
    "anomaly-monthly",
    "逐月用电异常",
    _rows,
    (
        Member("极端随机树", trees(3, 400, 0.5)),
        Member("梯度提升", boosting(6, 15, 0.3, 80, 0.05)),
        Member("随机森林", random_forest(4, 300, 0.3)),
    ),
    unsupervised=True,
    tried=TRIED,
)
