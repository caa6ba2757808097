"""Fit a blend, validate it on groups it has not seen, calibrate it, score the second table.

The reported figures are out of fold: each row is scored by members fitted without its group. Calibration (beta,
on the log-odds of the blend) is measured crosswise: a fold is told by a calibrator fitted on the other folds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from core.errors import BadRequest
from tools.analysis.learned import Extra, Given, Member, Rows, Task
from tools.analysis.learned.measures import deciles, interval, measures
from tools.analysis.learned.tables import ANY_LABEL, LABELS

SEED = 20261
THREADS = 1
"""Of OpenMP: on a busy machine waiting threads cost more than they bring; forests use two of their own."""
FEWEST = 8
"""Fewer positives than this cannot be validated."""


@dataclass(frozen=True)
class Outcome:
    """`scores` in the order of the score table; `card` is what a reader needs to trust them (plain JSON values)."""

    scores: np.ndarray
    card: dict[str, Any]


def analyse(task: Task, given: Given, seed: int = SEED) -> Outcome:
    """Scores of the second table. BadRequest: a supervised task without labels, or with too few positives."""
    from threadpoolctl import threadpool_limits

    started = time.monotonic()
    rows = task.rows(given)
    known = rows.label is not None and np.nansum(rows.label) >= FEWEST
    if not known and (not task.unsupervised or rows.plain is None):
        count = 0 if rows.label is None else int(np.nansum(rows.label))
        what = "没有标签列" if rows.label is None else f"只有 {count} 个正例（至少要 {FEWEST} 个）"
        raise BadRequest(f"训练表{what}，{task.label}无法学习。", "请给出带 0/1 标签的训练表。")
    card: dict[str, Any] = {
        "task": task.name,
        "name": task.label,
        "rows": {"train": len(given.train), "score": len(given.score)},
        "window": rows.window,
        "seed": seed,
        "notes": rows.notes,
    }
    answers = {name.lower() for names in (*LABELS.values(), ANY_LABEL) for name in names}
    absent = [name for name in given.train.columns if name not in given.score.columns and name.lower() not in answers]
    if absent:
        rows.notes.append(f"待评表没有这些列，未用于学习：{'、'.join(absent[:8])}{' 等' if len(absent) > 8 else ''}。")
    with threadpool_limits(limits=THREADS):
        if known:
            scores = _supervised(task, rows, seed, card)
        else:
            assert rows.plain is not None
            scores, card["method"] = rows.plain[1], "无监督"
            rows.notes.append("训练表没有可用的标签，按与自身规律和同类的偏离打分，不是概率。")
    if not np.isfinite(scores).all():
        scores = np.nan_to_num(scores, nan=0.0, posinf=np.finfo(float).max, neginf=0.0)
    card["seconds"] = round(time.monotonic() - started, 1)
    return Outcome(scores, card)


def _supervised(task: Task, rows: Rows, seed: int, card: dict[str, Any]) -> np.ndarray:
    assert rows.label is not None
    valid = ~np.isnan(rows.label)
    if rows.known_train is not None:
        valid &= rows.known_train
    label = np.where(valid, np.nan_to_num(rows.label), 0).astype(int)
    if label[valid].sum() < FEWEST or (valid.sum() - label[valid].sum()) < FEWEST:
        raise BadRequest("训练表里正例或反例太少，无法学习。", f"去掉没有读数的客户后，两类都至少要 {FEWEST} 行。")
    folds = _folds(label, rows.group, valid, task.folds, seed)
    odds = np.zeros(len(label))
    for fold in np.unique(folds[valid]):
        inside = valid & (folds != fold)
        outside = folds == fold
        odds[outside] = _blend(task.members, rows, label, inside, rows.train[outside], seed)
    told = _told_across(odds, label, folds, valid)
    card["method"] = "监督学习：" + " + ".join(member.name for member in task.members)
    card["features"] = list(rows.train.columns)
    card["positives"] = int(label[valid].sum())
    card["validation"] = {
        **measures(label[valid], odds[valid]),
        "interval": interval(label[valid], odds[valid], rows.group[valid], seed),
        "folds": [_fold_figures(label, odds, folds == fold) for fold in np.unique(folds[valid])],
        "calibration": deciles(label[valid], told[valid]),
    }
    card["validation"]["calibration_gap"] = max(item["gap"] for item in card["validation"]["calibration"])
    if rows.plain is not None:
        card["validation"]["plain"] = measures(label[valid], rows.plain[0][valid])
    if rows.when is not None:
        card["validation"]["forward"] = _forward(task, rows, label, valid, seed)
    card["tried"] = list(task.tried)
    told_of = _calibration(odds[valid], label[valid])
    scores = told_of(_blend(task.members, rows, label, valid, rows.score, seed))
    return _fill(rows, label, scores, seed)


def _fold_figures(label: np.ndarray, odds: np.ndarray, inside: np.ndarray) -> dict[str, float]:
    if not 0 < label[inside].sum() < inside.sum():
        return {"rows": int(inside.sum()), "positives": int(label[inside].sum())}
    figures = measures(label[inside], odds[inside])
    return {"rows": int(inside.sum()), "positives": int(label[inside].sum()), **figures}


def _folds(label: np.ndarray, group: np.ndarray, valid: np.ndarray, count: int, seed: int) -> np.ndarray:
    """A fold number per row, whole groups together, positives spread; -1 where the row is not used."""
    from sklearn.model_selection import StratifiedGroupKFold

    at = np.flatnonzero(valid)
    count = min(count, len(np.unique(group[at])), int(label[at].sum()))
    if count < 2:
        raise BadRequest("训练表只有一个客户（序列），无法验证。", "请给出至少两个客户、楼宇或区域的训练数据。")
    out = np.full(len(label), -1)
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for fold, (_, test) in enumerate(splitter.split(at, label[at], group[at])):
        out[at[test]] = fold
    return out


def _blend(
    members: Sequence[Member],
    rows: Rows,
    label: np.ndarray,
    inside: np.ndarray,
    ask: pd.DataFrame,
    seed: int,
    until: float | None = None,
) -> np.ndarray:
    """Log-odds of the members' mean chance, for the rows asked; fitted on the inside rows."""
    fit = inside if rows.use is None else inside & rows.use
    weight = np.ones(len(label)) if rows.weight is None else rows.weight
    own, heavy = rows.train[fit], weight[fit]
    degree = label.astype(float) if rows.graded is None else np.where(np.isnan(rows.graded), label, rows.graded)
    total = np.zeros(len(ask))
    extra = _extra(rows.extra, set(rows.group[inside]), until) if rows.extra else None
    for member in members:
        x, y, w = own, (degree if member.graded else label)[fit], heavy
        if member.wide and extra is not None:
            x = pd.concat([own, extra.features], ignore_index=True)
            y = np.concatenate([y, extra.graded if member.graded else extra.label])
            w = np.concatenate([heavy, extra.weight])
        held = x.columns[x.notna().any()]  # boosting refuses a feature without a single value
        model = member.build(seed)
        model.fit(x[held], y, sample_weight=w)
        if hasattr(model, "n_jobs"):
            model.set_params(n_jobs=1)  # threads add up in the order they end: the last digit would change
        told = model.predict(ask[held]) if member.graded else model.predict_proba(ask[held])[:, 1]
        total += np.clip(told, 1e-4, 1 - 1e-4)
    chance = total / len(members)
    out: np.ndarray = np.log(chance / (1 - chance))
    return out


