"""Standing (数据状态): values of windows, and whether they are whole, unfinished, missing, forbidden or failed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Literal

from core.domain.fact import FactStatus
from core.domain.indicator import Measure
from core.domain.period import Period, shift_months
from core.domain.supplement import Supplement
from knowledge.catalog import SOURCE_LABELS, Catalog
from tools.indicators.coverage import Coverage
from tools.indicators.expression import evaluate
from tools.indicators.resolved import Leg, Resolved
from tools.indicators.wholeness import Wholeness

SILENT = frozenset({"event", "stock"})
"""Coverages under which no row means zero, once the dataset covers the period."""
_TABLES = re.compile(r"\b(?:FROM|JOIN) (\w+)")
_FAILURES: tuple[Literal["denied", "error"], ...] = ("denied", "error")


class Standing:
    """Judges the numbers of resolved asks against the coverage of the data and the business date."""

    def __init__(self, catalog: Catalog, coverage: Coverage, wholeness: Wholeness, today: date) -> None:
        self._catalog = catalog
        self._coverage = coverage
        self._wholeness = wholeness
        self._today = today

    def failure(self, item: Resolved) -> tuple[FactStatus, str] | None:
        """The reason why nothing can be computed at all; a failed leg is never a zero."""
        if item.problem:
            return "empty", item.problem
        for status in _FAILURES:
            bad = [leg.answer for leg in item.legs if leg.answer.status == status]
            if bad:
                names = "、".join(dict.fromkeys(SOURCE_LABELS.get(answer.source, answer.source) for answer in bad))
                said = "；".join(dict.fromkeys(answer.reason for answer in bad if answer.reason))
                named = status == "denied" or any(SOURCE_LABELS.get(answer.source, "") in said for answer in bad)
                return status, said if named else f"{names}取数失败：{said}"
        return None

    def value(
        self, item: Resolved, role: str, key: str, cur: str, supplied: Sequence[Supplement] = ()
    ) -> Decimal | None:
        """The indicator's value in one window; None where a measure has no data there or only a part of a base.

        A base that lacks units or days is no base, unless it is `supplied` with what they lack.
        """
        window = item.layout.windows[role]
        numbers: dict[str, Decimal | None] = {"days": Decimal(window.days), "hours": Decimal(window.days * 24)}
        for leg, at in item.of(key):
            number = leg.answer.number(at, leg.alias, role)
            # only the result period counts its base rows; elsewhere a zero may also mean that nothing was there
            silent = not leg.answer.rows(at, role) if role == cur else not number
            if leg.measure.coverage in SILENT and silent:
                # nothing is zero only where nothing is missing
                known = self._coverage.covers(leg.measure.dataset, window) and not self.lack(item, leg, key, role)
                number = Decimal(0) if known else None
            if role != cur and (
                not self._starts(leg.measure, window) or self._base_gap(item, leg, key, role, supplied)
            ):
                number = None
            numbers[leg.alias] = number
        return evaluate(item.value, numbers)

    def newest(self, item: Resolved, key: str, period: Period) -> datetime:
        """The oldest among the measures' newest moments: up to then all of them are known.

        Events may be silent for days although their feed is alive, so theirs is the dataset's, not the last event's.
        """
        found = []
        for leg, at in item.of(key):
            span = self._coverage.span(leg.measure.dataset)
            known = [leg.answer.newest(at, item.role(period))]
            if span and (known == [None] or leg.measure.coverage == "event"):
                known.append(datetime.combine(min(span.last, period.end), time()))
            if leg.measure.coverage != "stock" and any(known):
                found.append(max(moment for moment in known if moment))
        return min(found, default=datetime.combine(min(period.end, self._today), time()))

    def status(
        self, item: Resolved, value: Decimal | None, period: Period, key: str, supplied: Sequence[Supplement] = ()
    ) -> tuple[FactStatus, str]:
        """ok, empty or partial, and why."""
        if value is None:
            return "empty", self._why_empty(item, period, key)
        late = next(filter(None, (self._late(leg, at, item, period) for leg, at in item.of(key))), "")
        if late:
            return "partial", late
        role = item.role(period)
        gap = next(filter(None, (self.lack(item, leg, key, role, supplied) for leg, _ in item.of(key))), "")
        unread = (
            self._wholeness.unknown(name) for leg, _ in item.of(key) for name in tables(leg.measure, self._catalog)
        )
        gap = gap or next(filter(None, unread), "")
        if gap:
            return "partial", gap
        if period.end >= self._today and not self._all_reach(item, period):
            return "partial", f"统计期{period.label}尚未结束（业务日期{self._today.isoformat()}），为截至目前的数据"
        return "ok", ""

    def not_begun(self, period: Period) -> str:
        """Why a period that lies wholly after the business date has no data; '' for any other."""
        if period.start <= self._today:
            return ""
        return f"统计期{period.label}尚未开始（业务日期{self._today.isoformat()}），没有数据"

    def _why_empty(self, item: Resolved, period: Period, key: str) -> str:
        role = item.role(period)
        quiet = [leg for leg, at in item.of(key) if leg.measure.coverage in SILENT and not leg.answer.rows(at, role)]
        lacking = [self.lack(item, leg, key, role) for leg in quiet]
        if any(lacking):
            return next(filter(None, lacking))
        gone = [leg for leg, at in item.of(key) if self._absent(leg, at, item.role(period), period)]
        if not gone:
            return f"{period.label}没有可计算的对象（分母为零）"
        said = [leg.answer.reason for leg in gone if leg.answer.reason and not self._coverage.held(leg.measure.dataset)]
        if said:
            return said[0]
        names = "、".join(dict.fromkeys(self._catalog.datasets[leg.measure.dataset].label for leg in gone))
        span = self._coverage.span(gone[0].measure.dataset)
        held = f"（现有数据{span.first.isoformat()}至{span.last.isoformat()}）" if span else ""
        return f"{period.label}没有{names}数据{held}"

    def _absent(self, leg: Leg, at: str, role: str, period: Period) -> bool:
        if leg.answer.rows(at, role):
            return False
        return leg.measure.coverage not in SILENT or not self._coverage.covers(leg.measure.dataset, period)

    def _late(self, leg: Leg, at: str, item: Resolved, period: Period) -> str:
        dataset, measure = leg.measure.dataset, leg.measure
        span = self._coverage.span(dataset)
        if span is None:
            return ""
        label = self._catalog.datasets[dataset].label
        if not measure.since and not span.starts_by(_read(measure, item.layout.windows[item.role(period)])):
            return f"{label}自{span.first.isoformat()}起才有数据，未覆盖整个统计期"
        if not span.reaches(period):
            return f"{label}数据截至{span.last.isoformat()}，未覆盖整个统计期"
        newest = leg.answer.newest(at, item.role(period))
        if measure.coverage == "daily" and newest and newest.date() < min(period.end, span.last):
            return f"{label}数据截至{newest.date().isoformat()}，未覆盖整个统计期"
        return ""

    def lack(self, item: Resolved, leg: Leg, key: str, role: str, supplied: Sequence[Supplement] = ()) -> str:
        """Which units below lack rows that a measure reads for a window; '' when none does."""
        org, window = key if item.by == "org" and key else item.ask.org, item.layout.windows[role]
        for dataset, read in reads(leg.measure, window, self._catalog, self._coverage):
            gaps = self._wholeness.unfilled(dataset, self._wholeness.gaps(dataset, org, read), supplied)
            if gaps:
                return self._wholeness.said(dataset, gaps)
        return ""

    def _base_gap(self, item: Resolved, leg: Leg, key: str, role: str, supplied: Sequence[Supplement]) -> str:
        """`lack` of a base: what a rate is compared with is not moved by single days that a unit lacks; amounts are."""
        org, window = key if item.by == "org" and key else item.ask.org, item.layout.windows[role]
        if _base_of_rate(item, role) and not any(
            self._wholeness.lacks_a_month(dataset, org, read)
            for dataset, read in reads(leg.measure, window, self._catalog, self._coverage)
        ):
            return ""
        return self.lack(item, leg, key, role, supplied)

    def _starts(self, measure: Measure, window: Period) -> bool:
        """Whether a base window is covered from its start; archives and balances always are."""
        span = self._coverage.span(measure.dataset)
        if (measure.since and not measure.date) or span is None:
            return True
        return span.starts_by(_read(measure, window))

    def _all_reach(self, item: Resolved, period: Period) -> bool:
        spans = [self._coverage.span(leg.measure.dataset) for leg in item.legs if leg.measure.coverage != "stock"]
        return bool(spans) and all(span is not None and span.last >= period.end for span in spans)


def _base_of_rate(item: Resolved, role: str) -> bool:
    """Whether a window is only a rate's base of comparison or its year so far."""
    return item.indicator.compare.ytd == "ratio" and role not in {bucket.cur for bucket in item.layout.buckets}


