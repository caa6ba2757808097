"""The calendar: working days, weekends, statutory holidays and the days around the Spring Festival."""

from __future__ import annotations

from datetime import date

import numpy as np

from tools.demo.arrays import Array
from tools.demo.shapes import GROUPS
from tools.demo.window import DAYS, as_date

WORKDAY, WEEKEND, HOLIDAY = 0, 1, 2
FESTIVALS = (date(2025, 1, 29), date(2026, 2, 17))
"""First day of the lunar year, inside the window."""


def day_kinds() -> Array:
    """Kind of each day of the window; a make-up working day is a working day."""
    import chinese_calendar

    kinds = np.zeros(DAYS, dtype=np.int8)
    for number in range(DAYS):
        today = as_date(number)
        free, name = chinese_calendar.get_holiday_detail(today)
        if free:
            kinds[number] = HOLIDAY if name else WEEKEND
    return kinds


def festival_strength() -> tuple[Array, Array]:
    """How strongly each day belongs to the Spring Festival (0…1): for enterprises, for residents."""
    work = np.zeros(DAYS)
    home = np.zeros(DAYS)
    for first in FESTIVALS:
        for number in range(DAYS):
            k = (as_date(number) - first).days
            work[number] = max(work[number], float(np.interp(k, (-16, -3, -1, 6, 8, 17), (0, 0.45, 1, 1, 0.6, 0))))
            home[number] = max(home[number], float(np.interp(k, (-8, -2, 0, 7, 16), (0, 0.8, 1, 1, 0))))
    return work, home


def day_factors(kinds: Array) -> Array:
    """Calendar factor of every load group on every day, without weather: group × day."""
    work, home = festival_strength()
    out = np.ones((len(GROUPS), DAYS))
    for number, group in enumerate(GROUPS):
        by_kind = np.array([1.0, group.weekend, group.holiday])[kinds]
        if group.festival < 0:
            # The festival replaces the ordinary weekend and holiday dip instead of adding to it.
            out[number] = by_kind * (1 - work) + np.minimum(by_kind, 1 + group.festival) * work
        else:
            out[number] = by_kind * (1 + group.festival * home)
    return out
