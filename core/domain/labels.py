"""The text tokens of a report that are not facts: `{{period}}`, `{{org}}`, `{{cutoff}}` and their kin."""

from __future__ import annotations

from datetime import timedelta

from core.domain.org import Org
from core.domain.period import Period, shift_months


def following(period: Period) -> Period:
    """The adjoining later period of the same grain."""
    if period.grain == "month":
        first = shift_months(period.start, 1)
        return Period.month(first.year, first.month)
    if period.grain == "quarter":
        first = shift_months(period.start, 3)
        return Period.quarter(first.year, (first.month + 2) // 3)
    if period.grain == "year":
        return Period.year(period.start.year + 1)
    start = period.end + timedelta(days=1)
    return Period(start=start, end=start + (period.end - period.start), grain=period.grain)


def report_labels(org_name: str, period: Period) -> dict[str, str]:
    """Name to printed words, for `core.domain.tokens.render`."""
    after = following(period)
    return {
        "org": org_name,
        "org_short": Org(code="0", name=org_name).short,
        "period": period.label,
        "ytd": period.ytd().label if period.end.month > 1 else period.label,
        "last_year": period.yoy().label,
        "previous": period.mom().label,
        "next": after.label,
        "last_month": period.last_month().label,
        "next_end": f"{after.end.year}年{after.end.month}月{after.end.day}日",
        "cutoff": f"{period.end.year}年{period.end.month}月{period.end.day}日24时",
    }
