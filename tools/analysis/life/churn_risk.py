"""大客户流失概率: the probability of leaving within three months, learnt from the unit's own past on the signals.

Every month end with enough history before it is a snapshot, seen as it was then; its outcome is known 90 days later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.domain.period import month_end, shift_months
from knowledge.churn import churn_rules
from tools.analysis.churn.book import Book, read_book
from tools.analysis.churn.signals import outcome, signals
from tools.analysis.life import Algorithm, Cases, Life, Study
from tools.analysis.life.spread import SCORE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from tools.analysis import Bench

HORIZON = 90
FEWEST = 12
"""Fewer leavers than this teach nothing."""
FEWEST_INSIDE = 5
MOST_SNAPSHOTS = 14
NOW_SNAPSHOTS = 3
FEWEST_HISTORY_DAYS = 200
CLIP = 1e-4
TRUST = 4.0
"""Weight of "the log-odds are right as they are" when calibrating, in cases: few leavers hardly move it."""


def study(bench: Bench, org: str, day: date) -> Study | str:
    book = read_book(bench, org, day)
    return book if isinstance(book, str) else past(book)


def past(book: Book) -> Study | str:
    """Snapshots whose outcome is known on the book's day, and the latest three month ends whatever came of them."""
    import numpy as np
    import pandas as pd

    days = snapshots(book)
    if len(days) < 4:
        return "历史不足，暂不给出流失概率"
    parts = [(day, *_seen(book, day)) for day in days]
    table = pd.concat([seen for _, seen, _ in parts])
    left = np.concatenate([gone for _, _, gone in parts]).astype(float)
    day = np.concatenate([np.full(len(seen), np.datetime64(when)) for when, seen, _ in parts])
    cases = Cases(
        table.reset_index(drop=True), left, day, day + np.timedelta64(HORIZON, "D"), table.index.to_numpy(dtype=object)
    )
    last = month_end(book.as_of) if month_end(book.as_of) == book.as_of else book.as_of.replace(day=1) - timedelta(1)
    latest = [month_end(shift_months(last.replace(day=1), -back)) for back in range(NOW_SNAPSHOTS)]
    now = pd.concat([_features(book, when) for when in latest])
    return Study(cases, now.reset_index(drop=True), now.index.to_numpy(dtype=object))


def snapshots(book: Book) -> list[date]:
    """Month ends whose outcome is known on the book's day and that have a level to compare with."""
    import pandas as pd

    first: date = pd.Timestamp(book.energy.columns.min()).date()
    start = first + timedelta(days=FEWEST_HISTORY_DAYS)
    last = month_end(book.as_of - timedelta(days=HORIZON))
    if last + timedelta(days=HORIZON) > book.as_of:
        last = month_end(shift_months(last.replace(day=1), -1))
    days = [month_end(shift_months(last.replace(day=1), -back)) for back in range(MOST_SNAPSHOTS)]
    return sorted(day for day in days if day >= start)


def _features(book: Book, day: date) -> pd.DataFrame:
    seen = signals(book.until(day))
    return seen.points[~seen.lost].fillna(0.0)


def _seen(book: Book, day: date) -> tuple[pd.DataFrame, np.ndarray]:
    table = _features(book, day)
    return table, outcome(book, day, HORIZON).reindex(table.index).to_numpy()


def fit_logistic(cases: Cases, parameters: Mapping[str, Any], seed: int) -> dict[str, Any] | str:
    return _calibrated(cases, parameters, seed, _logistic, _odds_of_logistic)


def fit_forest(cases: Cases, parameters: Mapping[str, Any], seed: int) -> dict[str, Any] | str:
    return _calibrated(cases, parameters, seed, _forest, _odds_of_forest)


def apply_logistic(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    return _told(body["calibration"], _odds_of_logistic(body, table))


def apply_forest(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    return _told(body["calibration"], _odds_of_forest(body, table))


def _logistic(cases: Cases, parameters: Mapping[str, Any], seed: int) -> dict[str, Any]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=parameters["C"], max_iter=500).fit(cases.table.to_numpy(), cases.outcome)
    return {
        "features": list(cases.table.columns),
        "weights": [round(float(value), 9) for value in fitted.coef_[0]],
        "intercept": round(float(fitted.intercept_[0]), 9),
    }


def _odds_of_logistic(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    """A feature whose system is silent counts as no signal, as it did in learning."""
    import numpy as np

    rows = table.reindex(columns=body["features"]).fillna(0.0).to_numpy(float)
    odds: np.ndarray = rows @ np.asarray(body["weights"]) + body["intercept"]
    return odds


def _forest(cases: Cases, parameters: Mapping[str, Any], seed: int) -> dict[str, Any]:
    from sklearn.ensemble import RandomForestClassifier

    from tools.analysis.life.forest import as_json

    forest = RandomForestClassifier(
        parameters["trees"], min_samples_leaf=parameters["leaf"], max_features="sqrt", random_state=seed, n_jobs=1
    ).fit(cases.table.to_numpy(), cases.outcome)
    return {"features": list(cases.table.columns), "trees": as_json(forest)}


def _odds_of_forest(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    import numpy as np

    from tools.analysis.life.forest import probability

    chance = np.clip(
        probability(body["trees"], table.reindex(columns=body["features"]).fillna(0.0).to_numpy(float)), CLIP, 1 - CLIP
    )
    odds: np.ndarray = np.log(chance / (1 - chance))
    return odds


def _calibrated(cases: Cases, parameters: Mapping[str, Any], seed: int, fit: Any, odds: Any) -> dict[str, Any] | str:
    """Fit on all cases; slope and shift of the log-odds from cases that an earlier fit had not seen."""
    import numpy as np

    if cases.outcome.sum() < FEWEST_INSIDE or len(np.unique(cases.outcome)) < 2:
        return f"历史流失样本不足{FEWEST_INSIDE}例"
    body: dict[str, Any] = fit(cases, parameters, seed)
    days = np.unique(cases.day)
    told, seen = [], []
    for day in days[len(days) * 2 // 3 :]:
        before, here = cases.known_on(day), cases.take(cases.day == day)
        if before.outcome.sum() >= FEWEST_INSIDE:
            told.append(odds(fit(before, parameters, seed), here.table))
            seen.append(here.outcome)
    body["calibration"] = _platt(np.concatenate(told), np.concatenate(seen)) if told else [1.0, 0.0]
    return body


def _platt(odds: np.ndarray, left: np.ndarray) -> list[float]:
    """Slope and shift by penalised likelihood: towards (1, 0) with the weight `TRUST`."""
    import numpy as np
    from scipy.optimize import minimize

    def loss(at: np.ndarray) -> float:
        score = at[0] * odds + at[1]
        missed = np.logaddexp(0.0, score) - left * score
        return float(missed.sum() + TRUST * ((at[0] - 1) ** 2 + at[1] ** 2) / 2)

    best = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.1, 5.0), (-5.0, 5.0)])
    return [round(float(value), 6) for value in best.x]


def _told(calibration: list[float], odds: np.ndarray) -> np.ndarray:
    import numpy as np

    chance: np.ndarray = 1 / (1 + np.exp(-(calibration[0] * odds + calibration[1])))
    return chance


LIFE = Life(
    "churn_risk",
    "大客户流失概率",
    "probability",
    (
        Algorithm("logistic", "信号的逻辑回归", {"C": 0.3}, fit_logistic, apply_logistic),
        Algorithm("forest", "信号的随机森林", {"trees": 100, "leaf": 8}, fit_forest, apply_forest),
    ),
    study,
    {SCORE: "预测概率"} | {signal.id: signal.label for signal in churn_rules().signals},
)
