"""节假日: statutory holidays in the period, in the one before and in last year's, so that comparisons are read rightly.

Days off by the State Council's calendar that belong to a holiday (weekends alone do not count); a year without a
published calendar gives nothing. 春节 moves between January and February: domain.md §4.4.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from core.domain.fact import Compare, Fact
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result

SPRING = "Spring Festival"
METHOD = "国务院放假安排（含调休）"


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places `holidays`, `holidays_previous`, `holidays_moved` and `spring_moved` (春节 against last year's period)."""
    spans = (period, period.mom(), period.yoy())
    counted = [_count(span) for span in spans]
    if any(found is None for found in counted):
        return Result("节假日")
    (now, spring), (before, _), (_, spring_before) = (found for found in counted if found is not None)
    facts: list[Fact] = []
    places: dict[str, list[str]] = {}

    def add(place: str, name: str, days: int, span: Period) -> None:
        unit = bench.tree.get(org)
        facts.append(
            Fact(
                id=bench.mint(),
                indicator="W02",
                name=name,
                value=Decimal(days),
                unit="天",
                decimals=0,
                kind="count",
                period=span,
                org=org,
                org_name=unit.name if unit else "",
                compare=Compare(rule="diff"),
                caliber=METHOD,
                caliber_version=bench.catalog.thresholds.version,
                as_of=datetime.combine(min(span.end, bench.today), time()),
                method=METHOD,
            )
        )
        places[place] = [facts[-1].id]

    add("holidays", "法定节假日放假天数", now, period)
    add("holidays_previous", "上期法定节假日放假天数", before, spans[1])
    add("holidays_moved", "节假日天数与上期之差", abs(now - before), period)
    add("spring_moved", "春节放假天数与上年同期之差", abs(spring - spring_before), period)
    return Result("节假日", facts, [], places)


def _count(span: Period) -> tuple[int, int] | None:
    """(holiday days off, those of 春节), or None where the calendar of that year is not published."""
    import chinese_calendar

    days = [span.start + timedelta(days=at) for at in range(span.days)]
    try:
        names = [name for off, name in map(chinese_calendar.get_holiday_detail, days) if off and name]
    except NotImplementedError:
        return None
    return len(names), names.count(SPRING)


ANALYSIS = Analysis("calendar", "节假日", run)
