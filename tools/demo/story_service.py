"""Planted: repeated outages, an outage that nobody reported, complaint clusters, unregistered solar plants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.answers import Answers, Item
from tools.demo.arrays import stream
from tools.demo.customers import Customers
from tools.demo.network import Network
from tools.demo.organisation import STATIONS
from tools.demo.outages import Outage, Outages
from tools.demo.solar import Solar
from tools.demo.timeline import Timeline
from tools.demo.window import DAY_SECONDS, DAYS, WINDOW_SECONDS


@dataclass(frozen=True)
class ComplaintCluster:
    """Many complaints of one station within days, about one thing."""

    station: int
    start: int
    days: int
    count: int
    topic: str


def plant_outages(network: Network, outages: Outages, answers: Answers, seed: int, size: float) -> None:
    """Areas that fail more than three times in sixty days, and one cluster of reports without an event."""
    rng = stream(seed, "frequent outages")
    areas = rng.permutation(network.public)
    count = max(2, round(3 * size))
    for number, tg in enumerate(areas[:count].tolist()):
        first = DAYS - 58 if number % 2 == 0 else int(rng.integers(300, DAYS - 200))
        days = np.sort(rng.choice(55, 5, replace=False)) + first
        more = np.sort(rng.choice(240, 2, replace=False)) + max(0, first - 260)
        for day in [*more.tolist(), *days.tolist()]:
            start = day * DAY_SECONDS + int(rng.uniform(8, 21) * 3600)
            end = min(start + int(rng.uniform(0.6, 2.8) * 3600), WINDOW_SECONDS - 600)
            outages.events.append(Outage("故障", int(network.tg_line[tg]), tg, start, end, "设备老化"))
        answers.defects.append(
            Item(
                "frequent_outage",
                STATIONS[network.tg_station[tg]].code,
                [network.tg_no[tg]],
                int(days[0]),
                int(days[-1]),
                "频繁停电：60天内5次",
                None,
                {"count_60_days": 5},
            )
        )
    for tg in areas[count : count + max(1, round(size))].tolist():
        start = int(rng.integers(DAYS - 120, DAYS - 20)) * DAY_SECONDS + int(rng.uniform(17, 20) * 3600)
        outages.events.append(
            Outage(
                "故障",
                int(network.tg_line[tg]),
                tg,
                start,
                start + 3 * 3600,
                "过负荷",
                reported=False,
            )
        )
        answers.defects.append(
            Item(
                "unreported_outage",
                STATIONS[network.tg_station[tg]].code,
                [network.tg_no[tg]],
                start // DAY_SECONDS,
                start // DAY_SECONDS,
                "报修集中而设备侧无停电事件（漏报）",
            )
        )
    outages.sort()


def plant_complaints(answers: Answers, seed: int, size: float) -> list[ComplaintCluster]:
    """Two clusters; the later one in September 2026."""
    rng = stream(seed, "complaints")
    stations = rng.permutation(len(STATIONS))
    clusters = [
        ComplaintCluster(int(stations[0]), DAYS - 52, 12, max(5, round(9 * size)), "频繁停电"),
        ComplaintCluster(int(stations[1]), int(rng.integers(250, 600)), 10, max(4, round(7 * size)), "电费异常"),
    ]
    for found in clusters:
        answers.defects.append(
            Item(
                "complaint_cluster",
                STATIONS[found.station].code,
                [],
                found.start,
                found.start + found.days - 1,
                f"投诉集中：{found.topic}",
                None,
                {"count": found.count},
            )
        )
    return clusters


def plant_hidden_solar(
    c: Customers, timeline: Timeline, solar: Solar, answers: Answers, seed: int, size: float
) -> Solar:
    """Homes that feed energy back without a registered plant."""
    rng = stream(seed, "hidden solar")
    free = np.flatnonzero((c.kind == 1) & (c.open_day < 0) & (c.close_day >= DAYS) & (c.base > 4))
    free = np.array([i for i in free.tolist() if i not in timeline.taken], dtype=np.int64)
    free = np.setdiff1d(free, solar.customer)
    chosen = rng.permutation(free)[: max(1, round(2 * size))]
    grid = rng.integers(250, DAYS - 60, len(chosen))
    timeline.taken.update(chosen.tolist())
    for who, day in zip(chosen.tolist(), grid.tolist(), strict=True):
        note = "非发电户出现反向电量（未报装光伏）"
        answers.defects.append(Item("reverse_energy", STATIONS[c.station[who]].code, [c.cons_no[who]], day, None, note))
    return solar.join(chosen, np.full(len(chosen), 800), grid, event=False, filed=False)
