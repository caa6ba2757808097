"""Weather of the southern Yangtze: one temperature series a county, carried by each of its stations."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.organisation import COUNTIES, STATIONS
from tools.demo.window import DAYS, as_date

COOL_BASE, HEAT_BASE = 26.0, 15.0
_OFFSET = (0.3, -0.5, 0.2, 0.0)


def _autoregressive(noise: Array, phi: float) -> Array:
    out = np.zeros_like(noise)
    for number in range(1, len(noise)):
        out[number] = phi * out[number - 1] + noise[number]
    return out


def temperatures(seed: int) -> Array:
    """Mean temperature in °C, county × day, in tenths of a degree."""
    rng = stream(seed, "weather")
    day_of_year = np.array([as_date(d).timetuple().tm_yday for d in range(DAYS)])
    normal = 17.2 + 12.6 * np.cos(2 * np.pi * (day_of_year - 206) / 365.25)
    normal = normal + 1.2 * np.exp(-(((day_of_year - 212) / 26.0) ** 2))
    spread = 1.7 - 0.6 * np.cos(2 * np.pi * (day_of_year - 206) / 365.25)
    common = _autoregressive(rng.normal(0, 1, DAYS), 0.72) * spread * 0.55
    rows = []
    for county in range(len(COUNTIES)):
        local = _autoregressive(rng.normal(0, 0.3, DAYS), 0.5)
        rows.append(normal + common + local + _OFFSET[county])
    return np.round(np.clip(np.array(rows), -6.0, 36.5), 1)


def sunshine(seed: int) -> Array:
    """Share of the clear-sky yield, county × day (0.12 in rain … 1 clear)."""
    rng = stream(seed, "sunshine")
    common = rng.beta(2.0, 1.5, DAYS)
    return np.array([np.clip(0.12 + 0.88 * (0.85 * common + 0.15 * rng.random(DAYS)), 0.12, 1.0) for _ in COUNTIES])


def degree_days(t_avg: Array) -> tuple[Array, Array]:
    """Cooling and heating degrees with three days of memory (0.6 / 0.3 / 0.1): county × day."""
    before = np.concatenate([t_avg[:, :1], t_avg[:, :-1]], axis=1)
    earlier = np.concatenate([before[:, :1], before[:, :-1]], axis=1)
    felt = 0.6 * t_avg + 0.3 * before + 0.1 * earlier
    return np.maximum(0.0, felt - COOL_BASE), np.maximum(0.0, HEAT_BASE - felt)


def weather_columns(t_avg: Array, seed: int) -> dict[str, Array]:
    """Rows of weather_day in tenths of a degree; every station repeats its county's series with a small offset."""
    rng = stream(seed, "weather", "stations")
    county = np.array([s.county for s in STATIONS])
    tenths = np.rint(t_avg * 10).astype(np.int64)[county] + rng.integers(-2, 3, len(STATIONS))[:, None]
    up = rng.integers(28, 58, (len(COUNTIES), DAYS))[county]
    down = rng.integers(26, 52, (len(COUNTIES), DAYS))[county]
    codes = np.repeat(np.array([s.code for s in STATIONS], dtype=object), DAYS)
    return {
        "org_code": codes,
        "date": np.tile(np.arange(DAYS), len(STATIONS)),
        "t_avg": tenths.ravel(),
        "t_max": (tenths + up).ravel(),
        "t_min": (tenths - down).ravel(),
    }
