"""The data window: 26 months, and the arithmetic between dates, day numbers and second numbers.

A *day number* counts from the first day of the window (0 = 2024-09-01); a *second number* counts from its midnight.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

START = date(2024, 9, 1)
END = date(2026, 10, 31)
DAYS = (END - START).days + 1
DAY_SECONDS = 86_400
WINDOW_SECONDS = DAYS * DAY_SECONDS


@dataclass(frozen=True)
class Month:
    """One calendar month of the window."""

    index: int
    ym: str
    first: int
    days: int

    @property
    def last(self) -> int:
        """Day number of the last day."""
        return self.first + self.days - 1

    @property
    def end(self) -> int:
        """Day number of the first day of the next month."""
        return self.first + self.days


def _months() -> tuple[Month, ...]:
    found: list[Month] = []
    cursor = START
    while cursor <= END:
        following = (cursor.replace(day=28) + timedelta(days=4)).replace(day=1)
        found.append(Month(len(found), cursor.strftime("%Y-%m"), (cursor - START).days, (following - cursor).days))
        cursor = following
    return tuple(found)


MONTHS = _months()


def day_number(year: int, month: int, day: int) -> int:
    """Day number of a date."""
    return (date(year, month, day) - START).days


def as_date(day: int) -> date:
    """The date of a day number."""
    return START + timedelta(days=int(day))


def iso(day: int) -> str:
    """A day number as ``2026-10-01``."""
    return as_date(day).isoformat()


def month_of(day: int) -> Month:
    """The month that holds a day number."""
    for month in MONTHS:
        if month.first <= day < month.end:
            return month
    raise ValueError(f"day {day} lies outside the window")


def month(ym: str) -> Month:
    """The month called ``2026-10``."""
    for found in MONTHS:
        if found.ym == ym:
            return found
    raise ValueError(f"{ym} lies outside the window")
