"""True energy of one month: load after outages, through solar plants, split into peak, flat and valley."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.customers import Customers
from tools.demo.daytypes import WORKDAY
from tools.demo.load import Load
from tools.demo.network import Network
from tools.demo.outages import Outages
from tools.demo.shapes import periods, profiles
from tools.demo.solar import Solar, generation
from tools.demo.timeline import Timeline
from tools.demo.window import Month


@dataclass
class Surroundings:
    """Everything that decides the true energy; planted events differ only in these."""

    load: Load
    timeline: Timeline
    outages: Outages
    solar: Solar
    sun: Array
    shape: Array | None = None
    """Weather of a what-if question."""


@dataclass
class MonthEnergy:
    """True energy in kWh of one month."""

    month: Month
    parts: Array
    """peak, flat, valley × customer × day."""
    reverse: Array
    """Customer × day."""
    dark: Array
    """Customer × day: without supply for the whole day."""
    curve: Array
    """Mean import power in kW of the customers with curves: customer × day × 96."""

    @property
    def total(self) -> Array:
        """Imported energy, customer × day."""
        return np.asarray(self.parts.sum(axis=0))


class EnergySource:
    """Computes months; keeps the profile tables."""

    def __init__(self, c: Customers, network: Network, curve_customers: Array, seed: int) -> None:
        self.c = c
        self.network = network
        self.curve_customers = curve_customers
        self.seed = seed
        self.profiles = profiles()
        self.peak, self.valley = periods()
        self.shares = np.stack([self.profiles[:, :, self.peak].sum(2), self.profiles[:, :, self.valley].sum(2)])

    def month(self, month: Month, around: Surroundings) -> MonthEnergy:
        """True energy of every customer on every day of the month."""
        c, timeline = self.c, around.timeline
        days = slice(month.first, month.end)
        rest = (around.load.kinds[days] != WORKDAY).astype(np.int64)
        raw = around.load.daily(month, timeline.factor, around.shape)
        hours = around.outages.hours(self.network, month)[c.tg]
        dark = (hours >= 23.99) & around.load.active(month)
        supplied = raw * (1 - hours / 24.0)
        supplied[dark] = 0.0
        group = np.repeat(c.group[:, None], month.days, axis=1)
        group[: c.hv] = timeline.pattern[:, days]
        peak = supplied * np.clip(self.shares[0][group, rest[None, :]] + c.tou_shift[:, None], 0.0, 1.0)
        valley = supplied * np.clip(self.shares[1][group, rest[None, :]] - c.tou_shift[:, None], 0.0, 1.0)
        parts = np.stack([peak, supplied - peak - valley, valley])
        reverse = np.zeros_like(supplied)
        curve = self._curves_and_plants(month, around, raw, supplied, group, rest, parts, reverse)
        return MonthEnergy(month, np.maximum(parts, 0.0), reverse, dark, curve)

    def _curves_and_plants(
        self,
        month: Month,
        around: Surroundings,
        raw: Array,
        supplied: Array,
        group: Array,
        rest: Array,
        parts: Array,
        reverse: Array,
    ) -> Array:
        """Customers with curves or plants are computed by quarter hours; returns the curves in kW."""
        solar = around.solar
        running = np.flatnonzero(solar.grid_day < month.end)
        metered = self.curve_customers
        others = np.setdiff1d(solar.customer[running], metered)
        who = np.concatenate([metered, others])
        shape = self.profiles[group[who], rest[None, :]]
        rng = stream(self.seed, "curve", month.index)
        noise = rng.normal(1.0, 0.035, (len(metered), month.days, 96))
        shape[: len(metered)] *= noise
        shape[: len(metered)] /= shape[: len(metered)].sum(axis=2, keepdims=True)
        quarters = shape * supplied[who][:, :, None]
        on = around.outages.supplied_quarters(self.network, month, self.c.tg[metered])
        quarters[: len(metered)] = shape[: len(metered)] * raw[metered][:, :, None] * on
        place = np.full(self.c.count, -1)
        place[who] = np.arange(len(who))
        own = generation(self.c, solar, around.sun, month, running) / 4.0
        rows = place[solar.customer[running]]
        lit = supplied[who[rows]] > 0
        net = quarters[rows] - own * lit[:, :, None]
        quarters[rows] = np.maximum(net, 0.0)
        reverse[who[rows]] = np.maximum(-net, 0.0).sum(axis=2)
        peak = quarters[:, :, self.peak].sum(axis=2)
        valley = quarters[:, :, self.valley].sum(axis=2)
        parts[0][who], parts[2][who] = peak, valley
        parts[1][who] = quarters.sum(axis=2) - peak - valley
        return np.asarray(quarters[: len(metered)] * 4.0)
