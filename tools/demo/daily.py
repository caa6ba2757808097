"""Rows of the two daily tables that carry every metering point: energy_day and register_day."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import Array
from tools.demo.metering import DARK, ESTIMATED, LATE, MISSING, MODULUS, NORMAL, MonthReadings
from tools.demo.window import DAYS, START

_FIRST = f"DATE '{START.isoformat()}'"
REGISTER_NORMAL, REGISTER_MISSING, REGISTER_DARK, REGISTER_LATE = range(4)


def energy_columns(readings: MonthReadings, order: Array) -> dict[str, Array]:
    """Raw rows of energy_day in the order of customer numbers; −1 stands for a missing value."""
    shown = readings.active[order]
    quality = readings.quality[order][shown]
    empty = (quality == MISSING) | (quality == DARK)
    days = np.arange(readings.month.first, readings.month.end, dtype=np.int32)
    return {
        "idx": np.repeat(order.astype(np.int32), readings.month.days)[shown.ravel()],
        "day": np.broadcast_to(days, shown.shape)[shown],
        "fwd": np.where(empty, -1, readings.total[order][shown]).astype(np.int32),
        "rev": np.where(empty, -1, readings.reverse[order][shown]).astype(np.int32),
        "quality": quality,
    }


ENERGY_SELECT = f"""
SELECT d.mp_no, d.cons_no, d.tg_no, d.org_code, {_FIRST} + r.day AS date,
       CASE WHEN fwd >= 0 THEN CAST(CAST(fwd AS DECIMAL(9,0)) * 0.01 AS DECIMAL(9,2)) END AS fwd_kwh,
       CASE WHEN rev >= 0 THEN CAST(CAST(rev AS DECIMAL(9,0)) * 0.01 AS DECIMAL(9,2)) END AS rev_kwh,
       CASE quality WHEN 0 THEN '正常' WHEN 1 THEN '估算' WHEN 2 THEN '缺失' WHEN 3 THEN '停电'
       ELSE '补采' END AS quality
FROM rows r JOIN names d USING (idx)
"""


def register_columns(readings: MonthReadings, open_day: Array, close_day: Array, order: Array) -> dict[str, Array]:
    """Raw rows of register_day: readings at 0:00 of the days of the month, and of the day after the window."""
    month = readings.month
    extra = 1 if month.end == DAYS else 0
    days = np.arange(month.first, month.end + extra, dtype=np.int32)
    shown = (days >= open_day[order, None]) & (days <= close_day[order, None])
    quality = readings.quality[order]
    before = np.concatenate([np.full((len(order), 1), NORMAL, np.uint8), quality[:, :-1]], axis=1)
    flag = np.full(quality.shape, REGISTER_NORMAL, dtype=np.uint8)
    flag[before == LATE] = REGISTER_LATE
    flag[quality == DARK] = REGISTER_DARK
    flag[(before == ESTIMATED) | ((before == MISSING) & (quality == MISSING))] = REGISTER_MISSING
    if extra:
        flag = np.concatenate([flag, np.full((len(order), 1), REGISTER_NORMAL, np.uint8)], axis=1)
    values = readings.register[:, order, : len(days)]
    total = values[:3].sum(axis=0) % MODULUS
    parts = values % MODULUS
    columns = {
        "idx": np.repeat(order.astype(np.int32), len(days))[shown.ravel()],
        "day": np.broadcast_to(days, shown.shape)[shown],
        "total": total[shown].astype(np.int32),
        "quality": flag[shown],
    }
    for number, name in enumerate(("peak", "flat", "valley", "reverse")):
        columns[name] = parts[number][shown].astype(np.int32)
    return columns


def _reading(name: str) -> str:
    value = f"CAST(CAST({name} AS DECIMAL(9,0)) * 0.01 AS DECIMAL(9,2))"
    return f"CASE WHEN quality <> {REGISTER_MISSING} THEN {value} END"


REGISTER_SELECT = f"""
SELECT d.mp_no, {_FIRST} + r.day AS date, {_reading("total")} AS r_total, {_reading("peak")} AS r_peak,
       {_reading("flat")} AS r_flat, {_reading("valley")} AS r_valley, {_reading("reverse")} AS rev_total,
       CASE quality WHEN 0 THEN '正常' WHEN 1 THEN '缺失' WHEN 2 THEN '停电' ELSE '补采' END AS quality
FROM rows r JOIN names d USING (idx)
"""
