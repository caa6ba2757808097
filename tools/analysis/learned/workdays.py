"""Days off and the weeks around the Spring Festival, from the published calendar; beyond it, weekends."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

SLOW_BEFORE, SLOW_AFTER = 14, 20
"""Works close about two weeks before the festival and are back about three weeks after it."""


def days_off(days: pd.DatetimeIndex) -> np.ndarray:
    """True where people are off: weekends and holidays, make-up working days excepted."""
    import chinese_calendar

    out = np.empty(len(days), dtype=bool)
    for at, day in enumerate(days.date):
        try:
            out[at] = not chinese_calendar.is_workday(day)
        except NotImplementedError:
            out[at] = day.weekday() >= 5
    return out


def festivals(first: date, last: date) -> list[date]:
    """First day of the Spring Festival holiday of each year in the calendar that touches the range."""
    import chinese_calendar

    found: list[date] = []
    for year in range(first.year - 1, last.year + 2):
        for offset in range(80):
            day = date(year, 1, 1) + timedelta(days=offset)
            try:
                off, name = chinese_calendar.get_holiday_detail(day)
            except NotImplementedError:
                break
            if off and name == "Spring Festival":
                found.append(day)
                break
    return found


def slow_weeks(days: pd.DatetimeIndex) -> np.ndarray:
    """True within the slow weeks around a Spring Festival."""
    out = np.zeros(len(days), dtype=bool)
    for day in festivals(days[0].date(), days[-1].date()):
        gap = (days - pd.Timestamp(day)).days
        out |= np.asarray((gap >= -SLOW_BEFORE) & (gap <= SLOW_AFTER))
    return out
