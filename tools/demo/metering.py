"""From true energy to what the meters show and the acquisition system records, in whole hundredths of a kWh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.customers import Customers
from tools.demo.energy import MonthEnergy
from tools.demo.faults import Faults, MeterChange
from tools.demo.window import DAYS, Month

NORMAL, ESTIMATED, MISSING, DARK, LATE = range(5)
MODULUS = 100_000_000
"""6.2-digit registers."""


@dataclass
class MonthReadings:
    """One month of recorded energy; all integers."""

    month: Month
    active: Array
    kwh: Array
    """Recorded peak, flat, valley × customer × day, hundredths of a kWh; zero where the value is missing."""
    reverse: Array
    true: Array
    """Imported energy that really flowed, customer × day."""
    quality: Array
    register: Array
    """peak, flat, valley, reverse × customer × (day of the month and the first of the next): readings at 0:00."""
    unseen: Array
    """What the missing days would have shown: peak, flat, valley × customer × day."""
    excess: Array
    """Recorded too much because of a wrong ratio: peak, flat, valley × customer × day."""

    @property
    def total(self) -> Array:
        """Recorded imported energy, customer × day."""
        return np.asarray(self.kwh.sum(axis=0))


class Meters:
    """Keeps the registers of all meters from month to month."""

    def __init__(self, c: Customers, faults: Faults, seed: int) -> None:
        rng = stream(seed, "registers")
        self.c = c
        self.faults = faults
        self.seed = seed
        self.ratio = c.ratio.astype(np.int64).copy()
        start = rng.integers(20_000, 9_000_000, (4, c.count))
        start[:, c.open_day >= 0] = 0
        start[3] = 0
        self.state = start
        for who, total in faults.rollovers.items():
            self.state[1, who] = total - self.state[0, who] - self.state[2, who]
        self.changes: list[tuple[MeterChange, int, int, int]] = []
        """Replacements so far: change, old stop, new start, old ratio."""
        self.lost: dict[int, int] = {}
        """Energy that under-reading meters hid so far, hundredths of a kWh."""

    def record(self, energy: MonthEnergy) -> MonthReadings:
        """Quantise, disturb and register one month."""
        month, c = energy.month, self.c
        days = np.arange(month.first, month.end)
        active = (days >= c.open_day[:, None]) & (days < c.close_day[:, None])
        ratio = np.repeat(self.ratio[:, None], month.days, axis=1)
        step = np.rint(energy.parts * 100.0 / ratio[None]).astype(np.int64)
        back = np.rint(energy.reverse * 100.0 / ratio).astype(np.int64)
        jumps = self._replace_meters(month, energy, step, back, ratio)
        true = (step * ratio[None]).sum(axis=0)
        for j in jumps:
            true[j.who, j.at] = j.kwh.sum()
        for under in self.faults.under:
            low, high = max(under.start, month.first) - month.first, min(under.end, month.end) - month.first
            if low < high:
                part = step[:, under.customer, low:high]
                seen = np.rint(part * (1 - under.lost)).astype(np.int64)
                hidden = int((part - seen).sum()) * int(self.ratio[under.customer])
                self.lost[under.customer] = self.lost.get(under.customer, 0) + hidden
                step[:, under.customer, low:high] = seen
        kwh = step * ratio[None]
        for j in jumps:
            kwh[:, j.who, j.at] = j.kwh
        excess = np.zeros((0,), dtype=np.int64)
        errors = [e for e in self.faults.ratios if e.start < month.end and e.end > month.first]
        if errors:
            excess = np.zeros_like(kwh)
            for error in errors:
                days_on = slice(max(error.start, month.first) - month.first, min(error.end, month.end) - month.first)
                excess[:, error.customer, days_on] = kwh[:, error.customer, days_on] * 9
            kwh += excess
        register = self._advance(month, step, back, jumps)
        quality, unseen = self._qualities(month, energy.dark, active, kwh)
        return MonthReadings(month, active, kwh, back * ratio, true, quality, register, unseen, excess)

    def _replace_meters(self, month: Month, energy: MonthEnergy, step: Array, back: Array, ratio: Array) -> list[_Jump]:
        jumps = []
        for change in self.faults.changes.values():
            if not month.first <= change.day < month.end:
                continue
            who, at = change.customer, change.day - month.first
            old = int(self.ratio[who])
            before = (step[:, who, at] * 2) // 5
            after = np.rint((step[:, who, at] - before) * old / change.new_ratio).astype(np.int64)
            step[:, who, at + 1 :] = np.rint(energy.parts[:, who, at + 1 :] * 100.0 / change.new_ratio).astype(np.int64)
            back[who, at + 1 :] = np.rint(energy.reverse[who, at + 1 :] * 100.0 / change.new_ratio).astype(np.int64)
            ratio[who, at + 1 :] = change.new_ratio
            self.ratio[who] = change.new_ratio
            jumps.append(_Jump(change, who, at, old, before, after, before * old + after * change.new_ratio))
        return jumps

    def _advance(self, month: Month, step: Array, back: Array, jumps: list[_Jump]) -> Array:
        moved = np.concatenate([step, back[None]])
        register = np.empty((4, self.c.count, month.days + 1), dtype=np.int64)
        register[:, :, 0] = self.state
        np.cumsum(moved, axis=2, out=register[:, :, 1:])
        register[:, :, 1:] += self.state[:, :, None]
        for j in jumps:
            stop = register[:3, j.who, j.at] + j.before
            restart = np.concatenate([j.after, [0]])
            register[:, j.who, j.at + 1 :] += (restart - register[:, j.who, j.at + 1])[:, None]
            self.changes.append((j.change, int(stop.sum()) % MODULUS, 0, j.old_ratio))
        self.state = register[:, :, -1].copy()
        return register

    def _qualities(self, month: Month, dark: Array, active: Array, kwh: Array) -> tuple[Array, Array]:
        quality = np.full(active.shape, NORMAL, dtype=np.uint8)
        rng = stream(self.seed, "collection", month.index)
        level = rng.uniform(0.0004, 0.0026, month.days)
        lost = (rng.random(active.shape, dtype=np.float32) < level) & active & ~dark
        lost[:, -2:] = False
        lost[:, 1:] &= ~lost[:, :-1]
        special = np.zeros(self.c.count, dtype=bool)
        special[[e.customer for e in self.faults.ratios] + list(self.faults.changes)] = True
        lost[special] = False
        lost[:, :-1] &= active[:, 1:] & ~dark[:, 1:]
        late = (rng.random(active.shape, dtype=np.float32) < 0.0005) & active & ~dark & ~lost
        quality[late] = LATE
        unseen = np.zeros((0,), dtype=np.int64)
        for gap in self.faults.gaps:
            if not month.first <= gap.start < month.end:
                continue
            block = np.ix_(gap.customers, np.arange(gap.start - month.first, gap.end - month.first))
            usable = active[block] & ~dark[block]
            quality[block] = np.where(usable, LATE if gap.late else MISSING, quality[block])
            if not gap.late:
                edge = np.arange(gap.start - month.first - 1, gap.end - month.first + 1)
                lost[np.ix_(gap.customers, edge[(edge >= 0) & (edge < month.days)])] = False
        who, at = np.nonzero(lost)
        both = kwh[:, who, at] + kwh[:, who, at + 1]
        unit = self.ratio[who]
        half = both // 2 // unit * unit
        kwh[:, who, at], kwh[:, who, at + 1] = half, both - half
        quality[who, at] = ESTIMATED
        quality[dark] = DARK
        absent = quality == MISSING
        if absent.any():
            unseen = kwh * absent[None]
            kwh -= unseen
        return quality, unseen

    def ratio_periods(self) -> list[tuple[int, int, int, int | None]]:
        """Validity of the filed ratio of every metering point: customer, ratio, from, to (exclusive)."""
        rows: list[tuple[int, int, int, int | None]] = []
        errors = {e.customer: e for e in self.faults.ratios}
        for who in range(self.c.count):
            first, ratio = int(self.c.open_day[who]), int(self.c.ratio[who])
            last = int(self.c.close_day[who]) if self.c.close_day[who] < DAYS else None
            if who in errors:
                e = errors[who]
                rows += [(who, ratio, first, e.start), (who, ratio * 10, e.start, e.end), (who, ratio, e.end, last)]
            elif who in self.faults.changes and self.faults.changes[who].new_ratio != ratio:
                change = self.faults.changes[who]
                rows += [(who, ratio, first, change.day), (who, change.new_ratio, change.day, last)]
            else:
                rows.append((who, ratio, first, last))
        return rows


@dataclass(frozen=True)
class _Jump:
    """A meter replacement on its day."""

    change: MeterChange
    who: int
    at: int
    old_ratio: int
    before: Array
    after: Array
    kwh: Array
