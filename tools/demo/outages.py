"""Outages: ordinary faults and planned work, hours without supply, and the rows of the equipment source."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.dictionary import OUTAGE_CAUSES
from tools.demo.network import Network
from tools.demo.window import DAY_SECONDS, DAYS, WINDOW_SECONDS, Month

QUARTER = 900


@dataclass(frozen=True)
class Outage:
    """One interruption of a line (``tg`` −1) or of one transformer area; times are second numbers."""

    kind: str
    line: int
    tg: int
    start: int
    end: int
    cause: str
    event: bool = False
    """Part of a planted event."""
    reported: bool = True
    """False: it happened, but nobody entered it."""


@dataclass
class Outages:
    """All interruptions, in order of their start."""

    events: list[Outage] = field(default_factory=list)

    def sort(self) -> None:
        """Order by start."""
        self.events.sort(key=lambda e: (e.start, e.line, e.tg))

    def without_event(self) -> Outages:
        """The same without those of planted events."""
        return Outages([e for e in self.events if not e.event])

    def hours(self, network: Network, month: Month) -> Array:
        """Hours without supply: transformer × day of the month (overlaps never exceed 24)."""
        out = np.zeros((network.tgs, month.days))
        low, high = month.first * DAY_SECONDS, month.end * DAY_SECONDS
        for event in self.events:
            if event.end <= low or event.start >= high:
                continue
            who = np.array([event.tg]) if event.tg >= 0 else np.flatnonzero(network.tg_line == event.line)
            for day in range(max(event.start, low) // DAY_SECONDS, (min(event.end, high) - 1) // DAY_SECONDS + 1):
                begin, finish = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
                out[who, day - month.first] += (min(event.end, finish) - max(event.start, begin)) / 3600
        return np.minimum(out, 24.0)

    def supplied_quarters(self, network: Network, month: Month, tgs: Array) -> Array:
        """Share of each quarter hour with supply, for some transformers: transformer × day × 96."""
        out = np.ones((len(tgs), month.days * 96))
        low, high = month.first * DAY_SECONDS, month.end * DAY_SECONDS
        for event in self.events:
            if event.end <= low or event.start >= high:
                continue
            who = tgs == event.tg if event.tg >= 0 else network.tg_line[tgs] == event.line
            if not who.any():
                continue
            begin, finish = max(event.start, low) - low, min(event.end, high) - low
            edges = np.arange(begin // QUARTER, (finish - 1) // QUARTER + 1)
            lost = (np.minimum(finish, (edges + 1) * QUARTER) - np.maximum(begin, edges * QUARTER)) / QUARTER
            out[np.ix_(who, edges)] = np.maximum(0.0, out[np.ix_(who, edges)] - lost)
        return out.reshape(len(tgs), month.days, 96)


def _moment(rng: np.random.Generator, planned: bool) -> int:
    day = int(rng.integers(0, DAYS - 1))
    hour = rng.uniform(7.5, 10.0) if planned else rng.uniform(0, 24)
    return day * DAY_SECONDS + int(hour * 3600)


def ordinary_outages(network: Network, seed: int) -> Outages:
    """Faults and planned work at everyday rates, more faults in summer."""
    rng = stream(seed, "outages")
    years = DAYS / 365.0
    found = Outages()

    def add(kind: str, line: int, tg: int, hours: float) -> None:
        start = _moment(rng, kind == "计划")
        if kind == "故障" and rng.random() < 0.35:
            summer = int(rng.choice([0, 303, 668])) + int(rng.integers(0, 110))
            start = min(summer, DAYS - 2) * DAY_SECONDS + int(rng.uniform(8, 24) * 3600)
        end = min(start + int(hours * 3600), WINDOW_SECONDS)
        found.events.append(Outage(kind, line, tg, start, end, str(rng.choice(OUTAGE_CAUSES[kind]))))

    for line in range(len(network.line_id)):
        for _ in range(rng.poisson(0.45 * years)):
            add("计划", line, -1, float(rng.uniform(2.0, 6.0)))
        for _ in range(rng.poisson(0.5 * years)):
            momentary = rng.random() < 0.25
            add("故障", line, -1, float(rng.uniform(0.01, 0.05)) if momentary else float(rng.gamma(2.0, 0.6)) + 0.2)
    for tg in range(network.public):
        line = int(network.tg_line[tg])
        for kind, rate in (("计划", 0.25), ("故障", 0.45), ("临时", 0.15)):
            for _ in range(rng.poisson(rate * years)):
                add(kind, line, tg, float(rng.gamma(2.0, 0.7)) + 0.25)
    found.sort()
    return found
