"""Three ways to tell next month's dissatisfied share (%), with one interval: ridge, the year's mean, last month.

What each missed on months that it had not seen is divided by what chance gives so few revisits, √(p(100−p)/n + 1), and
the quantile of that (see `conformal`) makes the interval of a unit: few revisits, wide interval. Where a month
without a single dissatisfied revisit is no surprise, the interval reaches up to 100 and only the lower side is learnt.
Predictions are (low, middle, high) of the satisfied share, within 0 … 100.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from knowledge.analysis_life import life_rules
from tools.analysis.life import Cases
from tools.analysis.life.conformal import half_width

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FEWEST = 12
FEWEST_MONTHS = 4
UNSEEN_MONTHS = 3
"""Months that the misses must come from."""
LEARNT = ("bad1", "bad3", "bad12", "complaints", "repairs", "volume", "outage", "waiting")
Body = dict[str, Any]
Learn = Callable[[Cases, Mapping[str, Any]], Body]


def fit_ridge(cases: Cases, parameters: Mapping[str, Any], seed: int) -> Body | str:
    return _with_interval(cases, parameters, _ridge)


def fit_year(cases: Cases, parameters: Mapping[str, Any], seed: int) -> Body | str:
    return _with_interval(cases, parameters, _year)


def fit_last(cases: Cases, parameters: Mapping[str, Any], seed: int) -> Body | str:
    return _with_interval(cases, parameters, _last)


def apply(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    import numpy as np

    middle = _bad(body, table)
    half = body["half"] * _chance(body["usual"], table)
    best = np.where(_spotless(middle, table), 0.0, middle - half)
    told: np.ndarray = np.clip(100 - np.column_stack([middle + half, middle, best]), 0.0, 100.0)
    return told


def _with_interval(cases: Cases, parameters: Mapping[str, Any], learn: Learn) -> Body | str:
    """Fit on all cases; the interval from what fits on earlier months missed of later ones."""
    import numpy as np

    days = np.unique(cases.day)
    if len(cases) < FEWEST or len(days) < FEWEST_MONTHS + UNSEEN_MONTHS:
        return "有回访的月份不足"
    body = learn(cases, parameters) | {"usual": _usual(cases)}
    missed, month = [], []
    for day in days[FEWEST_MONTHS:]:
        known, here = cases.known_on(day), cases.take(cases.day == day)
        if len(known) < FEWEST:
            continue
        then = learn(known, parameters)
        told = _bad(then, here.table)
        gone = 100 - here.outcome - told
        gone = np.where(_spotless(told, here.table), np.maximum(gone, 0.0), gone)
        missed.append(gone / _chance(_usual(known), here.table))
        month.append(here.day)
    if len(missed) < UNSEEN_MONTHS:
        return "有回访的月份不足"
    return body | {"half": round(half_width(np.concatenate(missed), np.concatenate(month)), 6)}


def _usual(cases: Cases) -> float:
    """The dissatisfied share (%) of all cases together, by their revisits; never quite zero."""
    import numpy as np

    weight = np.maximum(cases.table["rated"].to_numpy(float), 0.5)
    return round(float(max((weight * (100 - cases.outcome)).sum() / weight.sum(), 0.1)), 6)


def _chance(usual: float, table: pd.DataFrame) -> np.ndarray:
    """Standard deviation (百分点) of the share by chance alone, and one point on top."""
    import numpy as np

    rated = np.maximum(table["rated"].to_numpy(float), 0.5)
    spread: np.ndarray = np.sqrt(usual * (100 - usual) / rated + 1)
    return spread


def _spotless(bad: np.ndarray, table: pd.DataFrame) -> np.ndarray:
    """Whether so few revisits are all satisfied with more than the chance that an interval leaves on one side."""
    import numpy as np

    tail = (1 - life_rules().promised_coverage_pct / 100) / 2
    out: np.ndarray = (1 - np.clip(bad, 0, 100) / 100) ** table["rated"].to_numpy(float) > tail
    return out


def _bad(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    """The dissatisfied share (%) that a body tells; a feature that is missing counts as the usual one."""
    import numpy as np

    rows = table.reindex(columns=body["features"]).to_numpy(float)
    rows = np.where(np.isfinite(rows), rows, np.asarray(body["means"]))
    told: np.ndarray = np.clip(rows @ np.asarray(body["weights"]) + body["intercept"], 0.0, 100.0)
    return told


def _ridge(cases: Cases, parameters: Mapping[str, Any]) -> Body:
    """Weighted by revisits, features on one scale; the penalty is that of so many average cases."""
    import numpy as np
    from sklearn.linear_model import Ridge

    rows = cases.table.reindex(columns=list(LEARNT)).to_numpy(float)
    seen = np.isfinite(rows)
    means = np.where(seen, rows, 0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
    rows = np.where(seen, rows, means)
    scale = np.where(rows.std(axis=0) > 0, rows.std(axis=0), 1.0)
    weight = np.maximum(cases.table["rated"].to_numpy(float), 0.5)
    fitted = Ridge(alpha=parameters["penalty"]).fit(
        (rows - means) / scale, 100 - cases.outcome, sample_weight=weight / weight.mean()
    )
    weights = fitted.coef_ / scale
    return {
        "features": list(LEARNT),
        "means": [round(float(value), 9) for value in means],
        "weights": [round(float(value), 9) for value in weights],
        "intercept": round(float(fitted.intercept_ - means @ weights), 9),
    }


def _year(cases: Cases, parameters: Mapping[str, Any]) -> Body:
    """The unit's share of the last twelve months, drawn to that of all units."""
    usual, own = _usual(cases), float(parameters["own"])
    return {"features": ["bad12"], "means": [usual], "weights": [own], "intercept": round((1 - own) * usual, 9)}


def _last(cases: Cases, parameters: Mapping[str, Any]) -> Body:
    """As last month: what any forecast has to beat."""
    return {"features": ["bad1"], "means": [_usual(cases)], "weights": [1.0], "intercept": 0.0}


MODELS: tuple[tuple[str, str, Mapping[str, Any], Any, Any], ...] = (
    ("ridge", "工单、停电与接电的岭回归", {"penalty": 200.0}, fit_ridge, apply),
    ("year", "本单位以往不满意率", {"own": 0.3}, fit_year, apply),
    ("last", "沿用上月", {}, fit_last, apply),
)
