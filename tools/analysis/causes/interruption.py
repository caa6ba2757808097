"""Interrupted hours of transformer areas, from the equipment system's events (台区停电小时)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from core.domain.period import Period
from tools.analysis.causes.case import Case


def hours(case: Case, span: Period) -> dict[str, float]:
    """Area → hours without supply in the period, overlaps of several events counted once a period at most."""
    found: dict[str, float] = {}
    for areas, begin, end in _events(case, span):
        lost = (end - begin).total_seconds() / 3600
        for area in areas:
            found[area] = min(found.get(area, 0.0) + lost, span.days * 24.0)
    return found


def days(case: Case, span: Period) -> set[tuple[str, date]]:
    """(area, day) pairs that an event touches: a reading missing there is an outage, not a failed collection."""
    found: set[tuple[str, date]] = set()
    for areas, begin, end in _events(case, span):
        day = begin.date()
        while day <= end.date():
            found |= {(area, day) for area in areas}
            day += timedelta(days=1)
    return found


def _events(case: Case, span: Period) -> list[tuple[list[str], datetime, datetime]]:
    first, last = datetime.combine(span.start, time()), datetime.combine(span.end + timedelta(days=1), time())
    lines: dict[str, list[str]] = {}
    for row in case.table("transformers").to_dict("records"):
        lines.setdefault(str(row["line_id"]), []).append(str(row["tg_no"]))
    out = []
    for row in case.table("outages").to_dict("records"):
        begin = max(_moment(row["start_time"], first), first)
        end = min(_moment(row["end_time"], last), last)
        if end <= begin:
            continue
        area = row["tg_no"] if isinstance(row["tg_no"], str) and row["tg_no"] else ""
        out.append(([area] if area else lines.get(str(row["line_id"]), []), begin, end))
    return out


def _moment(value: Any, otherwise: datetime) -> datetime:
    """A moment as Python knows it; `otherwise` where the source has none (an event that goes on)."""
    import pandas as pd

    moment = pd.Timestamp(value)
    return otherwise if pd.isna(moment) else moment.to_pydatetime()
