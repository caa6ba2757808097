"""Rows of the equipment source: reported outages, work plans, defects."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import NULL, Array, stream, strings
from tools.demo.customers import Customers
from tools.demo.dictionary import DEFECT_LEVELS
from tools.demo.network import Network
from tools.demo.organisation import STATIONS
from tools.demo.outages import Outages
from tools.demo.window import DAY_SECONDS, WINDOW_SECONDS


def outage_columns(c: Customers, network: Network, outages: Outages) -> dict[str, Array]:
    """Rows of outage_event; customers are those connected when it began."""
    events = [e for e in outages.events if e.reported]
    members = [np.flatnonzero(c.tg == tg) for tg in range(network.tgs)]
    by_line = [np.flatnonzero(c.line == line) for line in range(len(network.line_id))]
    counts = []
    for e in events:
        who = members[e.tg] if e.tg >= 0 else by_line[e.line]
        day = e.start // DAY_SECONDS
        counts.append(int(((c.open_day[who] <= day) & (day < c.close_day[who])).sum()))
    return {
        "event_id": strings([f"OE{k + 1:08d}" for k in range(len(events))]),
        "event_type": strings([e.kind for e in events]),
        "line_id": strings([network.line_id[e.line] for e in events]),
        "tg_no": strings([network.tg_no[e.tg] if e.tg >= 0 else None for e in events]),
        "org_code": strings([STATIONS[network.line_station[e.line]].code for e in events]),
        "start_time": np.array([e.start for e in events], dtype=np.int64),
        "end_time": np.array([e.end for e in events], dtype=np.int64),
        "customers": np.array(counts, dtype=np.int64),
        "cause_code": strings([e.cause for e in events]),
    }


def plan_columns(network: Network, outages: Outages, seed: int) -> dict[str, Array]:
    """Rows of work_plan: one for every planned line outage, some cancelled, some ahead."""
    rng = stream(seed, "work plans")
    rows: list[tuple[int, int, int, str]] = []
    for e in outages.events:
        if e.kind == "计划" and e.tg < 0:
            rows.append((e.line, e.start - 600, e.end + int(rng.integers(-1800, 5400)), "已完成"))
            if rng.random() < 0.2:
                other = e.start + 9 * DAY_SECONDS
                if other + 4 * 3600 < WINDOW_SECONDS:
                    rows.append((e.line, other, other + 4 * 3600, "已取消"))
    for line in range(0, len(network.line_id), 3):
        start = WINDOW_SECONDS + int(rng.integers(3, 28)) * DAY_SECONDS + 8 * 3600
        rows.append((line, start, start + int(rng.integers(3, 9)) * 3600, "已批准"))
    rows.sort(key=lambda r: (r[1], r[0]))
    return {
        "plan_no": strings([f"WP{k + 1:08d}" for k in range(len(rows))]),
        "line_id": strings([network.line_id[r[0]] for r in rows]),
        "org_code": strings([STATIONS[network.line_station[r[0]]].code for r in rows]),
        "plan_start": np.array([r[1] for r in rows], dtype=np.int64),
        "plan_end": np.array([r[2] for r in rows], dtype=np.int64),
        "status": strings([r[3] for r in rows]),
    }


def defect_columns(network: Network, seed: int) -> dict[str, Array]:
    """Rows of defect: equipment findings and when they were cleared."""
    rng = stream(seed, "equipment defects")
    count = max(30, round(network.tgs * 0.9))
    tg = rng.integers(0, network.tgs, count)
    found = np.sort(rng.integers(8 * 3600, WINDOW_SECONDS - 3600, count))
    level = rng.choice(3, count, p=[0.78, 0.18, 0.04])
    days = np.array([60.0, 12.0, 0.8])[level] * rng.gamma(2.0, 0.4, count)
    cleared = found + (days * DAY_SECONDS).astype(np.int64) + 3600
    return {
        "defect_no": strings([f"DF{k + 1:08d}" for k in range(count)]),
        "tg_no": np.array(network.tg_no, dtype=object)[tg],
        "org_code": strings([STATIONS[s].code for s in network.tg_station[tg]]),
        "found_time": found,
        "level": np.array(DEFECT_LEVELS, dtype=object)[level],
        "cleared_time": np.where(cleared < WINDOW_SECONDS, cleared, NULL),
    }
