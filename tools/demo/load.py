"""Daily energy before outages, solar plants and metering: base × growth × calendar × weather × chance."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.customers import Customers
from tools.demo.daytypes import day_factors
from tools.demo.shapes import GROUPS
from tools.demo.weather import degree_days
from tools.demo.window import DAYS, Month

REFERENCE_DAY = 400
"""Day on which growth is zero: the bases are energies of October 2025."""


def shape_table(kinds: Array, t_avg: Array) -> Array:
    """Relative load of every group in every county on every day: group × county × day."""
    cooling, heating = degree_days(t_avg)
    cool = np.array([g.cool for g in GROUPS])[:, None, None]
    heat = np.array([g.heat for g in GROUPS])[:, None, None]
    return np.asarray(day_factors(kinds)[:, None, :] * (1 + cool * cooling[None] + heat * heating[None]))


class Load:
    """Draws the energy of all customers, one month at a time; the same month always gives the same numbers."""

    def __init__(self, customers: Customers, kinds: Array, t_avg: Array, seed: int) -> None:
        self.customers = customers
        self.kinds = kinds
        self.seed = seed
        self.shape = shape_table(kinds, t_avg)
        mean = self.shape[:, :, DAYS - 365 :].mean(axis=2)
        self.base = customers.base / mean[customers.group, customers.county]
        self.sigma = np.array([g.sigma for g in GROUPS], dtype=np.float32)[customers.group]
        self.sigma_month = np.array([g.sigma_month for g in GROUPS])[customers.group]

    def active(self, month: Month) -> Array:
        """Customers × days: connected on that day."""
        days = np.arange(month.first, month.end)
        c = self.customers
        return np.asarray((days >= c.open_day[:, None]) & (days < c.close_day[:, None]))

    def daily(self, month: Month, hv_factor: Array, shape: Array | None = None) -> Array:
        """Energy in kWh, customers × days; ``shape`` replaces the weather for what-if questions."""
        c = self.customers
        table = (self.shape if shape is None else shape)[:, :, month.first : month.end]
        days = np.arange(month.first, month.end)
        rng = stream(self.seed, "load", month.index)
        noise = rng.standard_normal((c.count, month.days), dtype=np.float32)
        own = rng.standard_normal(c.count)
        energy = np.exp(noise * self.sigma[:, None]).astype(np.float64)
        level = self.base * np.exp(self.sigma_month * own - self.sigma.astype(float) ** 2 / 2)
        energy *= level[:, None]
        energy *= table[c.group, c.county]
        energy *= 1 + c.growth[:, None] * ((days - REFERENCE_DAY) / 365.0)[None, :]
        energy *= self.active(month)
        energy[: c.hv] *= hv_factor[:, month.first : month.end]
        return np.asarray(energy)
