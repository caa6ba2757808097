"""The ordinary course of business: connections, enlargements, pauses, departures, renamings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.customers import Customers
from tools.demo.organisation import STATIONS
from tools.demo.timeline import Timeline
from tools.demo.window import DAY_SECONDS, DAYS, WINDOW_SECONDS


def run_ordinary_business(c: Customers, timeline: Timeline, seed: int) -> None:
    """Give ordinary orders to customers that have no story yet."""
    rng = stream(seed, "business")
    free = np.array([i for i in range(c.count) if i not in timeline.taken])
    modest = c.base < np.median(c.base[: c.big])
    _low_voltage(c, timeline, free[free >= c.hv], rng)
    _dedicated(c, timeline, free[(free < c.hv) & ~c.anchor[free] & modest[free]], rng)
    _paperwork(c, timeline, rng)
    _in_progress(c, timeline, rng)


def _connect(c: Customers, timeline: Timeline, who: int, day: int, lead: int, rng: np.random.Generator) -> None:
    cap = int(c.cap[who])
    c.open_day[who] = day
    timeline.cap_end[who] = 0
    if who < c.hv:
        timeline.cap_day[who, :day] = 0
    timeline.change_capacity(c, who, "新装", cap, day, rng, lead)


def _low_voltage(c: Customers, timeline: Timeline, free: Array, rng: np.random.Generator) -> None:
    draw = rng.random(len(free))
    for who in free[draw < 0.055].tolist():
        lead = int(rng.integers(1, 5)) if c.kind[who] == 1 else int(rng.integers(2, 13))
        _connect(c, timeline, who, int(rng.integers(4, DAYS - 3)), lead, rng)
        timeline.taken.add(who)
    for who in free[(draw >= 0.055) & (draw < 0.066)].tolist():
        timeline.close(c, who, int(rng.integers(20, DAYS - 3)), rng, int(rng.integers(1, 4)))
        timeline.taken.add(who)
    for who in free[(draw >= 0.066) & (draw < 0.074)].tolist():
        after = int(c.cap[who])
        timeline.cap_end[who] = max(4, after // 2)
        timeline.change_capacity(c, who, "增容", after, int(rng.integers(10, DAYS - 3)), rng, int(rng.integers(1, 6)))
        timeline.taken.add(who)


def _dedicated(c: Customers, timeline: Timeline, free: Array, rng: np.random.Generator) -> None:
    draw = rng.random(len(free))
    for who in free[draw < 0.035].tolist():
        day = int(rng.integers(30, DAYS - 40))
        _connect(c, timeline, who, day, int(rng.integers(18, 42)), rng)
        ramp = np.linspace(0.35, 1.0, 60)[: DAYS - day]
        timeline.factor[who, day : day + len(ramp)] *= ramp
        timeline.taken.add(who)
    for who in free[(draw >= 0.035) & (draw < 0.12)].tolist():
        _pause(c, timeline, who, rng)
        timeline.taken.add(who)
    for who in free[(draw >= 0.12) & (draw < 0.17)].tolist():
        day = int(rng.integers(30, DAYS - 30))
        cap = int(c.cap[who])
        timeline.change_capacity(c, who, "增容", cap + max(30, cap // 4), day, rng, int(rng.integers(15, 40)))
        timeline.factor[who, day:] *= 1.15
        timeline.taken.add(who)
    for who in free[(draw >= 0.17) & (draw < 0.20)].tolist():
        day = int(rng.integers(30, DAYS - 30))
        timeline.change_capacity(c, who, "减容", int(c.cap[who]) * 4 // 5, day, rng, int(rng.integers(4, 12)))
        timeline.factor[who, day:] *= 0.9
        timeline.taken.add(who)


def _pause(c: Customers, timeline: Timeline, who: int, rng: np.random.Generator) -> None:
    """A pause of one to four months, of the whole capacity or a part, and the resumption."""
    day = int(rng.integers(20, DAYS - 140))
    length = int(rng.integers(30, 120))
    cap = int(c.cap[who])
    whole = rng.random() < 0.35
    after = 0 if whole else cap // 2
    timeline.change_capacity(c, who, "暂停", after, day, rng, int(rng.integers(3, 8)))
    timeline.factor[who, day : day + length] *= 0.0 if whole else 0.6
    timeline.change_capacity(c, who, "恢复", cap, day + length, rng, int(rng.integers(2, 6)))


def _paperwork(c: Customers, timeline: Timeline, rng: np.random.Generator) -> None:
    """过户, 更名 and 改类 change no capacity."""
    for who in np.flatnonzero(rng.random(c.count) < 0.03).tolist():
        if who in timeline.taken:
            continue
        kind = str(rng.choice(["过户", "更名", "改类"], p=[0.6, 0.3, 0.1]))
        finish = int(rng.integers(5 * DAY_SECONDS, WINDOW_SECONDS - DAY_SECONDS))
        cap = int(timeline.cap_end[who])
        timeline.add(c, who, kind, cap, cap, finish, int(rng.integers(1, 5)), rng)
        timeline.taken.add(who)


def _in_progress(c: Customers, timeline: Timeline, rng: np.random.Generator) -> None:
    """Orders accepted in the last weeks and not finished; a new connection has no customer number yet."""
    for number in range(len(STATIONS)):
        for _ in range(max(1, round(c.count / 4_000))):
            accept = WINDOW_SECONDS - int(rng.integers(DAY_SECONDS // 2, 9 * DAY_SECONDS))
            timeline.pending(c, -1, "新装", int(rng.choice([8, 8, 10, 20, 200])), accept, int(rng.integers(5, 30)))
            timeline.orders[-1] = replace(timeline.orders[-1], station=number)
    free = [i for i in range(c.hv) if i not in timeline.taken and not c.anchor[i]]
    for who in free[: max(1, c.hv // 60)]:
        accept = WINDOW_SECONDS - int(rng.integers(3 * DAY_SECONDS, 25 * DAY_SECONDS))
        timeline.pending(c, who, "增容", int(timeline.cap_end[who]) * 5 // 4, accept, 30)
