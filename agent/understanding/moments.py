"""Moments: what relative words are relative to, what a period reading found, and the pieces all readers share."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from agent.understanding.normal import number
from core.domain.period import Period, month_end, shift_months


@dataclass(frozen=True)
class Clock:
    """What relative words are relative to: the business day, and the year of the conversation if it is not this one."""

    today: date
    year: int | None = None
    base: Period | None = None
    ahead: bool = False
    data_until: date | None = None

    @property
    def closed(self) -> Period:
        """The last closed month; not later than the data reach, where that is known."""
        last = shift_months(self.today.replace(day=1), -1)
        if self.data_until and self.data_until < month_end(last):
            whole = self.data_until == month_end(self.data_until)
            last = self.data_until.replace(day=1) if whole else shift_months(self.data_until.replace(day=1), -1)
        return Period.month(last.year, last.month)


@dataclass(frozen=True)
class Mention:
    """One period found in a text: where, which, and what had to be assumed or asked."""

    start: int = 0
    end: int = 0
    period: Period | None = None
    note: str = ""
    problem: str = ""
    kind: Literal["plain", "until", "same", "vague"] = "plain"


Reader = Callable[[re.Match[str], Clock], Mention | None]
YEAR = (
    r"(?:\d{4}年?|\d{2}年|[二两][〇零一二三四五六七八九]{3}年?|[二三][〇零一二三四五六七八九]年|"
    r"今年|本年度?|当年|去年|上一?年度?|前年|大前年|明年|来年|后年)"
)
_OFFSETS = {"今": 0, "本": 0, "当": 0, "去": -1, "上": -1, "前": -2, "大": -3, "明": 1, "来": 1, "后": 2}


def read_year(token: str | None, clock: Clock) -> int | None:
    """The year that a token names; None for no token or a two-digit year outside 2000–2079."""
    if not token:
        return None
    if token[0] in _OFFSETS:
        return clock.today.year + _OFFSETS[token[0]]
    value = number(token.rstrip("年"))
    if value is not None and 15 <= value < 80:
        value += 2000
    return value if value is not None and 1990 <= value <= 2100 else None


def read_month(year: str | None, month: str, clock: Clock) -> Mention | None:
    value = number(month)
    if value is None:
        return None
    if not 1 <= value <= 12:
        return Mention(problem=f"没有{value}月，请问您要看哪个月？")
    named = read_year(year, clock)
    if year and named is None:
        return None
    if named is not None:
        return Mention(period=Period.month(named, value))
    guess = clock.year or (clock.today.year if value <= clock.today.month else clock.today.year - 1)
    if clock.ahead and Period.month(guess, value).end < clock.closed.end and value != clock.closed.start.month:
        guess += 1
    return Mention(period=Period.month(guess, value), note=f"年份未指明，按{guess}年{value}月")


def read_day(year: str | None, month: str, day: str, clock: Clock) -> Mention | None:
    base = read_month(year, month, clock)
    value = number(day)
    if base is None or base.period is None or value is None:
        return base
    first = base.period.start
    if not 1 <= value <= calendar.monthrange(first.year, first.month)[1]:
        return Mention(problem=f"{first.year}年{first.month}月没有{value}日，请问您要看哪一天？")
    note = base.note
    here = first.replace(day=value)
    if not year and here > clock.today:
        here = date(here.year - 1, here.month, min(value, calendar.monthrange(here.year - 1, here.month)[1]))
        note = f"年份未指明，按{here.year}年{here.month}月{here.day}日"
    return Mention(period=Period.day(here), note=note)


def join(left: Mention | None, right: Mention | None) -> Mention | None:
    if left is None or right is None:
        return None
    if left.problem or right.problem:
        return left if left.problem else right
    if left.period is None or right.period is None:
        return None
    start, end = left.period.start, right.period.end
    if end < start:
        return Mention(problem="起止时间前后颠倒了，请问您要看哪一段时间？")
    return Mention(period=Period(start=start, end=end, grain="range"), note=right.note or left.note)


def quarter_of(day: date, shift: int) -> Period:
    first = shift_months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3 * shift)
    return Period.quarter(first.year, (first.month - 1) // 3 + 1)
