"""The ways people write a period, each as one pattern with the reader of its match.

Patterns are tried in order at every position of the normalised text; the first that reads wins. A reader returns a
`Mention`, or None to let the next pattern try.
"""

from __future__ import annotations

import re
from dataclasses import replace

from agent.understanding import period_dates as dates
from agent.understanding import period_spans as spans
from agent.understanding.holidays import NAMES, SEASONS
from agent.understanding.moments import YEAR, Clock, Mention, Reader
from agent.understanding.normal import NUM
from core.domain.period import Period

TO = r"(?:月份?底?)?(?:[~\-]+|到|至|直到)"


def read_until(match: re.Match[str], clock: Clock) -> Mention | None:
    for pattern, reader in GRAMMAR:
        if reader is read_until:
            continue
        inner = pattern.match(match.string, match.end())
        found = reader(inner, clock) if inner else None
        if inner and found:
            tail = re.compile(r"(?:月?底|末|24时|24点|为止|止)*").match(match.string, inner.end())
            return replace(found, end=tail.end() if tail else inner.end(), kind="until")
    return None


_H = "|".join(
    [*SEASONS, *(f"(?<!双){name}(?![月日个年点号班])" if name in {"十一", "五一"} else name for name in NAMES)]
)
_ONE = r"(?:十[一二]?|[一二三四五六七八九]|\d{1,2})"
_RUN = r"[一二三四五六七八九十]{2,12}"
_ISO = r"20\d{2}[-/]\d{1,2}(?:[-/]\d{1,2})?"
_RAW: tuple[tuple[str, Reader], ...] = (
    (
        r"(?<!回)(?:截至|截止|截止到|截至到|到|至)(?=今年|本年|去年|上|本|昨|\d|[一二三四五六七八九十])(?:目前|现在)?",
        read_until,
    ),
    (
        rf"(?:从|自)?(?P<y>{YEAR})?的?(?P<m>{NUM})月份?(?:初|开始|起)?(?:到|至|~)(?:现在|今|目前|今天|如今)",
        dates.read_since,
    ),
    (rf"自(?P<y>{YEAR})?的?(?P<m>{NUM})月份?(?:以来|起|开始)", dates.read_since),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月份?以来", dates.read_since),
    (rf"(?P<y>{YEAR})?的?(?P<list>{_ONE}(?:[、,和与]{_ONE})+)(?P<n>)月份?", dates.read_month_list),
    (rf"(?P<a>{_ISO})(?:~|\.\.|到|至|-(?=20))+(?P<b>{_ISO})(?!\d)", dates.read_iso_range),
    (r"(?<!\d)(?P<y>20\d{2})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)", dates.read_iso_day),
    (r"(?<!\d)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)", dates.read_iso_day),
    (r"(?<!\d)(?P<y>20\d{2})年?[-/.]?第?q(?P<q>\d)(?!\d)", dates.read_quarter),
    (r"(?<![a-z\d])(?P<y>)q(?P<q>[1-4])(?!\d)", dates.read_quarter),
    (rf"(?P<y>{YEAR})?的?(?P<list>{_RUN}|{_ONE}(?:[、,和]{_ONE})+月?这?)(?P<n>{NUM})个月份?", dates.read_month_list),
    (r"(?<!\d)(?P<y>20\d{2})[-/.](?P<m>\d{1,2})(?!\d|\.\d|[户万元个%亿])", dates.read_iso_month),
    (r"(?<!\d)(?P<y>20\d{2})(?P<m>0[1-9]|1[0-9])(?!\d)", dates.read_iso_month),
    (
        rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月(?P<d>{NUM})[日号]?{TO}(?:(?:同年)?(?P<m2>{NUM})月)?(?P<d2>{NUM})[日号](?!期)",
        dates.read_day_range,
    ),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月份?(?P<part>[上中下])旬", dates.read_third),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月份?的?(?P<part>[前上后下])半个?月", dates.read_fortnight),
    (r"(?:本月|这个月|当月)?(?P<part>[上中下])旬", dates.read_bare_third),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月份?的?第(?P<n>[1-5一二三四五])个?(?:周|星期|礼拜)", dates.read_week_of),
    (rf"(?P<y>{YEAR})?的?年?(?:底|末)(?!期)(?<=年[底末])", dates.read_year_end),
    (rf"(?P<y>{YEAR})?的?第(?P<n>{NUM})周", dates.read_week),
    (
        r"(?<![\d./])(?P<y>)(?P<m>1[0-2]|0?[1-9])[./](?P<d>[0-3]?\d)(?:~|-|到|至)(?P<m2>1[0-2]|0?[1-9])[./](?P<d2>[0-3]?\d)(?![\d./%])",
        dates.read_day_range,
    ),
    (r"(?<![\d./])(?P<y>)(?P<m>1[0-2]|0?[1-9])/(?P<d>[0-3]?\d)(?![\d./%])", dates.read_iso_day),
    (rf"(?P<y>{YEAR})?的?(?P<m>{NUM})月(?:份的?)?(?P<d>{NUM})[日号](?!线)", dates.read_iso_day),
    (
        rf"(?P<y>{YEAR})?的?(?P<m>{NUM}){TO}(?P<y2>{YEAR}|次年|翌年|第二年)?的?(?P<m2>{NUM})月份?(?!\d)",
        dates.read_month_range,
    ),
    (rf"(?P<y>{YEAR})?的?[前头](?P<n>{NUM})个?月", dates.read_first_months),
    (rf"(?P<y>{YEAR})?的?前(?P<n>[123一二两三])个?季度", dates.read_first_quarters),
    (rf"(?P<y>{YEAR})?的?第?(?P<q>{NUM})(?:个?季度|季(?![节风]))", dates.read_quarter),
    (rf"(?P<y>{YEAR})?的?(?P<h>[上下])半年", dates.read_half),
    (rf"(?P<y>{YEAR})?的?双(?:十一|11)", spans.read_singles_day),
    (
        rf"(?P<y>{YEAR})?的?(?P<h>{_H})(?:假期|期间|长假|黄金周|小长假|节)*(?P<whole>当月|所在月|那个?月)?",
        spans.read_holiday,
    ),
    (r"(?:去年|上年|上一年|前一年)(?:的)?(?:同期|同月|同季度?|同一时期|这个时候|此时)", spans.read_same),
    (rf"(?P<y>{YEAR})的?(?P<m>{NUM})月份?", dates.read_iso_month),
    (
        (
            r"(?:今年|本年)(?:以来|到目前|至今|到现在|截至目前|年初至今|初至今|累计|内)+|年初(?:以来|至今|"
            r"到现在|到目前)|开年以来|一年以来"
        ),
        dates.read_ytd,
    ),
    (
        rf"(?:最近|近|过去)(?:的|这)?(?P<n>半|几|数|{NUM})?(?P<u>个?月|个?季度?|年|周|个?星期|个?礼拜|"
        r"天|日)(?!报|初|底|份)",
        spans.read_recent,
    ),
    (
        rf"(?:前|之前|往前|这)(?P<n>半|几|数|(?![一1](?:个?月|个?季|周|天|日)){NUM})(?P<u>个?月|个?季度?|"
        r"年|周|个?星期|个?礼拜|天|日)(?!报|初|底|份)",
        spans.read_recent,
    ),
    (rf"(?:未来|今后|接下来|往后|后续)的?(?P<n>半|几|数|{NUM})?(?P<u>个?月|个?季度?|年)", spans.read_future),
    (rf"(?P<n>{NUM})(?P<u>个月|天|周|年|个季度)(?:之前|以前|前)", spans.read_ago),
    (
        r"(?:本月|月|这个月|当月)初?(?:以来|至今|(?:到|至)(?:现在|目前|今天|今日|昨天|昨日)(?:为止)?)",
        spans.read_month_so_far,
    ),
    (
        r"(?P<w>上上|上一?|前一?|本|当|这一?|(?<!一)下下|下一?)个?(?P<u>月份?|季度?|周|星期|礼拜)(?!报|期)",
        spans.read_relative,
    ),
    (r"(?P<w>上上|上一?|本|这|下)(?P<u>周|月)(?=报)", spans.read_relative),
    (r"(?P<w>大前|前|昨|今|明|后)(?:天|日)", spans.read_near_day),
    (rf"(?P<m>{NUM})月(?:份|底|末)?(?:(?!\d)|(?=95598|1234|12398))(?P<y>)", dates.read_iso_month),
    (rf"(?P<y>{YEAR})(?:全年|整年|度|一整年|全年度|一年|年度)*(?<=[年度])", dates.read_whole_year),
    (r"(?P<y>)全年", lambda match, clock: Mention(period=Period.year(clock.today.year))),
)
GRAMMAR: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(raw), reader) for raw, reader in _RAW)
