"""What a customer's next quarter looks like from its daily readings: features as of a day, and shrink / stop rows.

A label compares mean(T+31 … T+90) with mean(T-89 … T). Features of day T read nothing after T. Where the readings
reproduce the given labels, further (customer, day) rows of the *training* customers are labelled from their readings,
none with an outcome later than the training table's own.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from core.errors import BadRequest
from tools.analysis.learned import Extra, Given, Rows
from tools.analysis.learned.outlook_features import SHORTEST, features
from tools.analysis.learned.readings import FLOOR, Readings, gather, key
from tools.analysis.learned.tables import ANY_LABEL, LABELS, SERIES, labels, moments, need

SNAPSHOTS = ("snapshot", "as_of", "snapshot_date", "date", "快照日", "截止日")
OUTCOMES = ("future_ratio", *ANY_LABEL, *LABELS["shrink"], *LABELS["stop"])
BASE, AHEAD, HORIZON = 90, 30, 90
STEP = 10
"""Days between additional training rows of one customer."""
NEAR, NEAR_WEIGHT, FAR_WEIGHT = 15, 1.0, 0.4
AGREE = 0.99
BLUR = 0.15
"""Width in log-ratio over which the graded outcome goes from yes to no."""


def outlook_rows(given: Given, kind: str, below: float) -> Rows:
    """Rows of `shrink` or `stop`: outcome ratio `< below`. BadRequest names a missing column."""
    if given.train.empty:
        raise BadRequest("训练表是空的。", "请用 --train 给出带标签的表。")
    _, label = labels(given.train, kind)
    who, when = _places(given.train)
    ask_who, ask_when = _places(given.score)
    readings = gather(given.series)
    own = _own(given.train, given.score)
    notes: list[str] = []
    if readings is None:
        notes.append("没有 --series，只用表中自带的列打分。")
        return Rows(own[0], label, who, own[1], notes=notes, window=_window(when))
    train, known = table_features(readings, who, when)
    score, known_score = table_features(readings, ask_who, ask_when)
    for text, part in (("训练表", known), ("待评表", known_score)):
        if not part.all():
            notes.append(f"{text}有 {int((~part).sum())} 行在 --series 里没有足够的读数，改用表中自带的列。")
    rows = Rows(train, label, who, score, notes=notes, window=_window(when))
    rows.known_train, rows.known_score, rows.fallback = known, known_score, own
    rows.when = np.array([pd.Timestamp(day).toordinal() for day in when], dtype=float)
    rows.horizon = HORIZON
    if not known.any():
        notes.append("--series 与训练表没有共同的客户，只用表中自带的列打分。")
        return Rows(own[0], label, who, own[1], notes=notes, window=rows.window)
    if label is not None:
        rows.extra = _more(readings, rows, who, when, set(ask_who), below, notes)
        rows.weight = np.full(len(who), 2.0 if rows.extra else 1.0)
    return rows


def table_features(readings: Readings, who: np.ndarray, when: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Features of each (customer, day) in order, and whether there were readings enough to make them."""
    at = np.array([readings.at.get(name, -1) for name in who])
    day = np.asarray(pd.DatetimeIndex(readings.days).get_indexer(pd.DatetimeIndex(when)))
    known = (at >= 0) & (day >= SHORTEST)
    out: pd.DataFrame | None = None
    for t in np.unique(day[known]):
        rows = np.flatnonzero(known & (day == t))
        window = readings.kwh[at[rows], max(0, t - BASE + 1) : t + 1]
        full = np.isfinite(window).mean(axis=1) >= 0.5
        known[rows[~full]] = False
        rows = rows[full]
        if len(rows) == 0:
            continue
        made = features(readings, at[rows], int(t))
        if out is None:
            out = pd.DataFrame(np.nan, index=range(len(who)), columns=made.columns)
        out.iloc[rows] = made.to_numpy()
    return (out if out is not None else pd.DataFrame(index=range(len(who)))), known


