"""Daily readings of many customers as one matrix, from wide tables of either orientation or long ones, and weather."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.errors import BadRequest
from tools.analysis.learned.tables import DATES, ENERGY, SERIES, find

FLOOR = 1.0
"""Real tables write 1 kWh for "no use"."""
DAY = re.compile(r"^(19|20)\d\d[-/.]?\d\d?[-/.]?\d\d?")


@dataclass(frozen=True)
class Readings:
    """`kwh[customer, day]` (NaN = no reading), days consecutive; `at` finds a customer's row; `temperature` per day."""

    at: dict[str, int]
    days: pd.DatetimeIndex
    kwh: np.ndarray
    temperature: np.ndarray | None


def key(value: object) -> str:
    """One spelling for an id: 12, 12.0 and "12" are the same customer."""
    text = str(value).strip()
    return text[:-2] if text.endswith(".0") else text


def gather(tables: Sequence[pd.DataFrame]) -> Readings | None:
    """All tables in one matrix (later tables fill what earlier ones lack); None without any readings."""
    wide: list[pd.DataFrame] = []
    weather: pd.Series | None = None
    for table in tables:
        found = _weather(table)
        if found is not None:
            weather = found
            continue
        wide.append(_wide(table))
    if not wide:
        return None
    whole = wide[0]
    for other in wide[1:]:
        whole = whole.combine_first(other)
    days = pd.date_range(whole.columns.min(), whole.columns.max(), freq="D")
    whole = whole.reindex(columns=days)
    temperature = None
    if weather is not None and weather.reindex(days).notna().mean() > 0.9:
        temperature = weather.reindex(days).ffill().to_numpy(float)
    return Readings({name: at for at, name in enumerate(whole.index)}, days, whole.to_numpy(float), temperature)


def _days(names: Sequence[object]) -> pd.DatetimeIndex:
    """Dates of the names that look like one, NaT for the others."""
    text = [str(name)[:10] if DAY.match(str(name)) else "" for name in names]
    return pd.DatetimeIndex(pd.to_datetime(pd.Series(text, dtype="string"), errors="coerce", format="mixed"))


def _wide(table: pd.DataFrame) -> pd.DataFrame:
    """Customers × days of one table, ids as text, one row each (the first of duplicates)."""
    across = _days(list(table.columns))
    if np.asarray(across.notna()).sum() >= max(2, len(across) // 2):
        names = [at for at, day in enumerate(across) if pd.isna(day)]
        if not names:
            raise BadRequest("日电量宽表没有户号列。", "请让第一列是户号，其余列是日期。")
        held = find(table.iloc[:, names], SERIES) or table.columns[names[0]]
        out = table.loc[:, across.notna()].apply(pd.to_numeric, errors="coerce")
        return _once(out, table[held], across[across.notna()])
    date, energy, owner = find(table, DATES), find(table, ENERGY), find(table, SERIES)
    if date and energy and owner:
        long = pd.DataFrame(
            {"who": [key(v) for v in table[owner]], "day": _days(list(table[date])), "kwh": table[energy]}
        )
        long = long.dropna(subset=["day"])
        summed: pd.DataFrame = long.pivot_table(index="who", columns="day", values="kwh", aggfunc="sum", sort=True)
        return summed
    column = date or table.columns[0]
    down = _days(list(table[column]))
    if np.asarray(down.notna()).mean() > 0.9:
        out = table.drop(columns=column).apply(pd.to_numeric, errors="coerce").loc[down.notna()].T
        return _once(out, out.index, down[down.notna()])
    raise BadRequest(
        "--series 里有一张表看不出是日电量。",
        "请用每户一行、每天一列（或每天一行、每户一列，或 户号/日期/电量 三列）的表。",
    )


def _once(out: pd.DataFrame, names: Iterable[object], days: pd.DatetimeIndex) -> pd.DataFrame:
    out.columns, out.index = days, pd.Index([key(name) for name in names])
    kept: pd.DataFrame = out.loc[~out.index.duplicated(), ~out.columns.duplicated()].sort_index(axis=1)
    return kept


def _weather(table: pd.DataFrame) -> pd.Series | None:
    date = find(table, DATES)
    high, low, mean = find(table, ("high_c", "t_max")), find(table, ("low_c", "t_min")), find(table, ("t_avg",))
    if date is None or not (mean or (high and low)):
        return None
    values = table[mean] if mean else (table[high] + table[low]) / 2
    series = pd.Series(pd.to_numeric(values, errors="coerce").to_numpy(float), index=_days(list(table[date])))
    return series[~series.index.duplicated() & series.index.notna()]
