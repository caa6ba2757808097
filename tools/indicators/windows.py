"""Windows: the periods that one question touches (本期 同期 上期 累计 …), each with a short role that names binds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from core.domain.indicator import CompareRule
from core.domain.period import Period, shift_months

_SHIFT = re.compile(r"(start|end|after|start_ym|end_ym)(?:_minus_(\w+))?")
_LITERAL = re.compile(r"(\d+)(days|months)")


@dataclass(frozen=True)
class Bucket:
    """One result period and the roles of the windows it is compared with ('' where there is none)."""

    period: Period
    key: str = ""
    cur: str = "cur"
    yoy: str = ""
    mom: str = ""
    ytd: str = ""
    ytd_yoy: str = ""


@dataclass(frozen=True)
class Layout:
    """Distinct windows by role, and the buckets that read them."""

    windows: Mapping[str, Period] = field(default_factory=dict)
    buckets: tuple[Bucket, ...] = ()


def layout(period: Period, rule: CompareRule, by: str | None, compare: bool, span: str = "period") -> Layout:
    """The windows for a period; `span` ytd widens every window to its year so far.

    `by` month or day gives one bucket for each, compared with last year's and with the one before. Roles count from the
    period's start, so that the statement's text is the same in every period.
    """
    windows: dict[str, Period] = {}
    roles: dict[tuple[date, date], str] = {}

    def role(name: str, window: Period) -> str:
        window = window.ytd() if span == "ytd" else window
        known = roles.setdefault((window.start, window.end), name)
        windows.setdefault(known, window)
        return known

    if by in {"month", "day"}:
        parts = _parts(period, by)
        own = [role(f"{by[0]}{at}", part) for at, part in enumerate(parts)]
        buckets = []
        for part, cur in zip(parts, own, strict=True):
            yoy = role(f"p{len(windows)}", part.yoy()) if compare else ""
            mom = role(f"p{len(windows)}", part.mom()) if compare else ""
            buckets.append(Bucket(part, part.code, cur, yoy, mom))
        return Layout(windows, tuple(buckets))
    cur = role("cur", period)
    if not compare:
        return Layout(windows, (Bucket(period, "", cur),))
    yoy, mom = role("yoy", period.yoy()), role("mom", period.mom())
    ytd = ytd_yoy = ""
    if rule.ytd in {"sum", "ratio"}:
        ytd, ytd_yoy = role("ytd", period.ytd()), role("ytdy", period.ytd().yoy())
    elif rule.ytd == "last":
        ytd, ytd_yoy = cur, yoy
    return Layout(windows, (Bucket(period, "", cur, yoy, mom, ytd, ytd_yoy),))


def bind(name: str, window: Period, caliber: Mapping[str, Any]) -> Any:
    """The value of a period bind: `start end after start_ym end_ym`, with `_minus_12months` or `_minus_<caliber bind>`.

    `after` is the day after the end; a caliber bind counts days or months by its own ending. Dates are ISO text.
    """
    if name == "cutoff":
        return _cutoff(window, caliber)
    match = _SHIFT.fullmatch(name)
    if match is None:
        raise KeyError(name)
    base, less = match.groups()
    day = {"start": window.start, "end": window.end, "after": window.end + timedelta(days=1)}[base.removesuffix("_ym")]
    if less:
        literal = _LITERAL.fullmatch(less)
        count, unit = (int(literal[1]), literal[2]) if literal else (int(caliber[less]), less.rsplit("_", 1)[-1])
        day = shift_months(day, -count) if unit == "months" else day - timedelta(days=count)
    return f"{day:%Y-%m}" if base.endswith("_ym") else day.isoformat()


def is_period_bind(name: str) -> bool:
    return name == "cutoff" or _SHIFT.fullmatch(name) is not None


def _cutoff(window: Period, caliber: Mapping[str, Any]) -> str:
    """The recovery cut-off of a window (caliber recovery_cutoff): an ISO date for hour 24, else an ISO timestamp."""
    hour = int(caliber["recovery_cutoff_hour"])
    if hour == 24:
        return (window.end + timedelta(days=1)).isoformat()
    return datetime.combine(window.end, time(hour)).isoformat(sep=" ")


def _parts(period: Period, by: str) -> list[Period]:
    if by == "month":
        return period.months()
    return [Period.day(period.start + timedelta(days=i)) for i in range(period.days)]
