"""统计期: the period that a sentence names, relative words resolved against the business day."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agent.understanding.moments import YEAR, Clock, Mention, quarter_of
from agent.understanding.normal import NUM, mask
from agent.understanding.period_grammar import GRAMMAR
from core.domain.period import Period


@dataclass(frozen=True)
class PeriodReading:
    """`period` is None where the text names none; `problem` is a question back; `future` says it has not begun."""

    period: Period | None = None
    compare: str | None = None
    assumed: tuple[str, ...] = ()
    problem: str = ""
    future: bool = False
    until: bool = False
    same: bool = False
    each: bool = False
    rest: str = ""


_WITH = r"(?:与|和|跟|同|比|较|于|相比于?|相较于?|对比|对照|比起)"
_THAN = r"(?:相比较?|比较|比|对比|来比|做比较|差多少|差别|差异|差距|持平|有(?:什么|何|啥)?(?:变化|差别|区别))"
_LAST_YEAR = rf"(?:去年|上年|上一年|前一年)的?(?:同期|同月|同季度?|同一时期|这个时候|(?P<m>{NUM})月份?|)"
_LAST = r"(?:上一?个?月份?|上一?个?季度?|上期|上一期|上周|上个星期|前一?个?月|前一期|前期|上个周期|前一天|前一周)"
_COMPARE: tuple[tuple[str, str], ...] = (
    (rf"(?:比|较|相比于?|相较于?|对比|比起|对照){_LAST_YEAR}(?:相比|比)?", "yoy"),
    (rf"(?:与|和|跟|同){_LAST_YEAR}的?(?:数据|情况|水平)?{_THAN}", "yoy"),
    (r"(?<![与和跟同])(?:去年|上年)(?:同期|同月)的?(?:相比|对比|比较|比(?!例))", "yoy"),
    (r"同比(?:去年|上年)?(?:同期)?|(?<![\d〇零一二三四五六七八九十半全整今去前上本])年同比|与?上年同期比", "yoy"),
    (rf"(?:比|较|相比于?|相较于?|对比|比起|对照){_LAST}(?:相比|比)?", "mom"),
    (rf"^(?:那|那么)?{_LAST}(?:相比|比)(?=呢|怎么?样|如何|[?。!]|$)", "mom"),
    (rf"(?:与|和|跟|同){_LAST}的?(?:数据|情况|水平)?{_THAN}", "mom"),
    (r"(?<![年与和跟同])同期(?:相)?(?:比较?|对比)", "yoy"),
    (r"环比(?:上月|上个月|上期)?|(?<![\d一二三四五六七八九十本上当个])月环比", "mom"),
    (r"累计(?:值|数|同比)?|(?<![今本去上前明全])年累计?|截至目前(?:一共|总共|共)", "ytd"),
)


def read_period(text: str, clock: Clock) -> PeriodReading:
    """Read normalised `text` (indicators and units already masked); `rest` is the text with the period masked."""
    compare, text = read_compare(text)
    found, rest = _scan(text, clock)
    problem = next((mention.problem for mention in found if mention.problem), "")
    if problem:
        return PeriodReading(compare=compare, problem=problem, rest=rest)
    same = any(mention.kind == "same" for mention in found)
    dated = [mention for mention in found if mention.period]
    if not dated:
        if same and compare is None and re.search(r"同期|同月", text) and clock.base:
            return _same_of(clock.base, rest)
        return PeriodReading(compare=compare, same=same, rest=rest)
    reading = _combine(dated, text, compare, clock)
    return _settle(replace(reading, same=same, rest=rest), clock)


def read_compare(text: str) -> tuple[str | None, str]:
    """The comparison asked for (yoy, mom, ytd; yoy before mom before ytd) and the text with its words masked."""
    asked: list[str] = []
    for pattern, name in _COMPARE:
        for match in re.finditer(pattern, text):
            asked.append(name)
            text = mask(text, match.start(), match.end())
    return next((name for name in ("yoy", "mom", "ytd") if name in asked), None), text


def _scan(text: str, clock: Clock) -> tuple[list[Mention], str]:
    found: list[Mention] = []
    at = 0
    rest = text
    while at < len(text):
        mention = _match_at(text, at, clock)
        if mention is None:
            at += 1
            continue
        found.append(mention)
        if mention.period and not mention.note and mention.period.end.year < clock.today.year:
            clock = replace(clock, year=mention.period.end.year)
        rest = mask(rest, mention.start, mention.end)
        at = mention.end
    return found, rest


def _match_at(text: str, at: int, clock: Clock) -> Mention | None:
    for pattern, reader in GRAMMAR:
        match = pattern.match(text, at)
        mention = reader(match, clock) if match and match.end() > at else None
        if match and mention:
            return replace(mention, start=at, end=mention.end or match.end())
    return None


def _combine(found: list[Mention], text: str, compare: str | None, clock: Clock) -> PeriodReading:
    """One reading of one or several mentions: `10月比9月` compares, `8月、9月、10月` spans, `2026年…10月` nests."""
    notes = tuple(mention.note for mention in found if mention.note)
    periods = [mention.period for mention in found if mention.period]
    first = periods[0]
    until = any(mention.kind == "until" for mention in found)
    if len(periods) == 1:
        return PeriodReading(period=first, compare=compare, assumed=notes, until=until)
    last = next((mention.period for mention in found if mention.kind == "until" and mention.period), None)
    around = next((one for one in periods if last and one != last and _within(last, one)), None)
    if last and around and len(periods) == 2:
        return PeriodReading(
            period=Period(start=around.start, end=last.end, grain="range"), compare=compare, assumed=notes
        )
    narrow = [one for one in periods if not any(other != one and _within(other, one) for other in periods)]
    if len(set(narrow)) == 1:
        return PeriodReading(period=narrow[0], compare=compare, assumed=notes, until=until)
    late, early = max(narrow, key=lambda one: one.end), min(narrow, key=lambda one: one.end)
    if re.search(r"比|较|差|变化|相差", text) or compare in {"yoy", "mom"}:
        if early == late.yoy():
            return PeriodReading(period=late, compare="yoy", assumed=notes)
        if early == late.mom():
            return PeriodReading(period=late, compare="mom", assumed=notes)
    if len(set(narrow)) == 2 and early == late.yoy() and early.grain == late.grain:
        return PeriodReading(period=late, compare="yoy", assumed=notes)
    span = Period(start=min(one.start for one in narrow), end=late.end, grain="range")
    each = all(one.grain in {"month", "quarter", "year"} for one in narrow)
    return PeriodReading(period=span, compare=compare, assumed=notes, each=each)


def _within(inner: Period, outer: Period) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _settle(reading: PeriodReading, clock: Clock) -> PeriodReading:
    period = reading.period
    if period is None:
        return reading
    if period.start > clock.today:
        return replace(reading, future=True)
    whole_year = period.grain == "year" or (
        period.grain == "range" and period.start.month in {1, 7} and period.days > 180
    )
    if clock.ahead and period.end > clock.today:
        return replace(reading, future=True)
    if period.end > clock.today and whole_year and clock.closed.end >= period.start:
        clipped = Period(start=period.start, end=clock.closed.end, grain="range")
        note = f"{clock.today.year}年尚未结束，按{clipped.label}"
        return replace(reading, period=clipped, assumed=(*reading.assumed, note))
    if period.end > clock.today and not any("尚未结束" in note for note in reading.assumed):
        return replace(reading, assumed=(*reading.assumed, f"{period.label}尚未结束，数据为截至目前"))
    return reading


def _same_of(base: Period, rest: str) -> PeriodReading:
    period = base.yoy()
    return PeriodReading(period=period, assumed=(f"「去年同期」按{period.label}",), same=True, rest=rest)


def default_period(clock: Clock, template: str | None, intent: str) -> tuple[Period, str]:
    """The period when none is named: the last closed month; week for R2, quarter for R4."""
    if template == "R2":
        period = Period.week(clock.today - timedelta(days=7))
    elif template == "R4":
        period = quarter_of(clock.today, -1)
    else:
        period = clock.closed
    return period, f"期间未指明，按{period.label}"


def until_range(period: Period) -> Period:
    """From 1 January to the period's end: what 截至10月底 means for amounts that accumulate."""
    return Period(start=date(period.end.year, 1, 1), end=period.end, grain="range")


__all__ = ["NUM", "YEAR", "PeriodReading", "default_period", "read_compare", "read_period", "until_range"]
