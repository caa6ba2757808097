"""Payments: instalments, prepayments, automatic deduction on the last evening, and those who pay late or never."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import Array, stream
from tools.demo.billing import ISSUE_SECOND, ORIGINAL, Bills
from tools.demo.customers import BIG_KVA, Customers
from tools.demo.faults import Faults
from tools.demo.organisation import COUNTIES
from tools.demo.window import DAY_SECONDS, MONTHS, WINDOW_SECONDS

ONLINE, WECHAT, ALIPAY, BANK, TRANSFER, COUNTER, SETTLED = range(7)
"""Indices into PAYMENT_CHANNELS."""


@dataclass
class Late:
    """A customer who had not paid at the end of a month; second of the payment, or beyond the window."""

    customer: int
    month: int
    arrive: int


@dataclass
class Payments:
    """Payments for the bills of one month: bill position, amount in 分, channel, second of arrival."""

    bill: Array
    amount: Array
    channel: Array
    arrive: Array


class Cashier:
    """Decides who pays what and when."""

    def __init__(self, c: Customers, faults: Faults, seed: int) -> None:
        self.c, self.faults, self.seed = c, faults, seed
        self.late: list[Late] = []

    def collect(self, bills: Bills) -> Payments:
        """Payments for one set of bills; only those that arrive inside the window."""
        if bills.mark != ORIGINAL:
            at = np.arange(len(bills.who))
            settled = Payments(at, bills.receivable, np.full(len(at), SETTLED), np.full(len(at), bills.issue + 600))
            return self._inside(settled)
        month = bills.month
        rng = stream(self.seed, "payments", month.index)
        due = bills.receivable
        first, end = month.first * DAY_SECONDS, month.end * DAY_SECONDS
        evening = month.last * DAY_SECONDS + ISSUE_SECOND
        count = len(due)
        instalments = (bills.who < self.c.hv) & (self.c.cap[bills.who] >= BIG_KVA)
        early = instalments | self.c.prepaid[bills.who]
        postponed = instalments & self._postponed(bills)
        part = np.where(instalments, due * 30 // 100, np.where(early, due * rng.integers(35, 70, count) // 100, 0))
        second = np.where(postponed, due * 58 // 100, np.where(instalments, due * 30 // 100, 0))
        rest = due - part - second
        arrive = evening + rng.integers(1800, 4 * 3600 - 60, count)
        pre = early & ~instalments
        arrive = np.where(pre, evening - rng.integers(60, 7 * DAY_SECONDS, count), arrive)
        never, moved = self._late(bills, rest, rng)
        arrive[moved >= 0] = moved[moved >= 0]
        paid = rest.copy()
        for who, (since, share) in self.faults.short_payers.items():
            at = np.flatnonzero(bills.who == who)
            if month.index >= since and len(at):
                part[at] = second[at] = 0
                paid[at] = due[at] - (due[at] * int(share * 100)) // 100
        paid[never] = 0
        online = rng.choice([ONLINE, WECHAT, ALIPAY, COUNTER], count, p=[0.5, 0.22, 0.22, 0.06])
        channel = np.where(instalments, TRANSFER, np.where(pre | (moved >= 0), online, BANK))
        tenth = first + 9 * DAY_SECONDS + rng.integers(9 * 3600, 17 * 3600, count)
        begin = np.where(instalments, tenth, first + rng.integers(0, 20 * DAY_SECONDS, count))
        middle = np.where(postponed, np.minimum(evening + 7200, end - 60), tenth + 10 * DAY_SECONDS)
        at = np.arange(count)
        flow = Payments(
            np.tile(at, 3),
            np.concatenate([part, second, paid]),
            np.tile(channel, 3),
            np.concatenate([begin, middle, np.where(arrive >= end, arrive, np.minimum(arrive, end - 1))]),
        )
        return self._inside(flow)

    def _postponed(self, bills: Bills) -> Array:
        """Customers in trouble: the second instalment waits for the last evening, an eighth for the next month."""
        who = [w for w, (a, b) in self.faults.late_payers.items() if a <= bills.month.index <= b]
        return np.isin(bills.who, who)

    @staticmethod
    def _inside(flow: Payments) -> Payments:
        keep = np.flatnonzero((flow.amount != 0) & (flow.arrive < WINDOW_SECONDS))
        keep = keep[np.lexsort((flow.bill[keep], flow.arrive[keep]))]
        return Payments(flow.bill[keep], flow.amount[keep], flow.channel[keep], flow.arrive[keep])

    def _late(self, bills: Bills, rest: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Who pays the rest never, and when the late ones pay (−1: in time): up to a target share of each county."""
        month = bills.month
        c = self.c
        end = month.end * DAY_SECONDS
        delay = (rng.gamma(1.6, 7.0, len(rest)) * DAY_SECONDS).astype(np.int64) + 3600
        moved = np.full(len(rest), -1, dtype=np.int64)
        never = np.zeros(len(rest), dtype=bool)
        last = month.index == len(MONTHS) - 1
        forced = self._postponed(bills)
        moved[forced] = end + DAY_SECONDS * 8 + delay[forced]
        order = rng.permutation(len(rest))
        short = np.isin(bills.who, list(self.faults.short_payers))
        for county in range(len(COUNTIES)):
            here = c.county[bills.who] == county
            target = bills.receivable[here].sum() * float(rng.uniform(0.0022, 0.0042 if last else 0.009))
            used = float(rest[here & forced].sum())
            open_ = here & ~forced & ~short & (rest > 0) & (rest <= max(target, 1.0) * 0.3)
            candidates = order[open_[order]]
            chosen = candidates[used + np.cumsum(rest[candidates]) <= target]
            moved[chosen] = end + delay[chosen]
            never[chosen[rng.random(len(chosen)) < 0.004]] = True
        for at in np.flatnonzero(moved >= 0).tolist():
            arrive = WINDOW_SECONDS + end if never[at] else int(moved[at])
            self.late.append(Late(int(bills.who[at]), month.index, arrive))
        return never, moved


def fee_control_rows(c: Customers, late: list[Late], seed: int) -> list[tuple[int, str, int, str]]:
    """Remote disconnections of late payers and reconnections after payment: customer, command, second, result."""
    rng = stream(seed, "fee control")
    rows: list[tuple[int, str, int, str]] = []

    def send(who: int, command: str, moment: int, failure: float) -> int:
        for attempt in range(3):
            if moment >= WINDOW_SECONDS:
                return -1
            failed = attempt < 2 and rng.random() < failure
            rows.append((who, command, moment, "失败" if failed else "成功"))
            if not failed:
                return moment
            moment += int(rng.integers(600, 3600))
        return moment

    for item in late:
        end = MONTHS[item.month].end * DAY_SECONDS
        grace = end + int(rng.integers(6, 10)) * DAY_SECONDS + int(rng.integers(9, 16)) * 3600
        if c.kind[item.customer] == 0 or item.arrive <= grace or c.close_day[item.customer] * DAY_SECONDS <= grace:
            continue
        if send(item.customer, "停电", grace, 0.015) >= 0 and item.arrive < WINDOW_SECONDS:
            send(item.customer, "复电", item.arrive + int(rng.integers(120, 2400)), 0.008)
    rows.sort(key=lambda r: (r[2], r[0]))
    return rows
