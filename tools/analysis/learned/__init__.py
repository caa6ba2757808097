"""Analyses learnt from a labelled table: train on one file, score another (`gma analyse-file`).

One task, one file; each exports one `TASK`. A task turns tables into `Rows` (features as of the row's own date, labels,
groups that must never be split between fitting and validation); `learn.py` fits, validates and calibrates all of them
the same way. Nothing here reads the demonstration province or the five sources.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FILES = {
    "shrink": "shrink",
    "stop": "stop",
    "churn": "churn",
    "theft": "theft",
    "anomaly-daily": "anomaly_daily",
    "anomaly-monthly": "anomaly_monthly",
    "anomaly-hourly": "anomaly_hourly",
}


@dataclass(frozen=True)
class Given:
    """The tables of one run as read: `series` is every further table (daily readings, weather), in the order given."""

    train: pd.DataFrame
    score: pd.DataFrame
    series: Sequence[pd.DataFrame] = ()


@dataclass(frozen=True)
class Member:
    """One estimator of a blend; `wide` members also see the additional rows of `Rows.extra`.

    A `graded` member is a regressor: it learns `Rows.graded` where that is known, else the label.
    """

    name: str
    build: Callable[[int], Any]
    wide: bool = False
    graded: bool = False


@dataclass(frozen=True)
class Extra:
    """Further training rows whose outcome is known from the readings; of training customers only."""

    features: pd.DataFrame
    label: np.ndarray
    graded: np.ndarray
    group: np.ndarray
    weight: np.ndarray
    outcome_end: np.ndarray


@dataclass
class Rows:
    """What a task hands to learning. Arrays follow the row order of the table they came from.

    `use` marks the rows that may be fitted (all are validated), `weight` their weight. `plain` is the score that needs
    no label (higher = more anomalous), for tables without any. `fallback` holds the table's own columns for score rows
    whose readings are missing (`known_score` false). `when` is the date number of a row where time matters. `graded`
    is the outcome as a degree from 0 to 1 (NaN where unknown): falls to 49 % and to 51 % are nearly the same event.
    """

    train: pd.DataFrame
    label: np.ndarray | None
    group: np.ndarray
    score: pd.DataFrame
    use: np.ndarray | None = None
    weight: np.ndarray | None = None
    graded: np.ndarray | None = None
    plain: tuple[np.ndarray, np.ndarray] | None = None
    extra: Extra | None = None
    when: np.ndarray | None = None
    horizon: int = 0
    known_train: np.ndarray | None = None
    known_score: np.ndarray | None = None
    fallback: tuple[pd.DataFrame, pd.DataFrame] | None = None
    window: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Task:
    """`label` is the Chinese name, `unsupervised` whether it can work without labels, `tried` what did not help."""

    name: str
    label: str
    rows: Callable[[Given], Rows]
    members: tuple[Member, ...]
    unsupervised: bool = False
    folds: int = 5
    tried: tuple[str, ...] = ()


def task_named(name: str) -> Task:
    """The task of that name; BadRequest names the seven."""
    if name not in FILES:
        raise BadRequest(f"没有「{name}」这项分析。", f"可选：{'、'.join(FILES)}。")
    task: Task = importlib.import_module(f"{__name__}.{FILES[name]}").TASK
    return task
