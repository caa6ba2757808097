"""Planted: five months in which one county falls by about 15 %, each for another reason (H1, H2, H3, H5, H7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.customers import Customers
from tools.demo.dictionary import DISASTER_CAUSE
from tools.demo.energy import EnergySource, MonthEnergy, Surroundings
from tools.demo.faults import Faults, Gap
from tools.demo.load import shape_table
from tools.demo.network import Network
from tools.demo.outages import Outage, Outages
from tools.demo.solar import Solar
from tools.demo.window import DAY_SECONDS, Month, month

TARGET = 0.15
RIVER_CITY, EAST, CLEAR_RIVER, LAKE = 2, 1, 0, 3


@dataclass
class Event:
    """One planted fall: what it is and where; kWh are measured while the months are built."""

    code: str
    county: int
    month: Month
    start: int
    end: int | None
    ids: list[str]
    note: str
    lasting: bool = False


@dataclass
class Stage:
    """The province while events are being planted."""

    c: Customers
    network: Network
    source: EnergySource
    around: Surroundings
    faults: Faults
    seed: int

    def expected(self, when: Month, county: int) -> tuple[MonthEnergy, Array]:
        """Energy of a month as things stand, and who belongs to the county."""
        return self.source.month(when, self.around), self.c.county == county


def plant_outage_event(stage: Stage) -> Event:
    """H2: a flood takes most lines of 临江市 for days (June 2026)."""
    when = month("2026-06")
    network, county = stage.network, RIVER_CITY
    rng = stream(stage.seed, "event", "H2")
    energy, here = stage.expected(when, county)
    total = energy.total
    target = total[here].sum() * TARGET
    stations = np.unique(stage.c.station[here])
    lines = np.flatnonzero(np.isin(network.line_station, stations))
    lines = np.sort(rng.choice(lines, max(2, round(len(lines) * 0.8)), replace=False))
    pace = rng.uniform(0.75, 1.25, len(lines))
    begin = (when.first + 16) * DAY_SECONDS + 15 * 3600 + rng.integers(0, 4 * 3600, len(lines))

    def storm(days: float) -> Outages:
        ends = np.minimum(begin + (days * pace * DAY_SECONDS).astype(np.int64), when.end * DAY_SECONDS - 3600)
        return Outages(
            [
                Outage("故障", int(line), -1, int(b), int(e), DISASTER_CAUSE, event=True)
                for line, b, e in zip(lines, begin, ends, strict=True)
            ]
        )

    low, high = 0.5, 13.0
    before = stage.around.outages.hours(network, when)
    for _ in range(18):
        middle = (low + high) / 2
        more = np.maximum(storm(middle).hours(network, when) - before, 0.0)
        lost = (total[here] * more[stage.c.tg[here]] / 24.0).sum()
        low, high = (middle, high) if lost < target else (low, middle)
    events = storm(high).events
    stage.around.outages.events += events
    stage.around.outages.sort()
    last = max(e.end for e in events) // DAY_SECONDS
    return Event(
        "H2",
        county,
        when,
        when.first + 16,
        last,
        [network.line_id[k] for k in lines],
        "洪涝造成多条10千伏线路长时间停电，供电侧与用户侧同时下降",
    )


def plant_weather_event(stage: Stage, t_avg: Array) -> tuple[Event, Array]:
    """H3: July 2026 is cool in 清河区; returns the new temperatures. The old shape stays for comparison."""
    when, county = month("2026-07"), CLEAR_RIVER
    energy, here = stage.expected(when, county)
    load = stage.around.load
    groups = np.array([energy.total[here & (stage.c.group == g)].sum(axis=0) for g in range(load.shape.shape[0])])
    days = slice(when.first, when.end)
    before = load.shape[:, county, days]
    pattern = np.ones(when.days)
    pattern[[0, -1]] = 0.5

    def cooler(degrees: float) -> tuple[Array, Array]:
        changed = t_avg.copy()
        changed[county, days] = np.round(np.maximum(changed[county, days] - degrees * pattern, 21.5), 1)
        return changed, shape_table(load.kinds, changed)

    low, high = 0.0, 12.0
    for _ in range(16):
        middle = (low + high) / 2
        after = cooler(middle)[1][:, county, days]
        fall = (groups * (1 - after / before)).sum() / groups.sum()
        low, high = (middle, high) if fall < TARGET else (low, middle)
    changed, shape = cooler(high)
    load.shape = shape
    return Event(
        "H3",
        county,
        when,
        when.first,
        when.last,
        [],
        f"凉夏：平均气温较应有水平低约{high:.1f}℃，居民和商业降温负荷下降，工业基本持平",
    ), changed


def plant_solar_event(stage: Stage) -> Event:
    """H7: in spring 2026 most enterprises of 东陵县 put solar plants on their roofs; the fall lasts from May on."""
    when, county = month("2026-05"), EAST
    c = stage.c
    rng = stream(stage.seed, "event", "H7")
    energy, here = stage.expected(when, county)
    total = energy.total[here].sum()
    settled = (c.open_day < when.first - 60) & (c.close_day > when.end)
    busy = (c.kind == 0) & here & (energy.total.sum(axis=1) > 0) & settled
    who = np.flatnonzero(busy & ~np.isin(np.arange(c.count), stage.around.solar.customer))
    grid = when.first - rng.integers(1, 24, len(who))
    size = rng.uniform(0.8, 1.2, len(who)) * c.cap[who]
    plain = stage.around.solar

    def roofs(share: float) -> Solar:
        kw = np.maximum(10, np.rint(size * share / 5) * 5).astype(np.int64)
        return plain.join(who, kw * 100, grid, event=True)

    low, high = 0.05, 2.0
    for _ in range(9):
        middle = (low + high) / 2
        stage.around.solar = roofs(middle)
        fall = 1 - stage.source.month(when, stage.around).total[here].sum() / total
        low, high = (middle, high) if fall < TARGET else (low, middle)
    stage.around.solar = roofs(high)
    installed = int(stage.around.solar.cap[stage.around.solar.event].sum()) // 100
    return Event(
        "H7",
        county,
        when,
        int(grid.min()),
        None,
        [c.cons_no[i] for i in who],
        f"工商业屋顶光伏集中并网{installed}千瓦，午间自发自用、反向电量上升",
        lasting=True,
    )


def plant_stop_event(stage: Stage) -> Event:
    """H5: in October 2026 a few of the largest factories of 望湖区 stop (the main story)."""
    when, county = month("2026-10"), LAKE
    c, timeline = stage.c, stage.around.timeline
    rng = stream(stage.seed, "event", "H5")
    energy, here = stage.expected(when, county)
    own = energy.total.sum(axis=1)
    target = own[here].sum() * TARGET
    anchors = np.flatnonzero(c.anchor & here)
    anchors = anchors[np.argsort(-own[anchors], kind="stable")]
    left = target
    ids: list[str] = []
    for number, who in enumerate(anchors.tolist()):
        if left < own[who] * 0.03:
            break
        cut = min(0.97, left / own[who])
        if number == 0:
            cut = min(1.0, target * 0.6 / own[who])
        timeline.factor[who, when.first :] *= 1 - cut
        left -= own[who] * cut
        ids.append(c.cons_no[who])
        cap = int(timeline.cap_end[who])
        if cut >= 0.999:
            timeline.change_capacity(c, who, "暂停", 0, when.first, rng, 5)
        elif number % 3 == 1:
            timeline.change_capacity(c, who, "暂停", max(50, cap // 4), when.first, rng, 6)
        elif cut < 0.9:
            timeline.change_capacity(c, who, "减容", max(50, cap // 2), when.first, rng, 8)
    return Event(
        "H5",
        county,
        when,
        when.first,
        None,
        ids,
        "少数大用户停产：部分办理暂停或减容，其余为停产检修（无业务工单）；其他客户正常",
        lasting=True,
    )


def plant_missing_event(stage: Stage) -> Event:
    """H1: terminals of 临江市 fail for ten days in December 2025; bills are short and corrected in January."""
    when, county = month("2025-12"), RIVER_CITY
    c = stage.c
    rng = stream(stage.seed, "event", "H1")
    energy, here = stage.expected(when, county)
    first, last = 7, 17
    target = energy.total[here].sum() * TARGET
    lost = energy.total[here][:, first:last].sum(axis=1)
    by_tg = np.bincount(c.tg_filed[here], weights=lost, minlength=stage.network.tgs)
    chosen: list[int] = []
    got = 0.0
    for tg in rng.permutation(np.flatnonzero(by_tg)).tolist():
        if got + by_tg[tg] <= target * 1.004:
            chosen.append(int(tg))
            got += float(by_tg[tg])
    special = [e.customer for e in stage.faults.ratios] + list(stage.faults.changes)
    who = np.setdiff1d(np.flatnonzero(np.isin(c.tg_filed, chosen) & here), special)
    stage.faults.gaps.append(Gap(who, when.first + first, when.first + last, event=True))
    return Event(
        "H1",
        county,
        when,
        when.first + first,
        when.first + last - 1,
        [stage.network.tg_no[t] for t in sorted(chosen)],
        "采集终端故障，大批计量点连续缺数，关口供电量未降；当月少计电量，次月冲红重开",
    )