def _extra(extra: Extra, groups: set[Any], until: float | None) -> Extra:
    keep = np.fromiter((name in groups for name in extra.group), bool, len(extra.group))
    if until is not None:
        keep &= extra.outcome_end <= until
    return Extra(*(getattr(extra, part.name)[keep] for part in fields(Extra)))


def _calibration(odds: np.ndarray, label: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Log-odds to probability by beta calibration (Kull, Silva Filho and Flach, 2017): both tails have a slope of their
    own. Where one of the two would fall, and so turn the order round, by Platt's single slope.
    """
    from sklearn.linear_model import LogisticRegression

    for sides in (_tails, _line):
        model = LogisticRegression(C=1e3, max_iter=1000).fit(sides(odds), label)
        if (model.coef_ >= 0).all():
            break

    def told(asked: np.ndarray) -> np.ndarray:
        out: np.ndarray = model.predict_proba(sides(asked))[:, 1]
        return out

    return told


def _tails(odds: np.ndarray) -> np.ndarray:
    """ln p and -ln(1 - p)."""
    return np.column_stack([-np.logaddexp(0, -odds), np.logaddexp(0, odds)])


def _line(odds: np.ndarray) -> np.ndarray:
    return odds[:, None]


def _told_across(odds: np.ndarray, label: np.ndarray, folds: np.ndarray, valid: np.ndarray) -> np.ndarray:
    told = np.zeros(len(label))
    for fold in np.unique(folds[valid]):
        others = valid & (folds != fold)
        told[folds == fold] = _calibration(odds[others], label[others])(odds[folds == fold])
    return told


def _forward(task: Task, rows: Rows, label: np.ndarray, valid: np.ndarray, seed: int) -> dict[str, Any] | str:
    """The last date scored by what was known then: only outcomes that had ended, and other customers' rows."""
    assert rows.when is not None
    last = rows.when[valid].max()
    inside, outside = valid & (rows.when + rows.horizon <= last), valid & (rows.when == last)
    if label[inside].sum() < FEWEST or label[outside].sum() < FEWEST:
        return "按时间向前验证的正例太少，未做。"
    return measures(label[outside], _blend(task.members, rows, label, inside, rows.train[outside], seed, until=last))


def _fill(rows: Rows, label: np.ndarray, scores: np.ndarray, seed: int) -> np.ndarray:
    """Rows without readings are scored from the table's own columns."""
    if rows.known_score is None or rows.known_score.all() or rows.fallback is None:
        return scores
    from sklearn.ensemble import RandomForestClassifier

    assert rows.label is not None
    fit = ~np.isnan(rows.label)
    own, ask = rows.fallback
    if own.shape[1] == 0:
        raise BadRequest("有客户没有读数，表里也没有别的列可用。", "请用 --series 给出这些客户的日电量。")
    model = RandomForestClassifier(300, min_samples_leaf=10, n_jobs=1, random_state=seed)
    model.fit(own[fit], rows.label[fit].astype(int))
    missing = ~rows.known_score
    out = scores.copy()
    out[missing] = model.predict_proba(ask[missing])[:, 1]
    return out
