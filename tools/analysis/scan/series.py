"""Daily or monthly energy of every member as one matrix, with how complete the readings behind each cell are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.domain.period import Period, month_end, shift_months
from knowledge.festivals import SPRING_FESTIVAL, from_spring_festival
from tools.analysis import Bench
from tools.analysis.scan.members import KEY, Level, Members
from tools.fetch import Outcome, Query

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WINDOW = 42
"""Days before the period that tell a member's level: six weeks hold enough days off."""
BACK = 2
"""Days before the period that are judged too, so that a run that began there is seen as one."""
MONTHS = 18
"""Months before the period: the last six have a year-ago month."""
COMPLETE = 0.98
"""A cell with fewer of its readings is unknown; with more, it is scaled to all of them."""
SLOW_BEFORE, SLOW_AFTER = 14, 20
TIME = {"day": "e.date", "month": "DATE_TRUNC('month', e.date)"}
SQL = """
SELECT e.{key} AS member, {time} AS at, SUM(e.fwd_kwh) AS kwh, COUNT(*) AS n, COUNT(e.fwd_kwh) AS seen
FROM energy_day AS e WHERE e.date BETWEEN :first AND :end{large} GROUP BY e.{key}, {time}
"""
LARGE = """ AND e.cons_no IN (SELECT cons_no FROM energy_day WHERE date BETWEEN :first AND :before
GROUP BY cons_no HAVING SUM(fwd_kwh) >= :least)"""


@dataclass(frozen=True)
class Series:
    """`kwh[member, time]` (NaN: not known), `absent` the share of readings that lack; `times` are days or months'
    first days, the last `judged` of them in question. `aligned` holds, for days that touch 春节, the energy of the days
    of last year that lie as far from its 初一."""

    keys: list[str]
    times: list[date]
    kwh: np.ndarray
    absent: np.ndarray
    judged: int
    outcome: Outcome
    params: dict[str, Any]
    aligned: np.ndarray | None = None


def read(bench: Bench, level: Level, known: Members, org: str, period: Period) -> Series | str:
    """The matrix of a level; whole months give months, other periods days. A reason in Chinese when there is none."""
    import numpy as np
    import pandas as pd

    monthly = period.whole_months
    first = shift_months(period.start, -MONTHS) if monthly else period.start - timedelta(days=WINDOW + BACK)
    outcome, params, table = _table(bench, level, known, org, first, period.end, period.start, monthly)
    if table is None:
        return outcome.message or "采集2.0没有这一时段的日电量"
    times = pd.date_range(first, period.end, freq="MS" if monthly else "D")
    kwh, part = _complete(table, times, COMPLETE)
    judged = len(period.months()) if monthly else period.days + BACK
    days = [time.date() for time in times]
    if monthly:
        kwh = kwh / np.array([month_end(day).day for day in days])
    aligned = None
    shift = None if monthly else _festival_shift(days[-judged:])
    if shift is not None:
        back = timedelta(days=shift)
        _, _, before = _table(bench, level, known, org, first - back, period.end - back, period.start - back, False)
        aligned = np.full_like(kwh, np.nan)
        if before is not None:
            aligned = _complete(before.reindex(table.index), times - pd.Timedelta(days=shift), COMPLETE)[0]
    return Series([str(key) for key in table.index], days, kwh, 1 - part, judged, outcome, params, aligned)


def _table(
    bench: Bench, level: Level, known: Members, org: str, first: date, end: date, start: date, monthly: bool
) -> tuple[Outcome, dict[str, Any], pd.DataFrame | None]:
    """Members × (kwh, n, seen) × times as read and put together; None where nothing trustworthy came."""
    import pandas as pd

    grain = "month" if monthly else "day"
    params: dict[str, Any] = {"first": first, "end": end}
    large = ""
    if level == "customer":
        least = bench.catalog.thresholds.number("usage_anomaly.least_customer_day_kwh")
        params |= {"before": start - timedelta(days=1), "least": int(least)}
        large = LARGE
    sql = SQL.format(key=KEY[level], time=TIME[grain], large=large)
    outcome = bench.gate.run(Query("acquisition", sql, params, org, "用电异常筛查", bulk=True))
    if outcome.status != "ok" or outcome.truncated:
        return outcome, params, None
    table = outcome.frame()
    table["member"] = table.member.astype(str)
    if known.of is not None:
        table["member"] = table.member.map(known.of)
    table["at"] = pd.to_datetime(table["at"])
    summed = table.dropna(subset=["member"]).groupby(["member", "at"])[["kwh", "n", "seen"]].sum().astype(float)
    wide: pd.DataFrame = summed.unstack("at")  # type: ignore[assignment]
    return outcome, params, wide


def _complete(table: pd.DataFrame, times: pd.DatetimeIndex, least: float) -> tuple[np.ndarray, np.ndarray]:
    """(energy scaled to all readings, NaN where too many lack; share of readings there are)."""
    import numpy as np
    import pandas as pd

    kwh, n, seen = (pd.DataFrame(table[name]).reindex(columns=times).to_numpy(float) for name in ("kwh", "n", "seen"))
    with np.errstate(invalid="ignore", divide="ignore"):
        part = seen / n
        return np.where(part >= least, kwh / part, np.nan), part


def _festival_shift(days: Sequence[date]) -> int | None:
    """Days between 初一 of this year and of last year where the days touch the weeks around it; None elsewhere."""
    near = next((day for day in days if slow([day])[0]), None)
    if near is None or near.year not in SPRING_FESTIVAL or near.year - 1 not in SPRING_FESTIVAL:
        return None
    return (SPRING_FESTIVAL[near.year] - SPRING_FESTIVAL[near.year - 1]).days


def slow(days: Sequence[date]) -> np.ndarray:
    """Which days lie in the weeks around 春节, when works rest for different times."""
    import numpy as np

    away = [from_spring_festival(day) for day in days]
    return np.array([gap is not None and -SLOW_BEFORE <= gap <= SLOW_AFTER for gap in away], dtype=bool)


def off(days: Sequence[date]) -> np.ndarray:
    """Which days are off work, by the published calendar with its make-up days."""
    import pandas as pd

    from tools.analysis.learned.workdays import days_off

    return days_off(pd.DatetimeIndex(list(days)))
