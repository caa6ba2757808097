"""Life of an analysis (分析的全周期): train, backtest by time, calibrate, compare, watch for drift.

Each file here that exports one `LIFE` is an analysis with something to learn; file and analysis have the same name.
A life turns the unit's past into `Cases` (features as of a day, the outcome that followed, and the day on which it was
known); `trial.py` does with them what is the same for all.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from core.errors import BadRequest

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from tools.analysis import Bench

SEED = 20261
NAMES = ("churn_risk", "outlook", "satisfaction_forecast")


@dataclass(frozen=True)
class Cases:
    """Past cases, one a row of `table` (features only). `outcome` is 0/1 or a number; `day` is when the case is judged
    and `settled` when its outcome was known (both datetime64[D]); `group` names what must be drawn together."""

    table: pd.DataFrame
    outcome: np.ndarray
    day: np.ndarray
    settled: np.ndarray
    group: np.ndarray

    def take(self, keep: np.ndarray) -> Cases:
        return Cases(
            self.table[keep], self.outcome[keep], self.day[keep], self.settled[keep], self.group[keep]
        )  # fmt: skip

    def known_on(self, day: Any) -> Cases:
        """The cases whose outcome was known at the end of a day."""
        return self.take(self.settled <= day)

    def __len__(self) -> int:
        return len(self.outcome)


@dataclass(frozen=True)
class Study:
    """What a life reads once: the cases of the past and the latest features (`now`, groups in order)."""

    cases: Cases
    now: pd.DataFrame
    now_group: np.ndarray


@dataclass(frozen=True)
class Algorithm:
    """`fit` gives a JSON body (or a Chinese reason why not), `apply` predictions: (n,) probabilities, or (n, 3) with
    low, middle and high."""

    name: str
    label: str
    parameters: Mapping[str, Any]
    fit: Callable[[Cases, Mapping[str, Any], int], dict[str, Any] | str]
    apply: Callable[[Mapping[str, Any], pd.DataFrame], np.ndarray]


@dataclass(frozen=True)
class Life:
    """`study` reads a unit's past up to a day through the actor's gate, or says in Chinese why it cannot. `words` are
    the features' names for people."""

    name: str
    label: str
    kind: Literal["probability", "interval"]
    algorithms: tuple[Algorithm, ...]
    study: Callable[[Bench, str, date], Study | str]
    words: Mapping[str, str] = field(default_factory=dict)

    def algorithm(self, name: str | None = None) -> Algorithm:
        """An algorithm by name, the first one by default; BadRequest names them all."""
        found = next((item for item in self.algorithms if name in {None, item.name}), None)
        if found is None:
            names = "、".join(f"{item.name}（{item.label}）" for item in self.algorithms)
            raise BadRequest(f"分析「{self.label}」没有算法「{name}」。", f"可选：{names}。")
        return found


@cache
def all_lives() -> dict[str, Life]:
    """Every analysis that learns, by name."""
    return {name: importlib.import_module(f"{__name__}.{name}").LIFE for name in NAMES}


def life_named(text: str) -> Life:
    """An analysis by its name or label; BadRequest names those there are."""
    for life in all_lives().values():
        if text in {life.name, life.label}:
            return life
    names = "、".join(f"{life.name}（{life.label}）" for life in all_lives().values())
    raise BadRequest(f"没有可训练的分析「{text}」。", f"可选：{names}。")
