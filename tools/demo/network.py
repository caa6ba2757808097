"""10 kV lines and transformers: public areas that feed low-voltage customers, and one dedicated transformer each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.organisation import COUNTIES, STATIONS
from tools.demo.scale import Scale

_PLACES = (
    "翠园",
    "桂花",
    "松岭",
    "新安",
    "永兴",
    "和平",
    "东升",
    "西苑",
    "南塘",
    "北桥",
    "梅林",
    "竹溪",
    "荷香",
    "龙泉",
    "凤台",
    "金沙",
    "银杏",
    "石桥",
    "清溪",
    "白鹭",
    "枫林",
    "晨光",
    "团结",
    "胜利",
    "幸福",
    "长乐",
    "建新",
    "民主",
    "光明",
    "前进",
)
_TRUNKS = (
    "工业",
    "城东",
    "城西",
    "河滨",
    "开发",
    "园区",
    "振兴",
    "人民",
    "滨江",
    "丰收",
    "创业",
    "迎宾",
    "港口",
    "大桥",
)


@dataclass
class Network:
    """Lines first, then public transformer areas; dedicated transformers are appended one per HV customer."""

    line_id: list[str]
    line_name: list[str]
    line_kv: list[int]
    line_station: Array
    tg_no: list[str]
    tg_name: list[str]
    tg_station: Array
    tg_line: Array
    tg_urban: Array
    public: int
    """Number of public areas; indices from here on are dedicated transformers."""
    tg_cap: Array
    tg_run_year: Array

    @property
    def tgs(self) -> int:
        """All transformers."""
        return len(self.tg_no)


def split(total: int, weights: list[float], least: int = 1) -> list[int]:
    """Whole numbers near ``total × weights`` that add up to ``total``."""
    scaled = [total * w / sum(weights) for w in weights]
    parts = [max(least, math.floor(x)) for x in scaled]
    order = sorted(range(len(parts)), key=lambda i: math.floor(scaled[i]) - scaled[i])
    step = 0
    while sum(parts) < total:
        parts[order[step % len(order)]] += 1
        step += 1
    while sum(parts) > total:
        parts[parts.index(max(parts))] -= 1
    return parts


def station_weights(share: str) -> list[float]:
    """Weight of each station: its county's share, unevenly divided."""
    pattern = (1.15, 1.0, 0.9, 0.8)
    weights = []
    for station in STATIONS:
        county = COUNTIES[station.county]
        here = [s for s in STATIONS if s.county == station.county]
        whole = sum(pattern[: len(here)])
        weights.append(float(getattr(county, share)) * pattern[here.index(station)] / whole)
    return weights


def build_network(scale: Scale, seed: int) -> Network:
    """Lines and public areas, sized by the customers of each station."""
    rng = stream(seed, "network")
    public_by_station = split(max(len(STATIONS) * 2, round(scale.lv / scale.tg_size)), station_weights("share"), 2)
    line_id: list[str] = []
    line_name: list[str] = []
    line_station: list[int] = []
    tg_no: list[str] = []
    tg_name: list[str] = []
    tg_station: list[int] = []
    tg_line: list[int] = []
    for number, station in enumerate(STATIONS):
        tgs = public_by_station[number]
        count = max(2 if tgs > 3 else 1, math.ceil(tgs / scale.tgs_per_line))
        first = len(line_id)
        for k in range(count):
            trunk = _TRUNKS[k % len(_TRUNKS)] + ("" if k < len(_TRUNKS) else str(k // len(_TRUNKS) + 1))
            line_id.append(f"{station.code}{k + 1:03d}")
            line_name.append(f"10kV{station.short}{trunk}{101 + k}线")
            line_station.append(number)
        for k in range(public_by_station[number]):
            place = _PLACES[k % len(_PLACES)]
            tg_no.append(f"8{len(tg_no) + 1:09d}")
            tg_name.append(f"{station.short}{place}{k // len(_PLACES) + 1}号公变")
            tg_station.append(number)
            tg_line.append(first + k % count)
    counties = np.array([STATIONS[s].county for s in tg_station])
    urban = rng.random(len(tg_no)) < np.array([c.urban for c in COUNTIES])[counties]
    return Network(
        line_id,
        line_name,
        [10] * len(line_id),
        np.array(line_station),
        tg_no,
        tg_name,
        np.array(tg_station),
        np.array(tg_line),
        urban,
        len(tg_no),
        np.zeros(len(tg_no), dtype=np.int64),
        rng.integers(2006, 2024, len(tg_no)),
    )
