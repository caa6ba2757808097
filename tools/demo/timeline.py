"""What happens to customers over the window: capacity, load factor and shift pattern day by day, and work orders."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tools.demo.arrays import NULL, Array
from tools.demo.customers import Customers
from tools.demo.window import DAY_SECONDS, DAYS


@dataclass(frozen=True)
class WorkOrder:
    """One order; times are second numbers, NULL where not yet reached. ``customer`` −1: not filed yet."""

    customer: int
    station: int
    kind: str
    before: int
    after: int
    accept: int
    plan: int
    finish: int


@dataclass
class Timeline:
    """Day-by-day state of dedicated-transformer customers, and everybody's orders."""

    cap_day: Array
    factor: Array
    pattern: Array
    """Load group of the day (a factory that gives up its night shift changes pattern)."""
    cap_end: Array
    suspended: Array
    orders: list[WorkOrder] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    """Customers that already have a story."""

    @classmethod
    def start(cls, c: Customers) -> Timeline:
        """Nothing has happened yet."""
        cap = np.repeat(c.cap[: c.hv, None], DAYS, axis=1).astype(np.int32)
        pattern = np.repeat(c.group[: c.hv, None], DAYS, axis=1).astype(np.uint8)
        return cls(cap, np.ones((c.hv, DAYS), dtype=np.float32), pattern, c.cap.copy(), np.zeros(c.count, dtype=bool))

    def change_capacity(
        self, c: Customers, who: int, kind: str, after: int, day: int, rng: np.random.Generator, lead: int
    ) -> None:
        """An archived order that sets the running capacity from ``day`` on; call in date order."""
        before = int(self.cap_end[who])
        finish = day * DAY_SECONDS + int(rng.integers(9 * 3600, 17 * 3600))
        self.add(c, who, kind, before, after, finish, lead, rng)
        self.cap_end[who] = after
        if who < c.hv:
            self.cap_day[who, day:] = after
        self.suspended[who] = kind == "暂停" if kind in ("暂停", "恢复") else self.suspended[who]

    def add(
        self,
        c: Customers,
        who: int,
        kind: str,
        before: int,
        after: int,
        finish: int,
        lead: int,
        rng: np.random.Generator,
    ) -> None:
        """An archived order that was accepted ``lead`` days before it finished."""
        accept = finish - lead * DAY_SECONDS - int(rng.integers(1800, 6 * 3600))
        allowed = max(1, round(lead * float(rng.uniform(1.0, 1.6))))
        if rng.random() < 0.02:
            allowed = max(0, lead - 1)
        plan = accept + allowed * DAY_SECONDS + 7 * 3600
        self.orders.append(WorkOrder(who, int(c.station[who]), kind, before, after, accept, plan, finish))

    def close(self, c: Customers, who: int, day: int, rng: np.random.Generator, lead: int) -> None:
        """The customer leaves: no supply from ``day`` on."""
        self.change_capacity(c, who, "销户", 0, day, rng, lead)
        c.close_day[who] = day

    def pending(self, c: Customers, who: int, kind: str, after: int, accept: int, allowed: int) -> None:
        """An order still in progress at the end of the window."""
        before = int(self.cap_end[who]) if who >= 0 else 0
        station = int(c.station[who]) if who >= 0 else -1
        plan = accept + allowed * DAY_SECONDS
        self.orders.append(WorkOrder(who, station, kind, before, after, accept, plan, NULL))
