"""Coverage: from when to when a dataset holds data, so that nothing, zero and unfinished are told apart."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.period import Period, month_end
from knowledge.catalog import Catalog
from tools.fetch import Gate, Query
from tools.indicators.answers import moment

_KEPT: dict[tuple[str, str, str], tuple[float, Span | None]] = {}


@dataclass(frozen=True)
class Span:
    """The first and last day that a dataset has rows for."""

    first: date
    last: date

    def starts_by(self, period: Period, slack: int) -> bool:
        return self.first <= period.start + timedelta(days=slack)

    def reaches(self, period: Period, slack: int) -> bool:
        return self.last >= period.end - timedelta(days=slack)


class Coverage:
    """Spans of dated datasets within the actor's scope, kept for `caliber coverage.cache_seconds` per source URL."""

    def __init__(self, gate: Gate, catalog: Catalog) -> None:
        self._gate = gate
        self._catalog = catalog
        self._spans: dict[str, Span | None] = {}

    def load(self, datasets: Iterable[str]) -> None:
        """Fetch the spans that are not known yet, all sources at once."""
        dated = [name for name in dict.fromkeys(datasets) if self._catalog.datasets[name].date]
        wanted = [name for name in dated if name not in self._spans]
        kept = float(self._catalog.thresholds.get("coverage.cache_seconds"))
        now, missing = time.monotonic(), []
        for name in wanted:
            at, span = _KEPT.get(self._key(name), (-kept, None))
            if now - at < kept:
                self._spans[name] = span
            else:
                missing.append(name)
        outcomes = self._gate.run_many([self._query(name) for name in missing])
        for name, outcome in zip(missing, outcomes, strict=True):
            if outcome.status in {"denied", "error"}:
                continue
            low, high = (moment(value) for value in outcome.rows[0]) if outcome.rows else (None, None)
            span = self._span(name, low.date(), high.date()) if low and high else None
            self._spans[name] = span
            _KEPT[self._key(name)] = (now, span)

    def span(self, dataset: str) -> Span | None:
        """The span of a dataset; None when it is undated, holds nothing, or its source did not answer."""
        return self._spans.get(dataset)

    def known(self, dataset: str) -> bool:
        return dataset in self._spans

    def covers(self, dataset: str, period: Period) -> bool:
        """Whether a period lies within the data, so that no row means zero; True for undated archives."""
        info = self._catalog.datasets[dataset]
        if not info.date or not self.known(dataset):
            return True
        span, slack = self._spans[dataset], self.slack(dataset)
        return span is not None and span.starts_by(period, slack) and span.reaches(period, slack)

    def slack(self, dataset: str) -> int:
        """Days that an event dataset may be silent at either end and still count as covering."""
        event = self._catalog.datasets[dataset].coverage == "event"
        return int(self._catalog.thresholds.get("coverage.event_lag_days")) if event else 0

    def _span(self, dataset: str, low: date, high: date) -> Span:
        monthly = self._catalog.datasets[dataset].date_kind == "ym"
        return Span(low, month_end(high) if monthly else high)

    def _query(self, dataset: str) -> Query:
        info = self._catalog.datasets[dataset]
        sql = f"SELECT MIN(t.{info.date}) AS lo, MAX(t.{info.date}) AS hi FROM {dataset} AS t"
        return Query(info.source, sql, {}, self._gate.actor.org, "数据起止日期")

    def _key(self, dataset: str) -> tuple[str, str, str]:
        url = self._gate.settings.source_url(self._catalog.datasets[dataset].source)
        return url, self._gate.actor.org, dataset
