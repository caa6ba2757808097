"""Features of a customer as of day T from its daily readings; nothing after T is read.

Levels are relative to the mean of the last 90 days, so that a workshop and a smelter are comparable. Whole numbers
after a name are days. `ly_*` compares with the same days one year before and is NaN where the table is too short.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from tools.analysis.learned.readings import FLOOR, Readings
from tools.analysis.learned.workdays import days_off, festivals, slow_weeks

SHORTEST = 60
"""A snapshot needs at least this many days before it in the table."""
BASE = 90
YEAR = 365
HALF_YEAR = 26
"""Weeks."""
LOW = 0.1
"""Below this share of the usual level a day counts as standing still."""
EPS = 1e-9
COLD, MILD, HOT = (12, 1, 2), (4, 5, 10, 11), (7, 8)
COLD_BELOW, MILD_FROM, MILD_TO, HOT_ABOVE = 8.0, 14.0, 22.0, 26.0


def features(readings: Readings, at: np.ndarray, t: int) -> pd.DataFrame:
    """One row per customer of `at` (row numbers of the matrix), as of day number `t`."""
    days = readings.days[: t + 1]
    everyone = _clean(readings.kwh[:, max(0, t - BASE + 1) : t + 1])
    x = _clean(readings.kwh[at, : t + 1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        temperature = None if readings.temperature is None else readings.temperature[: t + 1]
        out = {**_levels(x, everyone), **_rhythm(x, days), **_memory(x), **_trend(x), **_season(x, days, temperature)}
    out["month"] = np.full(len(at), float(days[-1].month))
    out["day_number"] = np.full(len(at), float(days[-1].toordinal()))
    return pd.DataFrame(out).replace([np.inf, -np.inf], np.nan).clip(-1e6, 1e6)


def _clean(kwh: np.ndarray) -> np.ndarray:
    """The floor is no use; a gap repeats the last reading before it (the past only)."""
    x = np.where(kwh <= FLOOR, 0.0, kwh)
    if np.isnan(x).any():
        x = pd.DataFrame(x.T).ffill().to_numpy().T
    return x


def _last(x: np.ndarray, a: int, b: int) -> np.ndarray:
    """Days T-b+1 … T-a."""
    end = x.shape[1] - a
    return x[:, max(0, end - (b - a)) : max(0, end)]


def _mean(x: np.ndarray) -> np.ndarray:
    out: np.ndarray = np.nanmean(x, axis=1) if x.shape[1] else np.full(len(x), np.nan)
    return out


def _run(flags: np.ndarray) -> np.ndarray:
    """Length of the run of True that ends today."""
    back = flags[:, ::-1]
    out: np.ndarray = np.where(back.all(axis=1), back.shape[1], np.argmin(back, axis=1)).astype(float)
    return out


def _levels(x: np.ndarray, everyone: np.ndarray) -> dict[str, np.ndarray]:
    base = _mean(_last(x, 0, BASE))
    usual = np.nanmedian(_last(x, 0, 180), axis=1)[:, None]
    by = base + EPS
    f = {"log_base": np.log(np.maximum(base, 0) + 1)}
    for w in (3, 7, 14, 30, 60):
        f[f"level_{w}"] = _mean(_last(x, 0, w)) / by
    f["level_30_60"], f["level_60_90"] = _mean(_last(x, 30, 60)) / by, _mean(_last(x, 60, 90)) / by
    f["week_to_month"] = f["level_7"] / (f["level_30"] + EPS)
    f["month_to_month"] = f["level_30"] / (f["level_30_60"] + EPS)
    f["median_to_mean"] = np.nanmedian(_last(x, 0, BASE), axis=1) / by
    for w in (14, 30, 90):
        part = _last(x, 0, w)
        f[f"zero_share_{w}"] = (part <= 0).mean(axis=1)
        f[f"low_share_{w}"] = (part < LOW * usual).mean(axis=1)
        f[f"variation_{w}"] = np.nanstd(part, axis=1) / (_mean(part) + EPS)
    f["zero_share_all"] = (x <= 0).mean(axis=1)
    f["low_run"] = _run((x < LOW * usual) | (x <= 0))
    f["below_base_run"] = _run(x < 0.7 * base[:, None])
    for w in (30, 60, 90):
        part = np.nan_to_num(_last(x, 0, w))
        line = np.arange(part.shape[1]) - (part.shape[1] - 1) / 2
        f[f"slope_{w}"] = (part @ line) / (line @ line) * w / by
    f["day_to_day"] = np.nanmean(np.abs(np.diff(_last(x, 0, 60), axis=1)), axis=1) / by
    f["weekly_echo"] = _echo(np.nan_to_num(_last(x, 0, 60)), 7)
    theirs = np.nanmean(everyone, axis=1)
    active = theirs > 50 * FLOOR
    peer = np.nanmedian(np.nanmean(everyone[active][:, -30:], axis=1) / theirs[active]) if active.any() else 1.0
    f["month_to_peers"] = f["level_30"] - peer
    return f


def _echo(x: np.ndarray, lag: int) -> np.ndarray:
    """Correlation of each series with itself `lag` days before; 0 for a constant one."""
    a, b = x[:, lag:], x[:, :-lag]
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    size = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    out: np.ndarray = np.divide((a * b).sum(axis=1), size, out=np.zeros(len(x)), where=size > 0)
    return out


def _rhythm(x: np.ndarray, days: pd.DatetimeIndex) -> dict[str, np.ndarray]:
    off, slow = days_off(days), slow_weeks(days)
    base = _mean(_last(x, 0, BASE)) + EPS
    f: dict[str, np.ndarray] = {}
    for w in (30, 90):
        part, free = _last(x, 0, w), off[-w:]
        f[f"weekend_{w}"] = _mean(part[:, free]) / (_mean(part[:, ~free]) + EPS)
    f["weekend_change"] = f["weekend_30"] - f["weekend_90"]
    working = np.flatnonzero(~off)
    steady = working[(~slow[working]) & (working >= len(days) - BASE)]
    usual = _mean(x[:, steady]) if len(steady) else _mean(x[:, working])
    for k in (5, 10, 20):
        f[f"workdays_{k}"] = _mean(x[:, working[-k:]]) / (usual + EPS)
    f["worst_workdays"] = np.sort(x[:, working[-20:]], axis=1)[:, :5].mean(axis=1) / (usual + EPS)
    f["workday_base"] = usual / base
    return f


def _memory(x: np.ndarray) -> dict[str, np.ndarray]:
    """How this level compares with all that the customer has done before."""
    n = x.shape[1]
    base = _mean(_last(x, 0, BASE))
    by = base + EPS
    weeks = np.stack([_mean(_last(x, 7 * k, 7 * k + 7)) for k in range(n // 7)], axis=1)
    logs = np.log(weeks + 0.02 * base[:, None] + 1)
    quarter = logs[:, :12]
    steps = np.diff(quarter, axis=1)
    best = np.nanmax([_mean(_last(x, k, k + 30)) for k in range(0, max(1, n - 30), 15)], axis=0)
    sixty = np.nanmin([_mean(_last(x, k, k + 60)) for k in range(0, max(1, n - 60), 10)], axis=0)
    return {
        "to_history": base / (_mean(x) + EPS),
        "to_quarter_before": base / (_mean(_last(x, 90, 180)) + EPS),
        "to_best_month": _mean(_last(x, 0, 30)) / (best + EPS),
        "lowest_60_days": sixty / by,
        "low_weeks": (weeks < 0.3 * base[:, None]).mean(axis=1),
        "week_volatility": np.nanstd(steps, axis=1),
        "week_drop": np.nanmax(steps, axis=1),
        "week_rise": np.nanmax(-steps, axis=1),
        "week_range": np.nanmax(quarter, axis=1) - np.nanmin(quarter, axis=1),
        "week_over_lowest": quarter[:, 0] - np.nanmin(quarter, axis=1),
        "week_under_highest": quarter[:, 0] - np.nanmax(quarter, axis=1),
        "all_volatility": np.nanstd(np.diff(logs, axis=1), axis=1),
        "all_range": np.nanquantile(logs, 0.95, axis=1) - np.nanquantile(logs, 0.05, axis=1),
    }


def _trend(x: np.ndarray) -> dict[str, np.ndarray]:
    """How the weeks of the last half year went: slopes, the one step that divides them best, extremes of its days."""
    base = _mean(_last(x, 0, BASE))
    by = base + EPS
    count = min(HALF_YEAR, x.shape[1] // 7)
    weeks = np.stack([_mean(_last(x, 7 * k, 7 * k + 7)) for k in range(count)], axis=1)
    logs = np.nan_to_num(np.log(weeks + 0.02 * base[:, None] + 1))
    nothing = np.full(len(x), np.nan)
    f: dict[str, np.ndarray] = {}
    for w in (6, 12, HALF_YEAR):
        part = logs[:, :w]
        line = np.arange(part.shape[1]) - (part.shape[1] - 1) / 2
        f[f"weeks_slope_{w}"] = -(part @ line) / (line @ line) if part.shape[1] >= 0.8 * w else nothing
    bend = logs[:, :6].mean(axis=1) - 2 * logs[:, 6:12].mean(axis=1) + logs[:, 12:18].mean(axis=1)
    f["weeks_bend"] = bend if count >= 18 else nothing
    after = np.cumsum(logs, axis=1)
    at = np.arange(2, count - 2)
    step = after[:, at - 1] / at - (after[:, -1:] - after[:, at - 1]) / (count - at)
    gain = step**2 * at * (count - at) / count
    best = gain.argmax(axis=1)[:, None]
    f["step_height"] = np.take_along_axis(step, best, axis=1)[:, 0]
    f["step_weeks_ago"] = at[best[:, 0]].astype(float)
    f["step_clearness"] = np.take_along_axis(gain, best, axis=1)[:, 0] / (logs.var(axis=1) * count + 1e-6)
    f["highest_weeks_ago"] = np.argmax(np.nan_to_num(weeks[:, :13]), axis=1).astype(float)
    f["lowest_day_14"], f["highest_day_14"] = (how(_last(x, 0, 14), axis=1) / by for how in (np.nanmin, np.nanmax))
    low, high = np.nanquantile(_last(x, 0, BASE), [0.1, 0.9], axis=1)
    f["low_day_90"], f["high_day_90"] = low / by, high / by
    return f


def _season(x: np.ndarray, days: pd.DatetimeIndex, temperature: np.ndarray | None) -> dict[str, np.ndarray]:
    nothing = np.full(len(x), np.nan)
    base = _mean(_last(x, 0, BASE))
    t = x.shape[1] - 1

    def year_ago(first: int, last: int) -> np.ndarray:
        start, end = t - YEAR + first, t - YEAR + last + 1
        return _mean(x[:, start:end]) if start >= 0 else nothing

    before, after = year_ago(-BASE + 1, 0), year_ago(31, 90)
    f = {"ly_ahead": after / (base + EPS), "ly_base": base / (before + EPS), "ly_turn": after / (before + EPS)}
    f["ly_month"] = _mean(_last(x, 0, 30)) / (year_ago(-29, 0) + EPS)
    slow = slow_weeks(days)
    month = np.asarray(days.month)
    if temperature is None:
        parts = {name: np.isin(month, months) for name, months in (("cold", COLD), ("mild", MILD), ("hot", HOT))}
    else:
        mild = (temperature >= MILD_FROM) & (temperature <= MILD_TO)
        parts = {"cold": temperature < COLD_BELOW, "mild": mild, "hot": temperature > HOT_ABOVE}
    level = {
        name: _mean(x[:, flags & ~slow]) if (flags & ~slow).sum() >= 8 else nothing for name, flags in parts.items()
    }
    f["cold_to_mild"], f["hot_to_mild"] = level["cold"] / (level["mild"] + EPS), level["hot"] / (level["mild"] + EPS)
    f["mild_to_base"] = level["mild"] / (base + EPS)
    f["festival_depth"], f["festival_return"] = nothing, nothing
    past = [pd.Timestamp(day) for day in festivals(days[0].date(), days[-1].date())]
    seen = [int((day - days[0]).days) for day in past if days[0] <= day <= days[-1]]
    if seen:
        day = seen[-1]
        usual = _mean(x[:, max(0, day - 45) : max(1, day - 21)]) + EPS
        f["festival_depth"] = _mean(x[:, day : min(day + 10, t + 1)]) / usual
        if day + 18 <= t:
            f["festival_return"] = _mean(x[:, day + 18 : min(day + 40, t + 1)]) / usual
    return f
