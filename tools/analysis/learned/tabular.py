"""One row per customer: any table's columns as numbers, learnt on the training table and applied to both alike.

Dates become days before the latest date of the training table's kind, words become codes by frequency (rare ones share
one), and quantities with long tails get a signed logarithm beside them. Ids are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.errors import BadRequest
from tools.analysis.learned.tables import SERIES

RARE = 40
"""A word seen less often than this shares a code with all other rare ones."""
ID_SHARE = 0.9
"""A text column with more distinct values than this share of rows is an id."""


def as_numbers(train: pd.DataFrame, score: pd.DataFrame, drop: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numeric features of both tables, same columns. BadRequest when they share none."""
    left = {name.lower() for name in (*drop, *SERIES)}
    made: tuple[dict[str, np.ndarray], dict[str, np.ndarray]] = ({}, {})
    for column in train.columns:
        if column not in score.columns or column.lower() in left:
            continue
        for name, a, b in _column(train[column], score[column], column):
            made[0][name], made[1][name] = a, b
    if not made[0]:
        raise BadRequest("训练表与待评表没有共同的可用列。", "请核对两张表的列名。")
    own, ask = (pd.DataFrame(part).replace([np.inf, -np.inf], np.nan) for part in made)
    varied = own.columns[own.nunique(dropna=False) > 1]
    return own[varied], ask[varied]


def _column(a: pd.Series, b: pd.Series, name: str) -> list[tuple[str, np.ndarray, np.ndarray]]:
    if pd.api.types.is_numeric_dtype(a):
        x, z = (pd.to_numeric(part, errors="coerce").to_numpy(float) for part in (a, b))
        out = [(name, x, z)]
        if np.nanmax(np.abs(x), initial=0) > 1000:
            out.append((f"log_{name}", *(np.sign(v) * np.log1p(np.abs(v)) for v in (x, z))))
        return out
    dates = _dates(a)
    if dates is not None:
        other = pd.to_datetime(b, errors="coerce", format="mixed")
        first = pd.Timestamp("2000-01-01")
        days = [(part - first).dt.days.to_numpy(float) for part in (dates, other)]
        months = [part.dt.month.to_numpy(float) for part in (dates, other)]
        return [(name, days[0], days[1]), (f"{name}_month", months[0], months[1])]
    words = [part.astype("string").fillna("") for part in (a, b)]
    counts = words[0].value_counts()
    if len(counts) > ID_SHARE * len(a):
        return []
    kept = {word: at for at, word in enumerate(sorted(counts[counts >= min(RARE, len(a) // 20 + 1)].index))}
    codes = [part.map(lambda word: kept.get(word, -1)).to_numpy(float) for part in words]
    often = [np.log1p(part.map(counts).fillna(0).to_numpy(float)) for part in words]
    return [(name, codes[0], codes[1]), (f"{name}_often", often[0], often[1])]


def _dates(values: pd.Series) -> pd.Series | None:
    if pd.api.types.is_datetime64_any_dtype(values):
        return values
    held = values.dropna().astype(str)
    if held.empty or held.str.match(r"^(19|20)\d\d[-/]").mean() < 0.95:
        return None
    return pd.to_datetime(values, errors="coerce", format="mixed")


def ratio(frame: pd.DataFrame, name: str, top: str, bottom: str, scale: float = 1.0) -> None:
    """Add `top × scale / |bottom|` where both columns are there; an empty denominator gives no value."""
    if top in frame and bottom in frame:
        below = frame[bottom].abs()
        frame[name] = frame[top] * scale / below.where(below > 0)


def gap(frame: pd.DataFrame, name: str, left: str, right: str) -> None:
    if left in frame and right in frame:
        frame[name] = frame[left] - frame[right]
