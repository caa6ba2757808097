"""Readers of calendar words: months, days, quarters, halves, years and the ranges between them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from agent.understanding.moments import Clock, Mention, join, read_day, read_month, read_year
from agent.understanding.normal import number
from agent.understanding.period_spans import trailing
from core.domain.period import Period, month_end, shift_months


def read_iso_day(match: re.Match[str], clock: Clock) -> Mention | None:
    return read_day(match["y"], match["m"], match["d"], clock)


def read_iso_month(match: re.Match[str], clock: Clock) -> Mention | None:
    return read_month(match["y"], match["m"], clock)


def read_month_range(match: re.Match[str], clock: Clock) -> Mention | None:
    if match["y2"] in {"次年", "翌年", "第二年"}:
        return read_over_new_year(match, clock)
    right = read_month(match["y2"] or match["y"], match["m2"], clock)
    if right is None or right.period is None:
        return right
    first = number(match["m"])
    left_year = match["y"]
    if not left_year:
        wraps = first is not None and first > right.period.start.month
        left_year = f"{right.period.start.year - wraps}年"
    elif not match["y2"] and first is not None and first > right.period.start.month:
        right = Mention(period=Period.month(right.period.start.year + 1, right.period.start.month))
    joined = join(read_month(left_year, match["m"], clock), right)
    if joined and joined.period and joined.note:
        joined = replace(joined, note=f"年份未指明，按{joined.period.label}")
    return joined


def read_month_list(match: re.Match[str], clock: Clock) -> Mention | None:
    """七八九三个月: adjoining months named one by one, as many as are counted."""
    months = [number(word) for word in re.findall(r"\d+|十[一二]?|[一二三四五六七八九十]", match["list"])]
    first, last = months[0], months[-1]
    counted = number(match["n"]) if match["n"] else len(months)
    if len(months) != counted or first is None or months != list(range(first, first + len(months))):
        return None
    return join(read_month(match["y"], str(first), clock), read_month(match["y"], str(last), clock))


def read_over_new_year(match: re.Match[str], clock: Clock) -> Mention | None:
    left = read_month(match["y"], match["m"], clock)
    if left is None or left.period is None:
        return left
    right = read_month(f"{left.period.start.year + 1}年", match["m2"], clock)
    if not match["y"] and right and right.period and right.period.start > clock.today:
        left = read_month(f"{left.period.start.year - 1}年", match["m"], clock)
        right = read_month(f"{right.period.start.year - 1}年", match["m2"], clock)
    joined = join(left, right)
    return (
        replace(joined, note=f"年份未指明，按{joined.period.label}")
        if joined and joined.period and not match["y"]
        else joined
    )


def read_since(match: re.Match[str], clock: Clock) -> Mention | None:
    left = read_month(match["y"], match["m"], clock)
    if left is None or left.period is None:
        return left
    end = clock.closed.end if left.period.start <= clock.closed.start else month_end(clock.today)
    if end < left.period.start:
        return left
    period = Period(start=left.period.start, end=end, grain="range")
    return Mention(period=period, note=f"「至今」按{period.label}")


def read_day_range(match: re.Match[str], clock: Clock) -> Mention | None:
    left = read_day(match["y"], match["m"], match["d"], clock)
    year = match["y"]
    if not year and left and left.period:
        year = f"{left.period.start.year}年"
    return join(left, read_day(year, match["m2"] or match["m"], match["d2"], clock))


def read_iso_range(match: re.Match[str], clock: Clock) -> Mention | None:
    try:
        left, right = Period.parse(match["a"].replace("/", "-")), Period.parse(match["b"].replace("/", "-"))
    except ValueError:
        return Mention(problem="起止日期写得不对，请写成 2026-10-01 到 2026-10-15 的样子。")
    return join(Mention(period=left), Mention(period=right))


def read_third(match: re.Match[str], clock: Clock) -> Mention | None:
    base = read_month(match["y"], match["m"], clock)
    if base is None or base.period is None:
        return base
    first = base.period.start
    spans = {"上": (1, 10), "中": (11, 20), "下": (21, base.period.end.day)}
    left, right = spans[match["part"][0]]
    return Mention(
        period=Period(start=first.replace(day=left), end=first.replace(day=right), grain="range"), note=base.note
    )


def read_fortnight(match: re.Match[str], clock: Clock) -> Mention | None:
    """10月上半月: the first fifteen days, or what follows them."""
    base = read_month(match["y"], match["m"], clock)
    if base is None or base.period is None:
        return base
    first, last = base.period.start, base.period.end
    early = match["part"] in "前上"
    start, end = (first, first.replace(day=15)) if early else (first.replace(day=16), last)
    return Mention(period=Period(start=start, end=end, grain="range"), note=base.note)


def read_bare_third(match: re.Match[str], clock: Clock) -> Mention | None:
    left, right = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}[match["part"]]
    base = clock.today.replace(day=1) if clock.today.day >= left else shift_months(clock.today.replace(day=1), -1)
    period = Period(
        start=base.replace(day=left),
        end=min(base.replace(day=1) + timedelta(days=right - 1), month_end(base)),
        grain="range",
    )
    return Mention(period=period, note=f"按{period.label}")


def read_week_of(match: re.Match[str], clock: Clock) -> Mention | None:
    base, count = read_month(match["y"], match["m"], clock), number(match["n"])
    if base is None or base.period is None or count is None:
        return base
    period = Period.week(base.period.start + timedelta(days=7 * (count - 1)))
    return Mention(period=period, note=f"「第{match['n']}周」按{period.label}")


def read_week(match: re.Match[str], clock: Clock) -> Mention | None:
    """2026年第43周: the ISO week."""
    year, count = read_year(match["y"], clock) or clock.today.year, number(match["n"])
    if count is None or not 1 <= count <= 53:
        return Mention(problem=f"一年没有第{match['n']}周，请问您要看哪一周？")
    period = Period.week(date.fromisocalendar(year, min(count, 52), 1))
    return Mention(period=period, note=f"「第{count}周」按{period.label}")


def read_year_end(match: re.Match[str], clock: Clock) -> Mention | None:
    year = read_year(match["y"], clock)
    guess = year if year is not None else clock.today.year - (not clock.ahead and clock.today.month < 12)
    return Mention(period=Period.month(guess, 12), note="" if year is not None else f"「年底」按{guess}年12月")


def read_quarter(match: re.Match[str], clock: Clock) -> Mention | None:
    value = number(match["q"])
    if value is None:
        return None
    if not 1 <= value <= 4:
        return Mention(problem=f"没有第{value}季度，请问您要看哪个季度？")
    year = read_year(match["y"], clock)
    if year is not None:
        return Mention(period=Period.quarter(year, value))
    guess = clock.year or clock.today.year
    if Period.quarter(guess, value).start > clock.today:
        guess -= 1
    return Mention(period=Period.quarter(guess, value), note=f"年份未指明，按{Period.quarter(guess, value).label}")


def read_half(match: re.Match[str], clock: Clock) -> Mention | None:
    year = read_year(match["y"], clock)
    guess = year if year is not None else clock.year or clock.today.year
    first = 1 if match["h"] == "上" else 7
    if year is None and date(guess, first, 1) > clock.today:
        guess -= 1
    period = Period(start=date(guess, first, 1), end=month_end(date(guess, first + 5, 1)), grain="range")
    return Mention(period=period, note="" if year is not None else f"年份未指明，按{period.label}")


def read_whole_year(match: re.Match[str], clock: Clock) -> Mention | None:
    year = read_year(match["y"], clock)
    return Mention(period=Period.year(year)) if year is not None else None


def read_ytd(match: re.Match[str], clock: Clock) -> Mention | None:
    return Mention(period=Period.year(clock.today.year), kind="plain")


def read_first_months(match: re.Match[str], clock: Clock) -> Mention | None:
    count = number(match["n"])
    year = read_year(match["y"], clock)
    if count is None:
        return None
    guess = year if year is not None else clock.today.year
    if not 1 <= count <= 12:
        return Mention(problem=f"一年没有{count}个月，请问您要看哪一段时间？")
    if year is None and count > clock.closed.start.month:
        return trailing(count, "月", clock)
    period = Period(start=date(guess, 1, 1), end=month_end(date(guess, count, 1)), grain="range")
    return Mention(period=period, note="" if year is not None else f"年份未指明，按{period.label}")


def read_first_quarters(match: re.Match[str], clock: Clock) -> Mention | None:
    count, year = number(match["n"]), read_year(match["y"], clock)
    if count is None:
        return None
    guess = year if year is not None else clock.today.year
    if year is None and date(guess, count * 3, 1) > clock.today:
        guess -= 1
    period = Period(start=date(guess, 1, 1), end=month_end(date(guess, count * 3, 1)), grain="range")
    return Mention(period=period, note="" if year is not None else f"年份未指明，按{period.label}")