def _places(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    who = np.array([key(value) for value in table[need(table, SERIES, "户号")]], dtype=object)
    return who, moments(table, need(table, SNAPSHOTS, "快照日")).dt.normalize().to_numpy()


def _own(train: pd.DataFrame, score: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The numeric columns both tables have, outcomes and ids left out, and the month of the snapshot."""
    drop = {name.lower() for name in (*OUTCOMES, *SERIES)}
    shared = [c for c in train.columns if c in score.columns and c.lower() not in drop]
    shared = [c for c in shared if pd.api.types.is_numeric_dtype(train[c]) and pd.api.types.is_numeric_dtype(score[c])]
    parts = []
    for table in (train, score):
        part = table[shared].astype(float).reset_index(drop=True)
        part["snapshot_month"] = moments(table, need(table, SNAPSHOTS, "快照日")).dt.month.to_numpy(float)
        parts.append(part)
    return parts[0], parts[1]


def _ratio(kwh: np.ndarray, t: int) -> tuple[np.ndarray, np.ndarray]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        base = np.nanmean(kwh[:, t - BASE + 1 : t + 1], axis=1)
        return np.nanmean(kwh[:, t + AHEAD + 1 : t + HORIZON + 1], axis=1) / np.maximum(base, FLOOR / BASE), base


def _graded(ratio: np.ndarray, below: float) -> np.ndarray:
    """1 far below the limit, 0 far above it, one half at it."""
    out: np.ndarray = 1 / (1 + np.exp(np.log(np.clip(ratio, 0.02, 5.0) / below) / BLUR))
    return out


def _more(
    readings: Readings, rows: Rows, who: np.ndarray, when: np.ndarray, others: set[str], below: float, notes: list[str]
) -> Extra | None:
    """Additional labelled rows, or None (with a note) when the readings do not reproduce the given labels.

    Where they do, the table's own rows get their graded outcome as well.
    """
    assert rows.label is not None and rows.known_train is not None
    day = np.asarray(pd.DatetimeIndex(readings.days).get_indexer(pd.DatetimeIndex(when)))
    usable = rows.known_train & ~np.isnan(rows.label) & (day >= BASE - 1) & (day + HORIZON < len(readings.days))
    if usable.sum() < 50:
        notes.append("--series 不含训练样本之后的读数，没有补充训练样本。")
        return None
    ratio, base = np.full(len(who), np.nan), np.full(len(who), np.nan)
    for t in np.unique(day[usable]):
        at = np.flatnonzero(usable & (day == t))
        ratio[at], base[at] = _ratio(readings.kwh[[readings.at[name] for name in who[at]]], int(t))
    agree = float(((ratio[usable] < below) == (rows.label[usable] == 1)).mean())
    if agree < AGREE:
        notes.append(f"按读数推算的标签与训练表只有 {agree:.1%} 一致，没有补充训练样本。")
        return None
    rows.graded = _graded(ratio, below)
    snapshots = np.unique(day[usable])
    names = sorted((set(who) & set(readings.at)) - others)
    if not names:
        notes.append("训练表的客户都在待评表里，没有补充训练样本。")
        return None
    at = np.array([readings.at[name] for name in names])
    parts: list[pd.DataFrame] = []
    label: list[np.ndarray] = []
    graded: list[np.ndarray] = []
    group: list[np.ndarray] = []
    weight: list[np.ndarray] = []
    end: list[np.ndarray] = []
    for t in range(int(snapshots.max()), BASE - 2, -STEP):
        if t in snapshots:
            continue
        future, level = _ratio(readings.kwh[at], t)
        keep = np.flatnonzero(np.isfinite(future) & (level >= np.nanmin(base)))
        parts.append(features(readings, at[keep], t))
        label.append((future[keep] < below).astype(int))
        graded.append(_graded(future[keep], below))
        group.append(np.array(names, dtype=object)[keep])
        near = NEAR_WEIGHT if np.abs(snapshots - t).min() <= NEAR else FAR_WEIGHT
        weight.append(np.full(len(keep), near))
        end.append(np.full(len(keep), readings.days[t].toordinal() + HORIZON, dtype=float))
    if not parts:
        return None
    notes.append(f"用训练客户自己的读数补充了 {sum(map(len, parts))} 行训练样本（每 {STEP} 天一行）。")
    whole = pd.concat(parts, ignore_index=True)
    return Extra(whole, *(np.concatenate(part) for part in (label, graded, group, weight, end)))


def _window(when: np.ndarray) -> str:
    days = pd.DatetimeIndex(when)
    return f"{days.min():%Y-%m-%d} … {days.max():%Y-%m-%d}"
