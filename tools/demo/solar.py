"""Distributed solar plants behind the customer's meter: what is not used at once flows back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.customers import Customers
from tools.demo.shapes import POINTS
from tools.demo.timeline import Timeline
from tools.demo.window import DAYS, Month, as_date

_YIELD = 0.80


@dataclass
class Solar:
    """Plants: customer, capacity in hundredths of a kW, first day on the grid."""

    customer: Array
    cap: Array
    grid_day: Array
    event: Array
    """True for plants of a planted event."""
    filed: Array
    """False: the plant runs, but nobody registered it."""

    def without_event(self) -> Solar:
        """The same plants as if the event had not been."""
        keep = ~self.event
        return Solar(*(x[keep] for x in (self.customer, self.cap, self.grid_day, self.event, self.filed)))

    def join(self, customer: Array, cap: Array, grid_day: Array, *, event: bool, filed: bool = True) -> Solar:
        """With further plants."""
        more = np.ones(len(customer), dtype=bool)
        return Solar(
            np.concatenate([self.customer, customer]),
            np.concatenate([self.cap, cap]),
            np.concatenate([self.grid_day, grid_day]),
            np.concatenate([self.event, more & event]),
            np.concatenate([self.filed, more & filed]),
        )


def clear_sky(month: Month) -> Array:
    """kW per kW of plant on a clear day: day × 96."""
    hour = (np.arange(POINTS) + 0.5) / 4
    rows = []
    for day in range(month.first, month.end):
        season = np.cos(2 * np.pi * (as_date(day).timetuple().tm_yday - 172) / 365.25)
        half = 6.0 + 1.0 * season
        angle = np.clip((hour - 12.1) / half, -1, 1)
        rows.append(np.cos(angle * np.pi / 2) ** 1.4 * (0.78 + 0.17 * season))
    return np.array(rows)


def plan_solar(c: Customers, timeline: Timeline, seed: int, reserved: set[int]) -> Solar:
    """About two customers in a hundred have or get a plant; few enough in an area that it keeps drawing energy."""
    rng = stream(seed, "solar")
    chance = np.where(c.kind == 1, 0.017, np.where(c.kind == 2, 0.035, 0.10))
    chosen = np.flatnonzero((rng.random(c.count) < chance) & (c.close_day >= DAYS))
    chosen = np.array([i for i in chosen.tolist() if i not in reserved and i not in timeline.taken], dtype=np.int64)
    room = np.bincount(c.tg, weights=c.base, minlength=int(c.tg.max()) + 1) * 0.30 / 3.0
    size = np.where(c.kind[chosen] == 1, rng.choice([5, 8, 10, 15], len(chosen)), 0)
    size = np.where(c.kind[chosen] == 2, rng.choice([10, 20, 30], len(chosen)), size)
    roof = np.maximum(20, (c.cap[chosen] * rng.uniform(0.08, 0.3, len(chosen))) // 10 * 10)
    size = np.where(c.kind[chosen] == 0, roof, size)
    keep = []
    for number, who in enumerate(chosen.tolist()):
        area = int(c.tg[who])
        if who < c.hv or size[number] <= room[area]:
            room[area] -= size[number]
            keep.append(number)
    chosen, size = chosen[keep], size[keep].astype(np.int64)
    early = rng.random(len(chosen)) < 0.45
    first = np.maximum(c.open_day[chosen], 0)
    later = first + (rng.random(len(chosen)) * (DAYS - first)).astype(int)
    grid = np.where(early, -rng.integers(10, 900, len(chosen)), later)
    grid = np.maximum(grid, c.open_day[chosen])
    nobody = np.zeros(len(chosen), dtype=bool)
    return Solar(chosen, size * 100, grid.astype(np.int64), nobody, ~nobody)


def generation(c: Customers, solar: Solar, sun: Array, month: Month, who: Array) -> Array:
    """Power in kW of the given plant numbers: plant × day × 96."""
    days = np.arange(month.first, month.end)
    running = days >= solar.grid_day[who, None]
    strength = sun[c.county[solar.customer[who]]][:, month.first : month.end] * running
    return np.asarray((solar.cap[who] / 100.0 * _YIELD)[:, None, None] * strength[:, :, None] * clear_sky(month)[None])
