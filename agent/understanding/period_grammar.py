"""The ways people write a period, each as one pattern with the reader of its match.

Patterns are tried in order at every position of the normalised text; the first that reads wins. A reader returns a
`Mention`, or None to let the next pattern try.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from agent.understanding.holidays import NAMES, SEASONS, holiday, season
from agent.understanding.normal import NUM, number
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
YEAR = r"(?:\d{4}年?|\d{2}年|[二两][〇零一二三四五六七八九]{3}年?|[二三][〇零一二三四五六七八九]年|今年|本年度?|当年|去年|上一?年度?|前年|大前年|明年|来年|后年)"
TO = r"(?:月份?底?)?(?:[~\-]+|到|至|直到)"
_OFFSETS = {"今": 0, "本": 0, "当": 0, "去": -1, "上": -1, "前": -2, "大": -3, "明": 1, "来": 1, "后": 2}


def read_year(token: str | None, clock: Clock) -> int | None:
    """The year that a token names; None for no token or a two-digit year outside 2000–2079."""
    if not token:
        return None
    if token[0] in _OFFSETS:
        return clock.today.year + _OFFSETS[token[0]]
    value = number(token.rstrip("年"))
    if value is not None and value < 80:
        value += 2000
    return value if value is not None and 1990 <= value <= 2100 else None


def _month(year: str | None, month: str, clock: Clock) -> Mention | None:
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


def _day(year: str | None, month: str, day: str, clock: Clock) -> Mention | None:
    base = _month(year, month, clock)
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


def _iso_day(match: re.Match[str], clock: Clock) -> Mention | None:
    return _day(match["y"], match["m"], match["d"], clock)


def _iso_month(match: re.Match[str], clock: Clock) -> Mention | None:
    return _month(match["y"], match["m"], clock)


def _join(left: Mention | None, right: Mention | None) -> Mention | None:
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


def _month_range(match: re.Match[str], clock: Clock) -> Mention | None:
    if match["y2"] in {"次年", "翌年", "第二年"}:
        return _over_new_year(match, clock)
    right = _month(match["y2"] or match["y"], match["m2"], clock)
    if right is None or right.period is None:
        return right
    first = number(match["m"])
    left_year = match["y"]
    if not left_year:
        wraps = first is not None and first > right.period.start.month
        left_year = f"{right.period.start.year - wraps}年"
    elif not match["y2"] and first is not None and first > right.period.start.month:
        right = Mention(period=Period.month(right.period.start.year + 1, right.period.start.month))
    joined = _join(_month(left_year, match["m"], clock), right)
    if joined and joined.period and joined.note:
        joined = replace(joined, note=f"年份未指明，按{joined.period.label}")
    return joined


def _over_new_year(match: re.Match[str], clock: Clock) -> Mention | None:
    left = _month(match["y"], match["m"], clock)
    if left is None or left.period is None:
        return left
    right = _month(f"{left.period.start.year + 1}年", match["m2"], clock)
    if not match["y"] and right and right.period and right.period.start > clock.today:
        left = _month(f"{left.period.start.year - 1}年", match["m"], clock)
        right = _month(f"{right.period.start.year - 1}年", match["m2"], clock)
    joined = _join(left, right)
    return replace(joined, note=f"年份未指明，按{joined.period.label}") if joined and joined.period and not match["y"] else joined


def _since(match: re.Match[str], clock: Clock) -> Mention | None:
    left = _month(match["y"], match["m"], clock)
    if left is None or left.period is None:
        return left
    end = clock.closed.end if left.period.start <= clock.closed.start else month_end(clock.today)
    if end < left.period.start:
        return left
    period = Period(start=left.period.start, end=end, grain="range")
    return Mention(period=period, note=f"「至今」按{period.label}")


def _month_so_far(match: re.Match[str], clock: Clock) -> Mention | None:
    period = Period(start=clock.today.replace(day=1), end=clock.today, grain="range")
    return Mention(period=period, note=f"按{period.label}")


def _ago(match: re.Match[str], clock: Clock) -> Mention | None:
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


def _day_range(match: re.Match[str], clock: Clock) -> Mention | None:
    left = _day(match["y"], match["m"], match["d"], clock)
    year = match["y"]
    if not year and left and left.period:
        year = f"{left.period.start.year}年"
    return _join(left, _day(year, match["m2"] or match["m"], match["d2"], clock))


def _iso_range(match: re.Match[str], clock: Clock) -> Mention | None:
    try:
        left, right = Period.parse(match["a"].replace("/", "-")), Period.parse(match["b"].replace("/", "-"))
    except ValueError:
        return Mention(problem="起止日期写得不对，请写成 2026-10-01 到 2026-10-15 的样子。")
    return _join(Mention(period=left), Mention(period=right))


def _third(match: re.Match[str], clock: Clock) -> Mention | None:
    base = _month(match["y"], match["m"], clock)
    if base is None or base.period is None:
        return base
    first = base.period.start
    spans = {"上": (1, 10), "中": (11, 20), "下": (21, base.period.end.day)}
    left, right = spans[match["part"][0]]
    return Mention(period=Period(start=first.replace(day=left), end=first.replace(day=right), grain="range"), note=base.note)


def _week_of(match: re.Match[str], clock: Clock) -> Mention | None:
    base, count = _month(match["y"], match["m"], clock), number(match["n"])
    if base is None or base.period is None or count is None:
        return base
    period = Period.week(base.period.start + timedelta(days=7 * (count - 1)))
    return Mention(period=period, note=f"「第{match['n']}周」按{period.label}")


def _year_end(match: re.Match[str], clock: Clock) -> Mention | None:
    year = read_year(match["y"], clock)
    guess = year if year is not None else clock.today.year - (not clock.ahead and clock.today.month < 12)
    return Mention(period=Period.month(guess, 12), note="" if year is not None else f"「年底」按{guess}年12月")


def _quarter(match: re.Match[str], clock: Clock) -> Mention | None:
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


def _half(match: re.Match[str], clock: Clock) -> Mention | None:
    year = read_year(match["y"], clock)
    guess = year if year is not None else clock.year or clock.today.year
    first = 1 if match["h"] == "上" else 7
    if year is None and date(guess, first, 1) > clock.today:
        guess -= 1
    period = Period(start=date(guess, first, 1), end=month_end(date(guess, first + 5, 1)), grain="range")
    return Mention(period=period, note="" if year is not None else f"年份未指明，按{period.label}")


def _year(match: re.Match[str], clock: Clock) -> Mention | None:
    year = read_year(match["y"], clock)
    return Mention(period=Period.year(year)) if year is not None else None


def _ytd(match: re.Match[str], clock: Clock) -> Mention | None:
    return Mention(period=Period.year(clock.today.year), kind="plain")


def _first_months(match: re.Match[str], clock: Clock) -> Mention | None:
    count = number(match["n"])
    year = read_year(match["y"], clock)
    if count is None:
        return None
    guess = year if year is not None else clock.today.year
    if not 1 <= count <= 12:
        return Mention(problem=f"一年没有{count}个月，请问您要看哪一段时间？")
    if year is None and count > clock.closed.start.month:
        return _trailing(count, "月", clock)
    period = Period(start=date(guess, 1, 1), end=month_end(date(guess, count, 1)), grain="range")
    return Mention(period=period, note="" if year is not None else f"年份未指明，按{period.label}")


def _first_quarters(match: re.Match[str], clock: Clock) -> Mention | None:
    count, year = number(match["n"]), read_year(match["y"], clock)
    if count is None:
        return None
    guess = year if year is not None else clock.today.year
    if year is None and date(guess, count * 3, 1) > clock.today:
        guess -= 1
    period = Period(start=date(guess, 1, 1), end=month_end(date(guess, count * 3, 1)), grain="range")
    return Mention(period=period, note="" if year is not None else f"年份未指明，按{period.label}")


def _trailing(count: int, unit: str, clock: Clock) -> Mention | None:
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
        return Mention(period=period, note=f"「近{count}{ {'月': '个月', '季': '个季度'}.get(unit, unit)}」按已结束的{period.label}")
    if unit == "周":
        end = Period.week(today).start - timedelta(days=1)
        period = Period(start=end - timedelta(days=7 * count - 1), end=end, grain="week" if count == 1 else "range")
        return Mention(period=period, note=f"「近{count}周」按已结束的{period.label}")
    end = today - timedelta(days=1)
    period = Period(start=end - timedelta(days=count - 1), end=end, grain="day" if count == 1 else "range")
    return Mention(period=period, note=f"「近{count}天」按截至昨日的{period.label}")


def _recent(match: re.Match[str], clock: Clock) -> Mention | None:
    text = match["n"]
    count = 3 if text in {"几", "数", "这几"} else 1 if text in {"", None} else number(text)
    if text and text.startswith("半"):
        return _trailing(6, "月", clock) if match["u"].startswith("年") else _trailing(15, "天", clock)
    if count is None:
        return None
    unit = {"星": "周", "礼": "周", "日": "天", "个": "月"}.get(match["u"].lstrip("个")[0], match["u"].lstrip("个")[0])
    return _trailing(count, unit, clock)


def _future(match: re.Match[str], clock: Clock) -> Mention | None:
    count = 3 if match["n"] in {"几", "数", None, ""} else 6 if match["n"] == "半" else number(match["n"])
    if not count or count > 60:
        return None
    months = count * {"年": 12, "季": 3}.get(match["u"].lstrip("个")[0], 1) if match["n"] != "半" else 6
    first = shift_months(clock.closed.start, 1)
    last = shift_months(first, months - 1)
    return Mention(period=Period(start=first, end=month_end(last), grain="month" if months == 1 else "range"))


def quarter_of(day: date, shift: int) -> Period:
    first = shift_months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3 * shift)
    return Period.quarter(first.year, (first.month - 1) // 3 + 1)


def _relative(match: re.Match[str], clock: Clock) -> Mention | None:
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


def _near_day(match: re.Match[str], clock: Clock) -> Mention | None:
    shift = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2}[match["w"]]
    return Mention(period=Period.day(clock.today + timedelta(days=shift)))


def _holiday(match: re.Match[str], clock: Clock) -> Mention | None:
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


def _until(match: re.Match[str], clock: Clock) -> Mention | None:
    for pattern, reader in GRAMMAR:
        if reader is _until:
            continue
        inner = pattern.match(match.string, match.end())
        found = reader(inner, clock) if inner else None
        if inner and found:
            tail = re.compile(r"(?:月?底|末|24时|24点|为止|止)*").match(match.string, inner.end())
            return replace(found, end=tail.end() if tail else inner.end(), kind="until")
    return None


def _same(match: re.Match[str], clock: Clock) -> Mention | None:
    return Mention(kind="same")


_H = "|".join([*SEASONS, *(f"{name}(?![月日个年点号班])" if name in {"十一", "五一"} else name for name in NAMES)])
_ISO = r"20\d{2}[-/]\d{1,2}(?:[-/]\d{1,2})?"
_RAW: tuple[tuple[str, Reader], ...] = (
    (r"(?:截至|截止|截止到|截至到|到|至)(?=今年|本年|去年|上|本|昨|\d|[一二三四五六七八九十])(?:目前|现在)?", _until),
    (rf"(?:从|自)?(?P<y>{YEAR})?的?(?P<m>{NUM})月份?(?:初|开始|起)?(?:到|至|~)(?:现在|今|目前|今天|如今)", _since),
    (rf"自(?P<y>{YEAR})?的?(?P<m>{NUM})月份?(?:以来|起|开始)", _since),
    (rf"(?P<a>{_ISO})(?:~|\.\.|到|至|-(?=20))+(?P<b>{_ISO})(?!\d)", _iso_range),
    (r"(?<!\d)(?P<y>20\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)", _iso_day),
    (r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)", _iso_day),
    (r"(?<!\d)(?P<y>20\d{2})年?[-/.]?第?q(?P<q>\d)(?!\d)", _quarter),
    (r"(?<![a-z\d])(?P<y>)q(?P<q>[1-4])(?!\d)", _quarter),
    (r"(?<!\d)(?P<y>20\d{2})[-/.](?P<m>\d{1,2})(?!\d|\.\d|[户万元个%亿])", _iso_month),
    (r"(?<!\d)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-9])(?!\d)", _iso_month),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月(?P<d>{NUM})[日号]?{TO}(?:(?:同年)?(?P<m2>{NUM})月)?(?P<d2>{NUM})[日号](?!期)", _day_range),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月份?(?P<part>[上中下])旬", _third),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月份?的?第(?P<n>[1-5一二三四五])个?(?:周|星期|礼拜)", _week_of),
    (rf"(?P<y>{YEAR})?的?年?(?:底|末)(?!期)(?<=年[底末])", _year_end),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月(?:份的?)?(?P<d>{NUM})[日号](?!线)", _iso_day),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM}){TO}(?P<y2>{YEAR}|次年|翌年|第二年)?的?(?P<m2>{NUM})月份?(?!\d)", _month_range),
    (rf"(?P<y>{YEAR})?的?前(?P<n>{NUM})个?月", _first_months),
    (rf"(?P<y>{YEAR})?的?前(?P<n>[123一二两三])个?季度", _first_quarters),
    (rf"(?P<y>{YEAR})?的?第?(?P<q>{NUM})(?:个?季度|季(?![节风]))", _quarter),
    (rf"(?P<y>{YEAR})?的?(?P<h>[上下])半年", _half),
    (rf"(?P<y>{YEAR})?的?(?P<h>{_H})(?:假期|期间|长假|黄金周|小长假|节)*(?P<whole>当月|所在月|那个?月)?", _holiday),
    (r"(?:去年|上年|上一年|前一年)(?:的)?(?:同期|同月|同季度?|同一时期|这个时候|此时)", _same),
    (rf"(?P<y>{YEAR})的?(?P<m>{NUM})月份?", _iso_month),
    (r"(?:今年|本年)(?:以来|到目前|至今|到现在|截至目前|年初至今|初至今|累计|内)+|年初(?:以来|至今|到现在|到目前)|开年以来|一年以来", _ytd),
    (
        rf"(?:最近|近|过去)(?:的|这)?(?P<n>半|几|数|{NUM})?(?P<u>个?月|个?季度?|年|周|个?星期|个?礼拜|天|日)(?!报|初|底|份)",
        _recent,
    ),
    (
        rf"(?:前|之前|往前|这)(?P<n>半|几|数|(?![一1](?:个?月|个?季|周|天|日)){NUM})(?P<u>个?月|个?季度?|年|周|个?星期|个?礼拜|天|日)(?!报|初|底|份)",
        _recent,
    ),
    (rf"(?:未来|今后|接下来|往后|后续)的?(?P<n>半|几|数|{NUM})?(?P<u>个?月|个?季度?|年)", _future),
    (rf"(?P<n>{NUM})(?P<u>个月|天|周|年|个季度)(?:之前|以前|前)", _ago),
    (r"(?:本月|月|这个月|当月)初?(?:以来|至今|(?:到|至)(?:现在|目前|今天|今日|昨天|昨日)(?:为止)?)", _month_so_far),
    (r"(?P<w>上上|上一?|前一?|本|当|这一?|(?<!一)下下|下一?)个?(?P<u>月份?|季度?|周|星期|礼拜)(?!报|期)", _relative),
    (r"(?P<w>上上|上一?|本|这|下)(?P<u>周|月)(?=报)", _relative),
    (r"(?P<w>大前|前|昨|今|明|后)(?:天|日)", _near_day),
    (rf"(?P<m>{NUM})月(?:份|底|末)?(?!\d)(?P<y>)", _iso_month),
    (rf"(?P<y>{YEAR})(?:全年|整年|度|一整年|全年度|一年|年度)*(?<=[年度])", _year),
    (r"(?P<y>)全年", lambda match, clock: Mention(period=Period.year(clock.today.year))),
)
GRAMMAR: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(raw), reader) for raw, reader in _RAW)
