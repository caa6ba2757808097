"""Statistical periods (统计期) and the periods they are compared with."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

Grain = Literal["day", "week", "month", "quarter", "year", "range"]


def month_end(day: date) -> date:
    """Last day of the month that contains `day`."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def shift_months(day: date, months: int) -> date:
    """`day` moved by whole months; a day past the target month's end becomes that end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


class Period(BaseModel):
    """A closed range of days [start, end] with the grain that people name it by."""

    model_config = ConfigDict(frozen=True)

    start: date
    end: date
    grain: Grain = "month"

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.end < self.start:
            raise ValueError(f"统计期的止日 {self.end} 早于起日 {self.start}")
        return self

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        first = date(year, month, 1)
        return cls(start=first, end=month_end(first), grain="month")

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        first = date(year, quarter * 3 - 2, 1)
        return cls(start=first, end=month_end(shift_months(first, 2)), grain="quarter")

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(start=date(year, 1, 1), end=date(year, 12, 31), grain="year")

    @classmethod
    def day(cls, day: date) -> Period:
        return cls(start=day, end=day, grain="day")

    @classmethod
    def week(cls, day: date) -> Period:
        """The Monday-to-Sunday week that contains `day`."""
        monday = day - timedelta(days=day.weekday())
        return cls(start=monday, end=monday + timedelta(days=6), grain="week")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026-10`, `2026-Q3`, `2026`, `2026-10-05`, `2026-W41` or `2026-10-01..2026-10-15`.

        Raises ValueError with a Chinese sentence when the text is none of these.
        """
        text = text.strip()
        try:
            if ".." in text:
                left, right = text.split("..", 1)
                return cls(start=date.fromisoformat(left), end=date.fromisoformat(right), grain="range")
            if "-Q" in text:
                year, quarter = text.split("-Q", 1)
                return cls.quarter(int(year), int(quarter))
            if "-W" in text:
                year, week = text.split("-W", 1)
                return cls.week(date.fromisocalendar(int(year), int(week), 1))
            parts = [int(part) for part in text.split("-")]
            if len(parts) == 1:
                return cls.year(parts[0])
            if len(parts) == 2:
                return cls.month(*parts)
            return cls.day(date(*parts))
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"看不懂统计期「{text}」，请写成 2026-10、2026-Q3、2026、2026-10-05 或 起日..止日"
            ) from error

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def code(self) -> str:
        """The short form that `parse` reads back."""
        match self.grain:
            case "month":
                return f"{self.start:%Y-%m}"
            case "quarter":
                return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
            case "year":
                return f"{self.start.year}"
            case "day":
                return self.start.isoformat()
            case "week":
                iso = self.start.isocalendar()
                return f"{iso.year}-W{iso.week:02d}"
            case _:
                return f"{self.start.isoformat()}..{self.end.isoformat()}"

    @property
    def label(self) -> str:
        """Chinese name per domain.md §3.2, e.g. `2026年10月`, `2026年1—10月`."""
        start, end = self.start, self.end
        match self.grain:
            case "month":
                return f"{start.year}年{start.month}月"
            case "quarter":
                return f"{start.year}年第{'一二三四'[(start.month - 1) // 3]}季度"
            case "year":
                return f"{start.year}年"
            case "day":
                return f"{start.year}年{start.month}月{start.day}日"
        whole = start.day == 1 and end == month_end(end)
        if whole and start.year == end.year:
            if start.month == end.month:
                return f"{start.year}年{start.month}月"
            return f"{start.year}年{start.month}—{end.month}月"
        if whole:
            return f"{start.year}年{start.month}月—{end.year}年{end.month}月"
        if start.year == end.year and start.month == end.month:
            return f"{start.year}年{start.month}月{start.day}日—{end.day}日"
        right = f"{end.month}月{end.day}日" if start.year == end.year else f"{end.year}年{end.month}月{end.day}日"
        return f"{start.year}年{start.month}月{start.day}日—{right}"

    @property
    def whole_months(self) -> bool:
        """Whether the period is made of whole calendar months."""
        return self.start.day == 1 and self.end == month_end(self.end)

    def yoy(self) -> Period:
        """The same period one year before (去年同期)."""
        return self._moved(-12)

    def mom(self) -> Period:
        """The adjoining earlier period of the same length (上期): previous month, quarter, week, day."""
        if self.grain in {"day", "week"} or not self.whole_months:
            span = timedelta(days=self.days)
            return Period(start=self.start - span, end=self.end - span, grain=self.grain)
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        return self._moved(-months)

    def ytd(self) -> Period:
        """From 1 January of the period's last year to its end (年累计)."""
        return Period(start=date(self.end.year, 1, 1), end=self.end, grain="range")

    def months(self) -> list[Period]:
        """The calendar months that the period touches, in order."""
        first = self.start.replace(day=1)
        out: list[Period] = []
        while first <= self.end:
            out.append(Period.month(first.year, first.month))
            first = shift_months(first, 1)
        return out

    def trailing_months(self, count: int) -> list[Period]:
        """The `count` months that end with the period's last month, oldest first."""
        last = self.end.replace(day=1)
        firsts = [shift_months(last, -back) for back in range(count - 1, -1, -1)]
        return [Period.month(first.year, first.month) for first in firsts]

    def fitting(self, grains: Sequence[str]) -> Period | None:
        """The same days under one of these grains: a range of Monday to Sunday is a week; None where none fits."""
        if self.grain in grains:
            return self
        quarter = (self.start.month + 2) // 3
        named = {
            "week": Period.week(self.start),
            "month": Period.month(self.start.year, self.start.month),
            "quarter": Period.quarter(self.start.year, quarter),
            "year": Period.year(self.start.year),
            "range": Period(start=self.start, end=self.end, grain="range"),
        }
        same = (named[grain] for grain in grains if grain in named)
        return next((found for found in same if (found.start, found.end) == (self.start, self.end)), None)

    def last_month(self) -> Period:
        """The last whole calendar month that has ended by the period's end."""
        first = self.end.replace(day=1)
        last = first if self.end == month_end(self.end) else shift_months(first, -1)
        return Period.month(last.year, last.month)

    def _moved(self, months: int) -> Period:
        start = shift_months(self.start, months)
        at_end = self.end == month_end(self.end)
        end = shift_months(self.end.replace(day=1), months)
        end = month_end(end) if at_end else shift_months(self.end, months)
        return Period(start=start, end=end, grain=self.grain)
