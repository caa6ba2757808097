"""Bills: natural month, issued at 20:00 of its last day; wrong ones are reversed and issued again a month later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo import tariffs
from tools.demo.arrays import Array
from tools.demo.customers import Customers
from tools.demo.metering import MonthReadings
from tools.demo.timeline import Timeline
from tools.demo.window import DAY_SECONDS, Month

ISSUE_SECOND = 20 * 3600
ORIGINAL, REVERSAL, CORRECTED = range(3)
MARK = ("B", "R", "C")


@dataclass
class Bills:
    """Bills issued in one month; energies in hundredths of a kWh, money in 分."""

    month: Month
    """Month of issue."""
    period: Month
    who: Array
    mark: int
    parts: Array
    """peak, flat, valley × bill."""
    energy: Array
    basic: Array
    power_factor: Array
    surcharge: Array

    @property
    def receivable(self) -> Array:
        """Amount due."""
        return np.asarray(self.energy + self.basic + self.power_factor + self.surcharge)

    @property
    def issue(self) -> int:
        """Second of issue: the last evening, or the 12th at 10:00 for corrections."""
        if self.mark == ORIGINAL:
            return self.month.last * DAY_SECONDS + ISSUE_SECOND
        return (self.month.first + 11) * DAY_SECONDS + 10 * 3600 + 1800 * self.mark


def rounded(amount: Array, unit: int) -> Array:
    """Whole-number division, halves away from zero."""
    amount = np.asarray(amount, dtype=np.int64)
    return np.asarray(np.sign(amount) * ((2 * np.abs(amount) + unit) // (2 * unit)))


class Billing:
    """Prices energies; remembers the yearly steps of residents and the bills that must be corrected."""

    def __init__(self, c: Customers, timeline: Timeline, rebills: list[tuple[int, int]]) -> None:
        self.c, self.timeline = c, timeline
        self.year_kwh = np.where(c.kind == 1, np.rint(c.base * 243 * 100), 0).astype(np.int64)
        self.year_kwh[c.open_day > 0] = 0
        self.standard = np.array(
            [
                tariffs.power_factor_standard(str(i), int(v), int(k))
                for i, v, k in zip(c.industry, c.voltage, c.cap, strict=True)
            ]
        )
        self.points = np.array(
            [
                tariffs.power_factor_points(int(p), int(s)) if s else 0
                for p, s in zip(c.cos_phi, self.standard, strict=True)
            ]
        )
        self.rebills = rebills
        self.pending: list[tuple[Bills, Array, Array, Array]] = []
        """Bills to be reversed next month, with the right energies, the demands of their month and the energy of the
        year that stood before them."""

    def issue(self, readings: MonthReadings, demand: Array) -> list[Bills]:
        """All bills of a month: corrections of the last month, then the regular ones."""
        month = readings.month
        if month.ym.endswith("-01"):
            self.year_kwh[:] = 0
        issued: list[Bills] = []
        for wrong, right, then, before in self.pending:
            issued += [
                _reverse(wrong, month),
                self._price(month, wrong.period, wrong.who, right, then, before, CORRECTED),
            ]
            if wrong.period.ym[:4] == month.ym[:4]:
                self.year_kwh[wrong.who] += (right - wrong.parts).sum(axis=0)
        self.pending = []
        who = np.flatnonzero(readings.active.any(axis=1))
        parts = readings.kwh.sum(axis=2)[:, who]
        right, before = parts.copy(), self.year_kwh[who]
        if readings.unseen.size:
            right += readings.unseen.sum(axis=2)[:, who]
        if readings.excess.size:
            right -= readings.excess.sum(axis=2)[:, who]
        for customer, index in self.rebills:
            if index == month.index:
                at = np.flatnonzero(who == customer)
                parts[:, at] = parts[:, at] * 13 // 10
        regular = self._price(month, month, who, parts, demand, before, ORIGINAL)
        self.year_kwh[who] += parts.sum(axis=0)
        issued.append(regular)
        differs = np.flatnonzero((parts != right).any(axis=0))
        if len(differs):
            self.pending.append((_subset(regular, differs), right[:, differs], demand, before[differs]))
        return issued

    def _price(
        self, month: Month, period: Month, who: Array, parts: Array, demand: Array, before: Array, mark: int
    ) -> Bills:
        c = self.c
        total = parts.sum(axis=0)
        tariff, market = c.tariff[who], c.market[who]
        energy = np.zeros(len(who), dtype=np.int64)
        energy += np.where(tariff == 0, _resident(before, total), 0)
        energy += np.where(tariff == 1, total * tariffs.FARM, 0)
        for two_part in (False, True):
            for kind in (0, 1):
                members = (tariff == (3 if two_part else 2)) & (market == kind)
                peak, flat, valley = tariffs.business_prices(period, kind, two_part)
                amount = parts[0] * peak + parts[1] * flat + parts[2] * valley
                energy += np.where(members, amount, 0)
        energy = rounded(energy, tariffs.SCALE)
        now = tariffs.version(period)
        basic = self._basic(period, who, total, demand, now)
        pf = rounded((energy + basic) * self.points[who], 10_000)
        extra = np.where(tariff >= 2, now.surcharge_business, now.surcharge_resident)
        extra[tariff == 1] = 0
        return Bills(month, period, who, mark, parts, energy, basic, pf, rounded(total * extra, tariffs.SCALE))

    def _basic(self, period: Month, who: Array, total: Array, demand: Array, now: tariffs.Version) -> Array:
        """Capacity or demand charge of two-part customers, capacity by the day."""
        c = self.c
        out = np.zeros(len(who), dtype=np.int64)
        member = np.flatnonzero((c.tariff[who] == 3) & (who < c.hv))
        customer = who[member]
        cap_days = self.timeline.cap_day[customer, period.first : period.end].sum(axis=1, dtype=np.int64)
        fee = rounded(cap_days * now.capacity_fee, period.days)
        kw = np.minimum(demand[customer], np.maximum(cap_days // period.days, 0))
        by_demand = kw * now.demand_fee
        good = total[member] >= cap_days // period.days * tariffs.DEMAND_DISCOUNT_KWH_PER_KVA * 100
        by_demand = np.where(good, rounded(by_demand * 90, 100), by_demand)
        out[member] = np.where(c.demand[customer], by_demand, fee)
        return out


def _resident(before: Array, total: Array) -> Array:
    """Yearly steps: amount in 1/10000 分, from the energy of the year before this bill."""
    after = before + total
    amount = total * tariffs.RESIDENT[0]
    for limit, low, high in zip(tariffs.RESIDENT_STEPS, tariffs.RESIDENT, tariffs.RESIDENT[1:], strict=False):
        over = np.maximum(after - limit, 0) - np.maximum(before - limit, 0)
        amount = amount + over * (high - low)
    return np.asarray(amount)


def _reverse(wrong: Bills, month: Month) -> Bills:
    return Bills(
        month,
        wrong.period,
        wrong.who,
        REVERSAL,
        -wrong.parts,
        -wrong.energy,
        -wrong.basic,
        -wrong.power_factor,
        -wrong.surcharge,
    )


def _subset(bills: Bills, at: Array) -> Bills:
    return Bills(
        bills.month,
        bills.period,
        bills.who[at],
        bills.mark,
        bills.parts[:, at],
        bills.energy[at],
        bills.basic[at],
        bills.power_factor[at],
        bills.surcharge[at],
    )


def bill_numbers(bills: Bills, mark: int | None = None) -> list[str]:
    """Bill numbers: mark, period, and the customer's running number; unique across the window."""
    letter = MARK[bills.mark if mark is None else mark]
    stem = letter + bills.period.ym.replace("-", "")
    return [f"{stem}{who + 1:08d}" for who in bills.who.tolist()]
