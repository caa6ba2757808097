"""Readers of relative words: 近三个月, 上周, 昨天, 未来半年, and of named holidays and seasons."""

from __future__ import annotations

import re
from datetime import timedelta

from agent.understanding.holidays import SEASONS, holiday, season
from agent.understanding.moments import Clock, Mention, quarter_of, read_day, read_year
from agent.understanding.normal import number
from core.domain.period import Period, month_end, shift_months


def read_month_so_far(match: re.Match[str], clock: Clock) -> Mention | None:
    period = Period(start=clock.today.replace(day=1), end=clock.today, grain="range")
    return Mention(period=period, note=f"按{period.label}")


def read_ago(match: re.Match[str], clock: Clock) -> Mention | None:
    count = number(match["n"])
    if count is None or count > 1200:
        return None
    unit = match["u"].lstrip("个")[0]
    if unit == "天":
        return Mention(period=Period.day(clock.today - timedelta(days=count)))
    if unit == "周":
        return Mention(period=Period.week(clock.today - timedelta(days=7 * count)))
    if unit == "季":
        return Mention(period=quarter_of(clock.today, -count))
    if unit == "年":
        return Mention(period=Period.year(clock.today.year - count))
    first = shift_months(clock.today.replace(day=1), -count)
    return Mention(period=Period.month(first.year, first.month))


def trailing(count: int, unit: str, clock: Clock) -> Mention | None:
    today = clock.today
    if not 1 <= count <= 1200:
        return Mention(problem="时间跨度不对，请问您要看最近多久？")
    if unit in {"年", "月", "季"}:
        months = count * {"年": 12, "月": 1, "季": 3}[unit]
        end = clock.closed.end
        if unit == "季":
            end = quarter_of(today, -1).end
        start = shift_months(end.replace(day=1), 1 - months)
        period = Period.month(end.year, end.month) if months == 1 else Period(start=start, end=end, grain="range")
        return Mention(
            period=period,
            note=f"「近{count}{ {'月': '个月', '季': '个季度'}.get(unit, unit) }」按已结束的{period.label}",
        )
    if unit == "周":
        end = Period.week(today).start - timedelta(days=1)
        period = Period(start=end - timedelta(days=7 * count - 1), end=end, grain="week" if count == 1 else "range")
        return Mention(period=period, note=f"「近{count}周」按已结束的{period.label}")
    end = today - timedelta(days=1)
    period = Period(start=end - timedelta(days=count - 1), end=end, grain="day" if count == 1 else "range")
    return Mention(period=period, note=f"「近{count}天」按截至昨日的{period.label}")


def read_recent(match: re.Match[str], clock: Clock) -> Mention | None:
    text = match["n"]
    count = 3 if text in {"几", "数", "这几"} else 1 if text in {"", None} else number(text)
    if text and text.startswith("半"):
        return trailing(6, "月", clock) if match["u"].startswith("年") else trailing(15, "天", clock)
    if count is None:
        return None
    unit = {"星": "周", "礼": "周", "日": "天", "个": "月"}.get(match["u"].lstrip("个")[0], match["u"].lstrip("个")[0])
    return trailing(count, unit, clock)


def read_future(match: re.Match[str], clock: Clock) -> Mention | None:
    count = 3 if match["n"] in {"几", "数", None, ""} else 6 if match["n"] == "半" else number(match["n"])
    if not count or count > 60:
        return None
    months = count * {"年": 12, "季": 3}.get(match["u"].lstrip("个")[0], 1) if match["n"] != "半" else 6
    first = shift_months(clock.closed.start, 1)
    last = shift_months(first, months - 1)
    return Mention(period=Period(start=first, end=month_end(last), grain="month" if months == 1 else "range"))


def read_relative(match: re.Match[str], clock: Clock) -> Mention | None:
    word, unit = match["w"], match["u"]
    shift = -word.count("上") + word.count("下")
    if word.startswith("前"):
        shift = -1 if "一" in word else -2
    if unit.startswith("月"):
        first = shift_months(clock.today.replace(day=1), shift)
        period = Period.month(first.year, first.month)
        note = f"本月尚未结束，{period.label}数据为截至目前" if shift == 0 else ""
        return Mention(period=period, note=note)
    if unit.startswith("季"):
        period = quarter_of(clock.today, shift)
        return Mention(period=period, note="" if shift else f"本季度尚未结束，{period.label}数据为截至目前")
    period = Period.week(clock.today + timedelta(days=7 * shift))
    return Mention(period=period, note="" if shift else f"本周尚未结束，{period.label}数据为截至目前")


def read_near_day(match: re.Match[str], clock: Clock) -> Mention | None:
    shift = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}[match["w"]]
    return Mention(period=Period.day(clock.today + timedelta(days=shift)))


def read_holiday(match: re.Match[str], clock: Clock) -> Mention | None:
    year = read_year(match["y"], clock)
    guess = year if year is not None else clock.year or clock.today.year
    name = match["h"]
    period = season(name, guess) if name in SEASONS else holiday(name, guess)
    if period and year is None and period.start > clock.today:
        period = season(name, guess - 1) if name in SEASONS else holiday(name, guess - 1)
    if period is None:
        return Mention(problem=f"还不知道这一年{name}的放假日期，请直接写起止日期。")
    if match["whole"]:
        period = Period.month(period.end.year, period.end.month)
    return Mention(period=period, note=f"「{name}」按{period.label}")


def read_singles_day(match: re.Match[str], clock: Clock) -> Mention | None:
    return read_day(match["y"], "11", "11", clock)


def read_same(match: re.Match[str], clock: Clock) -> Mention | None:
    return Mention(kind="same")