def tables(measure: Measure, catalog: Catalog) -> tuple[str, ...]:
    """The datasets that a measure reads, its own first."""
    if measure.sql is None:
        return (measure.dataset,)
    named = (name for name in _named(measure.sql) if name in catalog.datasets)
    return tuple(dict.fromkeys((measure.dataset, *named)))


@cache
def _named(sql: str) -> tuple[str, ...]:
    return tuple(_TABLES.findall(sql))


def reads(measure: Measure, window: Period, catalog: Catalog, coverage: Coverage) -> list[tuple[str, Period]]:
    """The datasets with units that a measure reads for a window, each with the days whose rows it needs.

    A balance needs all rows since the first. Rows that are chosen by another time than the one that dates them (orders
    by their finish) may have been delivered some months earlier.
    """
    back = int(catalog.thresholds.get("coverage.unit_months"))
    out = []
    for name in tables(measure, catalog):
        info, span = catalog.datasets[name], coverage.span(name)
        read = _read(measure, window)
        if measure.stock and span is not None:
            read = Period(start=min(span.first, window.end), end=window.end, grain="range")
        elif measure.date_kind == info.date_kind == "timestamp" and measure.date != info.date and not measure.sql:
            read = Period(start=shift_months(window.start, -back), end=window.end, grain="range")
        out.append((name, read))
    return out


def _read(measure: Measure, window: Period) -> Period:
    """The range of days that a measure reads for a window."""
    if not measure.lookback_months:
        return window
    return Period(start=shift_months(window.start, -measure.lookback_months), end=window.end, grain="range")
