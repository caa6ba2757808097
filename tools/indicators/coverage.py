"""Coverage: from when to when a dataset holds data, so that nothing, zero and unfinished are told apart."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from core.domain.period import Period, month_end
from knowledge.catalog import Catalog
from tools.fetch import Gate, Query
from tools.indicators.answers import moment


@dataclass(frozen=True)
class Span:
    """The first and last day that a dataset has rows for."""

    first: date
    last: date
    slack: int = 0
    """Days of silence at either end that are usual for the dataset: none for daily and monthly ones."""

    def starts_by(self, period: Period) -> bool:
        return self.first <= period.start + timedelta(days=self.slack)

    def reaches(self, period: Period) -> bool:
        return self.last >= period.end - timedelta(days=self.slack)


_KEPT: dict[tuple[str, str, str], tuple[float, bool, Span | None]] = {}
"""(when, any rows, span) by source URL, scope and dataset."""


class Coverage:
    """Spans of dated datasets within the actor's scope, kept for `caliber coverage.cache_seconds` per source URL."""

    def __init__(self, gate: Gate, catalog: Catalog) -> None:
        self._gate = gate
        self._catalog = catalog
        self._spans: dict[str, Span | None] = {}
        self._held: dict[str, bool] = {}

    def load(self, datasets: Iterable[str]) -> None:
        """Fetch the spans that are not known yet, all sources at once."""
        wanted = [name for name in dict.fromkeys(datasets) if name not in self._held]
        kept = float(self._catalog.thresholds.get("coverage.cache_seconds"))
        now, missing = time.monotonic(), []
        for name in wanted:
            at, held, span = _KEPT.get(self._key(name), (now - kept, False, None))
            if now - at < kept:
                self._held[name], self._spans[name] = held, span
            else:
                missing.append(name)
        outcomes = self._gate.run_many([self._query(name) for name in missing])
        for name, outcome in zip(missing, outcomes, strict=True):
            if outcome.status in {"denied", "error"}:
                continue
            held, span = False, None
            if outcome.rows and self._catalog.datasets[name].date:
                low, high = (moment(value) for value in outcome.rows[0][:2])
                span = self._span(name, low.date(), high.date(), int(outcome.rows[0][2])) if low and high else None
                held = span is not None
            elif outcome.rows:
                held = bool(outcome.rows[0][0])
            self._held[name], self._spans[name] = held, span
            _KEPT[self._key(name)] = (now, held, span)

    def span(self, dataset: str) -> Span | None:
        """The span of a dataset; None when it is undated, holds nothing, or its source did not answer."""
        return self._spans.get(dataset)

    def held(self, dataset: str) -> bool:
        """Whether the dataset holds any row in the actor's scope."""
        return self._held.get(dataset, False)

    def covers(self, dataset: str, period: Period) -> bool:
        """Whether a period lies within the data, so that no row means zero. An archive covers every period."""
        if not self._held.get(dataset):
            return False
        span = self._spans[dataset]
        return span is None or (span.starts_by(period) and span.reaches(period))

    def _span(self, dataset: str, low: date, high: date, active: int) -> Span:
        info = self._catalog.datasets[dataset]
        if info.date_kind == "ym":
            return Span(low, month_end(high))
        if info.coverage != "event":
            return Span(low, high)
        factor = float(self._catalog.thresholds.get("coverage.event_gap_factor"))
        usual = ceil(factor * (high - low).days / max(active, 1))
        most = int(self._catalog.thresholds.get("coverage.event_silence_days"))
        return Span(low, high, min(max(usual, 1), most))

    def _query(self, dataset: str) -> Query:
        info = self._catalog.datasets[dataset]
        shown = "COUNT(*) AS held"
        if info.date:
            active = f"COUNT(DISTINCT CAST(t.{info.date} AS DATE))" if info.coverage == "event" else "1"
            shown = f"MIN(t.{info.date}) AS lo, MAX(t.{info.date}) AS hi, {active} AS active"
        sql = f"SELECT {shown} FROM {dataset} AS t"
        return Query(info.source, sql, {}, self._gate.actor.org, "数据起止日期")

    def _key(self, dataset: str) -> tuple[str, str, str]:
        url = self._gate.settings.source_url(self._catalog.datasets[dataset].source)
        return url, self._gate.actor.org, dataset
