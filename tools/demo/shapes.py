"""Load groups: how a kind of customer uses electricity over the day, the week, the festival and the weather."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array

POINTS = 96

_FLAT = (1.0,) * 24
_RES = (5, 4, 3.5, 3.3, 3.3, 3.8, 5, 6.5, 6, 5.5, 5.5, 6.5, 7, 6, 5.5, 5.5, 6, 7.5, 10, 11.5, 12, 11, 9, 6.5)
_RES_HOME = (5, 4, 3.5, 3.3, 3.3, 3.6, 4.5, 6, 7, 7.5, 8, 9, 9, 8, 7.5, 7.5, 8, 9, 11, 12, 12, 11, 9, 6.5)
_SHIFT3 = (
    9.2,
    9.1,
    9,
    9,
    9,
    9.1,
    9.4,
    9.8,
    10.4,
    10.6,
    10.6,
    10,
    9.8,
    10.3,
    10.6,
    10.6,
    10.5,
    10.2,
    10,
    10,
    9.9,
    9.8,
    9.6,
    9.4,
)
_SHIFT2 = (4, 3, 3, 3, 3, 3.4, 5, 8, 11, 12, 12, 10, 9.5, 11.5, 12, 12, 11.8, 11, 10.5, 10.5, 10, 9.5, 8, 5.5)
_SHIFT1 = (
    2,
    1.9,
    1.9,
    1.9,
    1.9,
    2,
    3,
    7,
    13,
    14.5,
    14.5,
    11,
    8.5,
    13,
    14.5,
    14.3,
    13.5,
    9,
    4.5,
    3.2,
    2.8,
    2.5,
    2.2,
    2.1,
)
_SHOP = (2, 1.8, 1.7, 1.7, 1.7, 1.8, 2.2, 3, 5, 8, 10, 11, 11, 10.5, 10.5, 10.5, 11, 11.5, 12, 12, 11.5, 9, 5, 3)
_HOTEL = (6, 5.5, 5, 5, 5, 5.5, 7, 8.5, 8.5, 8, 8, 9.5, 10, 9, 8, 8, 8.5, 10, 12, 12.5, 12, 11, 9.5, 7.5)
_OFFICE = (2.2, 2, 2, 2, 2, 2.2, 3, 6, 11, 12.5, 12.5, 11, 10, 12, 12.5, 12.5, 12, 9, 6, 4.5, 4, 3.5, 3, 2.5)
_PUBLIC = (
    4,
    3.8,
    3.7,
    3.7,
    3.7,
    4,
    5,
    7.5,
    10.5,
    11.5,
    11.5,
    10.5,
    9.5,
    11,
    11.5,
    11.2,
    10.5,
    9,
    7.5,
    7,
    6.8,
    6,
    5,
    4.4,
)
_FARM = (4, 4, 4, 4, 4.5, 6, 8, 9, 10, 10, 10, 9, 8, 8, 9, 10, 10, 9, 8, 6.5, 5.5, 5, 4.5, 4)


@dataclass(frozen=True)
class LoadGroup:
    """Daily factors of one kind of customer; weather factors are per degree-day."""

    name: str
    weekend: float
    holiday: float
    festival: float
    """Change at the height of the Spring Festival (−0.5 = half)."""
    cool: float
    heat: float
    sigma: float
    sigma_month: float
    workday: tuple[float, ...]
    restday: tuple[float, ...]


GROUPS = (
    LoadGroup("城镇居民", 1.06, 1.07, 0.18, 0.145, 0.030, 0.24, 0.10, _RES, _RES_HOME),
    LoadGroup("乡村居民", 1.03, 1.06, 0.25, 0.115, 0.018, 0.26, 0.11, _RES, _RES_HOME),
    LoadGroup("农业", 1.00, 1.00, -0.20, 0.015, 0.004, 0.22, 0.12, _FARM, _FARM),
    LoadGroup("工业三班", 0.98, 0.90, -0.46, 0.005, 0.001, 0.05, 0.03, _SHIFT3, _SHIFT3),
    LoadGroup("工业两班", 0.92, 0.86, -0.58, 0.006, 0.002, 0.06, 0.03, _SHIFT2, _SHIFT2),
    LoadGroup("工业单班", 0.74, 0.68, -0.70, 0.008, 0.003, 0.08, 0.04, _SHIFT1, _SHIFT1),
    LoadGroup("建筑", 0.92, 0.65, -0.80, 0.005, 0.002, 0.15, 0.08, _SHIFT2, _SHIFT2),
    LoadGroup("交通", 1.00, 1.05, -0.12, 0.012, 0.003, 0.06, 0.03, _HOTEL, _HOTEL),
    LoadGroup("信息", 1.00, 1.00, -0.02, 0.020, 0.000, 0.03, 0.02, _FLAT, _FLAT),
    LoadGroup("批零", 1.08, 1.10, -0.25, 0.072, 0.012, 0.10, 0.05, _SHOP, _SHOP),
    LoadGroup("住餐", 1.08, 1.15, -0.10, 0.072, 0.020, 0.10, 0.05, _HOTEL, _HOTEL),
    LoadGroup("办公", 0.62, 0.52, -0.50, 0.090, 0.016, 0.08, 0.04, _OFFICE, _OFFICE),
    LoadGroup("公共", 0.76, 0.66, -0.30, 0.070, 0.015, 0.08, 0.04, _PUBLIC, _PUBLIC),
)
INDEX = {group.name: number for number, group in enumerate(GROUPS)}

INDUSTRY_GROUP = {
    "1": "农业",
    "3": "建筑",
    "4": "交通",
    "5": "信息",
    "6": "批零",
    "7": "住餐",
    "8": "办公",
    "9": "办公",
    "10": "办公",
    "11": "公共",
    "B1": "城镇居民",
    "B2": "乡村居民",
}
"""Industry → group; industry "2" chooses among the three shift patterns."""


def profiles() -> Array:
    """Share of each quarter hour in the day's energy: group × (workday, restday) × 96."""
    hours = np.array([(g.workday, g.restday) for g in GROUPS], dtype=float)
    following = np.roll(hours, -1, axis=2)
    steps = np.arange(4) / 4
    quarter = hours[..., None] * (1 - steps) + following[..., None] * steps
    flat = quarter.reshape(len(GROUPS), 2, POINTS)
    return np.asarray(flat / flat.sum(axis=2, keepdims=True))


def periods() -> tuple[Array, Array]:
    """Masks of the peak (8–11, 17–22) and valley (22–6) quarter hours; the rest is flat."""
    hour = np.arange(POINTS) // 4
    peak = ((hour >= 8) & (hour < 11)) | ((hour >= 17) & (hour < 22))
    valley = (hour >= 22) | (hour < 6)
    return peak, valley
