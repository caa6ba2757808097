"""Keeps the books: writes each month into the store, and at the end everything that has no month."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.demo.arrays import NULL, Array, strings
from tools.demo.billing import ORIGINAL, REVERSAL, Billing, Bills, bill_numbers
from tools.demo.curves import CURVE_SELECT, curve_columns, demands
from tools.demo.daily import ENERGY_SELECT, REGISTER_SELECT, energy_columns, register_columns
from tools.demo.dictionary import PAYMENT_CHANNELS
from tools.demo.losses import LOSS_SELECT, Grid
from tools.demo.measure import Measure
from tools.demo.metering import Meters
from tools.demo.orders import station_codes
from tools.demo.payments import Cashier
from tools.demo.plan import Plan
from tools.demo.registry import write_registry
from tools.demo.store import Store
from tools.demo.window import START, Month


class Books:
    """One build."""

    def __init__(self, plan: Plan, store: Store) -> None:
        self.plan, self.store = plan, store
        c = plan.c
        self.meters = Meters(c, plan.faults, plan.seed)
        self.grid = Grid(c, plan.network, plan.faults, plan.seed)
        self.billing = Billing(c, plan.timeline, plan.faults.rebills)
        self.cashier = Cashier(c, plan.faults, plan.seed)
        self.measure = Measure(plan)
        self.order = np.argsort(c.cons_no)
        self.payments = 0
        self._names()

    def _names(self) -> None:
        c, network = self.plan.c, self.plan.network
        rank = np.empty(c.count, dtype=np.int32)
        rank[self.order] = np.arange(c.count)
        names: dict[str, Array] = {
            "idx": np.arange(c.count, dtype=np.int32),
            "rank": rank,
            "mp_no": c.mp_no,
            "cons_no": c.cons_no,
            "tg_no": np.array(network.tg_no, dtype=object)[c.tg_filed],
            "org_code": station_codes(c.station),
        }
        self.store.query("CREATE TEMP TABLE names AS SELECT * FROM given", given=names)
        tgs: dict[str, Array] = {
            "tg": np.arange(network.public, dtype=np.int32),
            "tg_no": strings(network.tg_no[: network.public]),
            "org_code": station_codes(network.tg_station[: network.public]),
        }
        self.store.query("CREATE TEMP TABLE tg_names AS SELECT * FROM given", given=tgs)
        who = self.plan.source.curve_customers
        cosine = c.cos_phi[who].astype(float) / 100
        lost = {u.customer: u for u in self.plan.faults.under if u.kind == "lost_current"}
        curves: dict[str, Array] = {
            "idx": who.astype(np.int32),
            "mp_no": c.mp_no[who],
            "cons_no": c.cons_no[who],
            "cosine": c.cos_phi[who].astype(np.int64),
            "tangent": np.rint(np.sqrt(1 - cosine**2) / cosine * 1000).astype(np.int64),
            "lost_from": np.array([lost[w].start * 96 if w in lost else -1 for w in who.tolist()], dtype=np.int64),
            "lost_to": np.array([lost[w].end * 96 if w in lost else -1 for w in who.tolist()], dtype=np.int64),
        }
        self.store.query("CREATE TEMP TABLE curve_names AS SELECT * FROM given", given=curves)

    def month(self, month: Month) -> None:
        """Compute and write one month."""
        plan, store = self.plan, self.store
        c = plan.c
        energy = plan.source.month(month, plan.around)
        readings = self.meters.record(energy)
        rows = energy_columns(readings, self.order)
        store.month_rows("acquisition.energy_day", month.ym, ENERGY_SELECT, "rows", rows)
        rows = register_columns(readings, c.open_day, c.close_day, self.order)
        store.month_rows("meter.register_day", month.ym, REGISTER_SELECT, "rows", rows)
        supply = self.grid.supply(readings)
        store.insert("acquisition.supply_day", self.grid.supply_columns(supply))
        losses = self.grid.loss_columns(supply, readings, plan.around.solar)
        select = LOSS_SELECT.format(start=START.isoformat(), null=NULL)
        store.month_rows("acquisition.tg_loss_day", month.ym, select, "incoming", losses)
        store.insert("acquisition.collect_day", self.grid.collect_columns(readings))
        tgs = c.tg[plan.source.curve_customers]
        dark = plan.around.outages.supplied_quarters(plan.network, month, tgs) < 0.001
        dark |= self._curve_gaps(month)
        points = curve_columns(c, plan.source, energy, readings, dark)
        store.month_rows("meter.curve96", month.ym, CURVE_SELECT, "points", points)
        for bills in self.billing.issue(readings, demands(c, plan.source, energy, plan.timeline)):
            self._bill(bills)
        self.measure.month(energy, readings)

    def _curve_gaps(self, month: Month) -> Array:
        """Single points that never arrived (about two in a thousand)."""
        rng = np.random.default_rng([self.plan.seed, 77, month.index])
        count = len(self.plan.source.curve_customers)
        lost = rng.random((count, month.days)) < 0.01
        return np.asarray(lost[:, :, None] & (rng.random((count, month.days, 96), dtype=np.float32) < 0.2))

    def _bill(self, bills: Bills) -> None:
        c = self.plan.c
        numbers = strings(bill_numbers(bills))
        count = len(numbers)
        original = bill_numbers(bills, ORIGINAL) if bills.mark == REVERSAL else [None] * count
        order = np.argsort(c.cons_no[bills.who])
        codes = station_codes(c.station[bills.who])
        columns: dict[str, Any] = {
            "bill_id": numbers,
            "cons_no": c.cons_no[bills.who],
            "org_code": codes,
            "ym": strings([bills.month.ym] * count),
            "period_start": np.full(count, bills.period.first),
            "period_end": np.full(count, bills.period.last),
            "kwh_total": bills.parts.sum(axis=0),
            "kwh_peak": bills.parts[0],
            "kwh_flat": bills.parts[1],
            "kwh_valley": bills.parts[2],
            "energy_amt": bills.energy,
            "basic_amt": bills.basic,
            "pf_amt": bills.power_factor,
            "surcharge_amt": bills.surcharge,
            "receivable_amt": bills.receivable,
            "issue_time": np.full(count, bills.issue),
            "reversal_of": strings(list(original)),
        }
        self.store.insert("marketing.bill", {k: v[order] for k, v in columns.items()})
        paid = self.cashier.collect(bills)
        many = len(paid.bill)
        self.store.insert(
            "marketing.payment",
            {
                "pay_id": strings([f"P{k:010d}" for k in range(self.payments + 1, self.payments + many + 1)]),
                "bill_id": numbers[paid.bill],
                "cons_no": c.cons_no[bills.who[paid.bill]],
                "org_code": codes[paid.bill],
                "ym": strings([bills.month.ym] * many),
                "amt": paid.amount,
                "channel": np.array(PAYMENT_CHANNELS, dtype=object)[paid.channel],
                "arrive_time": paid.arrive,
            },
        )
        self.payments += many

    def finish(self) -> None:
        """Write everything that has no month, then the measured magnitudes."""
        write_registry(self.plan, self.store, self.meters, self.cashier)
        self.measure.finish(self.meters)

    def answer_key(self) -> dict[str, Any]:
        """Contents of the answer key by file name."""
        return dict(self.plan.answers.contents())
