"""Wholeness (单位完整性): which units below an asked one have no rows for days or months that they should have.

A dataset with a row for every day or month is whole for a unit when each day or month since its first row is there. One
cheap query per dataset counts them; only a unit whose count falls short is read day by day. Events have no row on a
quiet day: they are whole on the days for which the source's delivery log has an entry and the rows that it counts. A
source without that log is judged by how long its units are silent (`silence`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.domain.org import OrgTree, covers
from core.domain.period import Period, month_end, shift_months
from core.domain.supplement import Supplement
from core.errors import GmaError
from knowledge.catalog import Catalog
from tools.fetch import Gate, Outcome, Query
from tools.indicators.answers import moment
from tools.indicators.coverage import Coverage
from tools.indicators.rollcall import RollCall
from tools.indicators.silence import Usual, silences
from tools.sources import DELIVERIES

_NAMED = 3
"""Most units that one sentence names."""


@dataclass(frozen=True)
class Gaps:
    """What a dataset lacks: the first days of the missing days or months, by the unit that stands in its rows."""

    since: date
    units: frozenset[str] = frozenset()
    missing: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Gap:
    """A unit with how many days or months of a period it lacks; `all` when it has none of them."""

    org: str
    count: int
    all: bool


_KEPT: dict[tuple[str, str, str], tuple[float, Gaps]] = {}
"""(when, gaps) by source URL, scope and dataset."""


class Wholeness:
    """Gaps of dated datasets within the actor's scope, kept as long as `Coverage` keeps its spans."""

    def __init__(self, gate: Gate, catalog: Catalog, coverage: Coverage, tree: OrgTree) -> None:
        self._gate = gate
        self._catalog = catalog
        self._coverage = coverage
        self._tree = tree
        self._calls = RollCall(catalog, gate.actor.org)
        self._gaps: dict[str, Gaps] = {}
        self._asked: dict[str, date] = {}
        self._unknown: set[str] = set()
        self._logged: dict[str, bool] = {}

    def ask(self, read: Iterable[tuple[str, Period]]) -> list[Query]:
        """The queries for what is not known yet of the datasets, each from some months before the earliest period read.

        Their outcomes go to `learn`, in this order.
        """
        back = int(self._catalog.thresholds.get("coverage.unit_months"))
        since: dict[str, date] = {}
        for name, period in set(read):
            info = self._catalog.datasets[name]
            if info.coverage != "stock" and info.org and info.date and self._coverage.span(name):
                first = shift_months(period.start, -back).replace(day=1)
                since[name] = min(since.get(name, first), first)
        kept = float(self._catalog.thresholds.get("coverage.cache_seconds"))
        now = time.monotonic()
        for name in list(since):
            at, gaps = _KEPT.get(self._key(name), (now - kept, Gaps(date.max)))
            if now - at < kept and gaps.since <= since[name]:
                self._gaps[name] = gaps
                del since[name]
        self._asked = since
        return [
            self._calls.active(name, first) if self._silent(name) else self._calls.counted(name, first)
            for name, first in since.items()
        ]

    def learn(self, outcomes: Iterable[Outcome]) -> None:
        """What came of `ask`. Where it failed nobody knows whether the numbers are whole; see `unknown`."""
        for (name, since), outcome in zip(self._asked.items(), outcomes, strict=True):
            gaps = None
            if outcome.status not in {"denied", "error"} and not outcome.truncated:
                read = self._quiet if self._silent(name) else self._read
                gaps = read(name, since, outcome)
            if gaps is None:
                self._unknown.add(name)
            else:
                self._gaps[name] = gaps
                _KEPT[self._key(name)] = (time.monotonic(), gaps)

    def unknown(self, dataset: str) -> str:
        """Why nobody can say whether a dataset is whole; '' when its units were counted or need not be."""
        label = self._catalog.datasets[dataset].label
        return f"{label}各单位是否齐全没有核对成功" if dataset in self._unknown else ""

    def gaps(self, dataset: str, org: str, window: Period) -> list[Gap]:
        """The highest units within `org` that lack days or months of the window, in code order; [] when it is whole."""
        known = self._gaps.get(dataset)
        if known is None or not known.missing:
            return []
        monthly = self._catalog.datasets[dataset].date_kind == "ym"
        first = window.start.replace(day=1) if monthly else window.start
        lacking = {
            unit: count
            for unit, days in known.missing.items()
            if covers(org, unit) and (count := sum(first <= day <= window.end for day in days))
        }
        whole = len(window.months()) if monthly else window.days
        return self._rolled(org, lacking, known.units, whole) if lacking else []

    def lacks_a_month(self, dataset: str, org: str, window: Period) -> bool:
        """Whether a unit below has nothing in the window or in one of its months, rather than not on single days.

        Events that are missing on some days of a month may be all that it had.
        """
        if not self.gaps(dataset, org, window):
            return False
        if self._catalog.datasets[dataset].coverage == "event":
            return True
        return any(gap.all for span in (window, *window.months()) for gap in self.gaps(dataset, org, span))

    def unfilled(self, dataset: str, gaps: list[Gap], supplied: Sequence[Supplement]) -> list[Gap]:
        """Those gaps that supplements of the unit, or of one above it, do not make up for."""
        monthly = self._catalog.datasets[dataset].date_kind == "ym"

        def made_up(gap: Gap) -> int:
            spans = [Period.parse(one.period) for one in supplied if covers(one.org, gap.org)]
            return sum(len(span.months()) if monthly else span.days for span in spans)

        return [gap for gap in gaps if made_up(gap) < gap.count]

    def said(self, dataset: str, gaps: list[Gap]) -> str:
        """`望湖区没有电费账单数据`, or `望湖区的电费账单数据不全`; free of figures, so that prose may quote it."""
        label = self._catalog.datasets[dataset].label
        parts = []
        for all_gone, lacks in ((True, f"没有{label}数据"), (False, f"的{label}数据不全")):
            names = [self._name(gap.org) for gap in gaps if gap.all == all_gone]
            if names:
                parts.append(f"{'、'.join(names[:_NAMED])}{'等单位' if len(names) > _NAMED else ''}{lacks}")
        return "，".join(parts)

    def _rolled(self, org: str, lacking: Mapping[str, int], units: Iterable[str], whole: int) -> list[Gap]:
        mine = [unit for unit in units if covers(org, unit)]
        counts = {lacking.get(unit, 0) for unit in mine}
        below = self._tree.children(org)
        if len(counts) == 1 or not below or 0 not in counts:
            return [Gap(org, max(counts), min(counts) >= whole)] if max(counts) else []
        held = [child.code for child in below if any(covers(child.code, unit) for unit in mine)]
        own = [Gap(org, lacking[org], lacking[org] >= whole)] if org in lacking else []
        return own + [gap for code in held for gap in self._rolled(code, lacking, mine, whole)]

    def _read(self, name: str, since: date, outcome: Outcome) -> Gaps | None:
        """Units with fewer days than are due are read day by day; the others are whole. None where that failed."""
        back = int(self._catalog.thresholds.get("coverage.unit_months"))
        span = self._coverage.span(name)
        monthly = self._catalog.datasets[name].date_kind == "ym"
        due: dict[str, list[date]] = {}
        rows = [] if outcome.status == "empty" else [row for row in outcome.frame().itertuples(index=False) if row[0]]
        if not rows and self._catalog.datasets[name].coverage == "event":
            return self._unlogged(name, since)
        newest = max((found.date() for row in rows if (found := moment(row[2]))), default=None)
        for unit, low, high, count, *delivered in rows:
            lowest, highest = moment(low), moment(high)
            if span is None or lowest is None or highest is None or newest is None:
                continue
            # a unit that has been silent for long was closed or merged: it is expected no more
            due_to = newest if self._catalog.datasets[name].coverage == "event" else span.last
            last = min(due_to, month_end(shift_months(highest.date(), back)))
            uneven = bool(delivered) and delivered[0] != delivered[1]
            if uneven or _count_of(lowest.date(), last, monthly) > int(count):
                due[str(unit)] = _steps(lowest.date(), last, monthly)
        held = self._held(name, since, sorted(due)) if due else {}
        if held is None:
            return None
        missing = {unit: tuple(day for day in days if day not in held[unit]) for unit, days in due.items()}
        return Gaps(since, frozenset(str(row[0]) for row in rows), missing)

    def _held(self, name: str, since: date, units: list[str]) -> dict[str, set[date]] | None:
        """The days or months that some units have; None where the query failed."""
        out: dict[str, set[date]] = {unit: set() for unit in units}
        outcome = self._gate.run(self._calls.present(name, since, units))
        if outcome.status != "ok" or outcome.truncated:
            return None
        for unit, day in outcome.frame().itertuples(index=False):
            found = moment(day)
            if found:
                out[str(unit)].add(found.date())
        return out

    def _quiet(self, name: str, since: date, outcome: Outcome) -> Gaps:
        """Gaps by silence alone."""
        active: dict[str, set[date]] = {}
        for unit, day in [] if outcome.status == "empty" else outcome.frame().itertuples(index=False):
            if unit and (found := moment(day)):
                active.setdefault(str(unit), set()).add(found.date())
        span, caliber = self._coverage.span(name), self._catalog.thresholds
        if span is None:
            return Gaps(since, frozenset(active))
        usual = Usual(
            float(caliber.get("coverage.silence_probability")),
            int(caliber.get("coverage.silence_history_days")),
            float(caliber.get("coverage.silence_least_share")),
        )
        missing = silences(active, self._tree, span.last, usual, int(caliber.get("coverage.unit_months")))
        return Gaps(since, frozenset(active), missing)

    def _unlogged(self, name: str, since: date) -> Gaps | None:
        """A log that says nothing of this dataset is none."""
        outcome = self._gate.run(self._calls.active(name, since))
        return None if outcome.status in {"denied", "error"} or outcome.truncated else self._quiet(name, since, outcome)

    def _silent(self, name: str) -> bool:
        """Whether a dataset can only be judged by silence: events of a source without a delivery log."""
        info = self._catalog.datasets[name]
        if info.coverage != "event":
            return False
        if info.source not in self._logged:
            try:
                self._logged[info.source] = self._gate.connections.offers(info.source, DELIVERIES.name)
            except GmaError:
                # the source does not answer: the count of its log will say so
                self._logged[info.source] = True
        return not self._logged[info.source]

    def _name(self, org: str) -> str:
        found = self._tree.get(org)
        return found.short if found else org

    def _key(self, name: str) -> tuple[str, str, str]:
        url = self._gate.settings.source_url(self._catalog.datasets[name].source)
        return url, self._gate.actor.org, name


def _count_of(first: date, last: date, monthly: bool) -> int:
    """How many days or months `_steps` gives."""
    if monthly:
        return max(0, (last.year - first.year) * 12 + last.month - first.month + 1)
    return max(0, (last - first).days + 1)


def _steps(first: date, last: date, monthly: bool) -> list[date]:
    """Every day, or the first day of every month, from first to last."""
    if monthly:
        return [month.start for month in Period(start=first, end=last, grain="range").months()] if first <= last else []
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]
