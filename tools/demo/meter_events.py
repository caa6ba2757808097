"""Rows of meter_event and inspection."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import NULL, Array, stream, strings
from tools.demo.customers import Customers
from tools.demo.faults import Faults
from tools.demo.network import Network
from tools.demo.organisation import STATIONS
from tools.demo.outages import Outages
from tools.demo.solar import Solar
from tools.demo.window import DAY_SECONDS, DAYS, WINDOW_SECONDS

EventRow = tuple[int, str, int, int]
"""Customer, code, start, end (NULL while it lasts)."""
_EVERYDAY = (
    ("失压", 0.010, 4.0),
    ("断相", 0.008, 3.0),
    ("失流", 0.006, 6.0),
    ("逆相序", 0.002, 30.0),
    ("电量突变", 0.012, 24.0),
    ("时钟超差", 0.010, 400.0),
    ("开盖", 0.003, 0.2),
    ("飞走", 0.0006, 24.0),
)
"""Code, events per meter and year, mean hours."""


def event_rows(
    c: Customers, network: Network, outages: Outages, solar: Solar, faults: Faults, seed: int
) -> list[EventRow]:
    """Events of all meters, in order of their start."""
    rng = stream(seed, "meter events")
    rows: list[EventRow] = []
    years = DAYS / 365.0
    for code, rate, hours in _EVERYDAY:
        number = rng.poisson(rate * years * c.count)
        who = rng.integers(0, c.count, number)
        start = rng.integers(0, WINDOW_SECONDS - DAY_SECONDS, number)
        end = start + (rng.exponential(hours, number) * 3600).astype(np.int64) + 60
        for w, s, e in zip(who.tolist(), start.tolist(), end.tolist(), strict=True):
            if c.open_day[w] * DAY_SECONDS <= s < c.close_day[w] * DAY_SECONDS:
                rows.append((w, code, s, e if e < WINDOW_SECONDS else int(NULL)))
    members = [np.flatnonzero(c.tg == tg) for tg in range(network.tgs)]
    by_line = [np.flatnonzero(c.line == line) for line in range(len(network.line_id))]
    for o in outages.events:
        group = members[o.tg] if o.tg >= 0 else by_line[o.line]
        if o.end - o.start < 300:
            continue
        day = o.start // DAY_SECONDS
        group = group[(c.open_day[group] <= day) & (day < c.close_day[group])]
        for w in group[rng.random(len(group)) < 0.93].tolist():
            shift = int(rng.integers(0, 60))
            rows.append((w, "停电", o.start + shift, o.end + shift))
            rows.append((w, "上电", o.end + shift, o.end + shift + 1))
    for under in faults.under:
        begin = under.start * DAY_SECONDS + int(rng.integers(0, 80_000))
        finish = under.end * DAY_SECONDS if under.end < DAYS else int(NULL)
        if under.kind == "theft":
            rows.append((under.customer, "开盖", begin, begin + 900))
            rows.append((under.customer, "失流", begin + 600, finish))
        else:
            rows.append((under.customer, "停走" if under.kind == "stopped" else "失流", begin, finish))
    for number in np.flatnonzero(~solar.filed).tolist():
        noon = int(solar.grid_day[number]) * DAY_SECONDS + 43_200
        rows.append((int(solar.customer[number]), "反向电量", noon, int(NULL)))
    for error in faults.ratios:
        rows.append((error.customer, "电量突变", error.start * DAY_SECONDS, error.end * DAY_SECONDS))
    rows.sort(key=lambda r: (r[2], r[0], r[1]))
    return rows


def event_columns(c: Customers, rows: list[EventRow]) -> dict[str, Array]:
    """Rows of meter_event."""
    who = np.array([r[0] for r in rows], dtype=np.int64)
    return {
        "mp_no": c.mp_no[who],
        "cons_no": c.cons_no[who],
        "org_code": strings([STATIONS[s].code for s in c.station[who]]),
        "event_code": strings([r[1] for r in rows]),
        "start_time": np.array([r[2] for r in rows], dtype=np.int64),
        "end_time": np.array([r[3] for r in rows], dtype=np.int64),
    }


def inspection_columns(c: Customers, faults: Faults, lost_kwh: dict[int, int], seed: int) -> dict[str, Array]:
    """Rows of inspection: solved thefts with the energy they hid, and everyday findings. kWh in hundredths."""
    rng = stream(seed, "inspections")
    rows: list[tuple[int, int, str, int, int]] = []
    for under in faults.under:
        if under.end < DAYS:
            kwh = lost_kwh.get(under.customer, 0)
            finding, times = ("窃电", 4) if under.kind == "theft" else ("计量差错", 1)
            rows.append((under.customer, under.end, finding, kwh, kwh * 62 * times // 100))
    number = max(6, round(c.count * 0.006))
    for who in rng.integers(0, c.count, number).tolist():
        low, high = max(0, int(c.open_day[who])), min(DAYS, int(c.close_day[who]))
        if high - low < 2:
            continue
        day = int(rng.integers(low, high))
        draw = rng.random()
        if draw < 0.72:
            rows.append((who, day, "未见异常", 0, 0))
        elif draw < 0.92:
            kwh = int(rng.integers(5_000, 300_000))
            rows.append((who, day, "违约用电", kwh, kwh * 62 * 2 // 100))
        else:
            kwh = int(rng.integers(2_000, 60_000))
            rows.append((who, day, "计量差错", kwh, kwh * 62 // 100))
    rows.sort(key=lambda r: (r[1], r[0]))
    who_all = np.array([r[0] for r in rows], dtype=np.int64)
    return {
        "case_no": strings([f"IC{k + 1:07d}" for k in range(len(rows))]),
        "cons_no": c.cons_no[who_all],
        "org_code": strings([STATIONS[s].code for s in c.station[who_all]]),
        "found_date": np.array([r[1] for r in rows], dtype=np.int64),
        "finding": strings([r[2] for r in rows]),
        "kwh": np.array([r[3] for r in rows], dtype=np.int64),
        "amount": np.array([r[4] for r in rows], dtype=np.int64),
    }
