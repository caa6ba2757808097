"""The supply side: master meters, unit gateways, line loss of every public area, collection statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.demo.arrays import NULL, Array, group_sum, stream
from tools.demo.customers import Customers
from tools.demo.faults import Faults
from tools.demo.metering import DARK, ESTIMATED, LATE, MISSING, MonthReadings
from tools.demo.network import Network
from tools.demo.orders import station_codes
from tools.demo.organisation import STATIONS
from tools.demo.solar import Solar
from tools.demo.window import Month


@dataclass
class MonthSupply:
    """Supply side of one month, hundredths of a kWh."""

    month: Month
    tg_supply: Array
    """Public area × day, what really went in."""
    gateway: Array
    """Station × day."""


class Grid:
    """Draws loss rates once and books the supply side month by month."""

    def __init__(self, c: Customers, network: Network, faults: Faults, seed: int) -> None:
        rng = stream(seed, "loss")
        self.c, self.network, self.faults, self.seed = c, network, faults, seed
        self.rate = np.clip(rng.normal(0.0360, 0.0035, network.public), 0.024, 0.043)
        for tg, rate in faults.loss_rate.items():
            self.rate[tg] = rate
        self.line_rate = rng.uniform(0.0180, 0.0198, len(STATIONS))

    def supply(self, readings: MonthReadings) -> MonthSupply:
        """Energy through master meters and gateways."""
        c, network, month = self.c, self.network, readings.month
        rng = stream(self.seed, "loss", month.index)
        flow = group_sum(readings.true, c.tg, network.tgs)
        back = group_sum(readings.reverse, c.tg, network.tgs)
        noise = rng.normal(1.0, 0.03, (network.public, month.days))
        rate = self.rate[:, None] * noise
        inside = flow[: network.public]
        tg_supply = np.rint(inside / (1.0 - rate)).astype(np.int64) - back[: network.public]
        tg_supply = np.maximum(tg_supply, 0)
        through = np.concatenate([tg_supply, flow[network.public :] - back[network.public :]])
        delivered = group_sum(through, network.tg_station, len(STATIONS))
        wobble = rng.normal(1.0, 0.02, delivered.shape)
        gateway = delivered + np.rint(delivered * self.line_rate[:, None] * wobble).astype(np.int64)
        return MonthSupply(month, tg_supply, gateway)

    def unmetered(self, month: Month) -> Array:
        """Public area × day: no working master meter."""
        return self._marked(self.faults.no_meter, month)

    def _marked(self, spans: list[tuple[int, int, int]], month: Month) -> Array:
        out = np.zeros((self.network.public, month.days), dtype=bool)
        for tg, start, end in spans:
            out[tg, max(start - month.first, 0) : max(end - month.first, 0)] = True
        return out

    def supply_columns(self, supply: MonthSupply) -> dict[str, Array]:
        """Rows of supply_day."""
        month, public = supply.month, self.network.public
        filed = np.where(self.unmetered(month), NULL, supply.tg_supply)
        tg_codes = station_codes(self.network.tg_station[:public])
        none = np.full(len(STATIONS), None, dtype=object)
        days = np.arange(month.first, month.end)
        return {
            "org_code": np.repeat(np.concatenate([tg_codes, station_codes(np.arange(len(STATIONS)))]), month.days),
            "tg_no": np.repeat(np.concatenate([np.array(self.network.tg_no[:public], dtype=object), none]), month.days),
            "date": np.tile(days, public + len(STATIONS)),
            "supply_kwh": np.concatenate([filed, supply.gateway]).ravel(),
        }

    def loss_columns(self, supply: MonthSupply, readings: MonthReadings, solar: Solar) -> dict[str, Array]:
        """Raw rows of tg_loss_day; the percentage is left to SQL. ``reason``: 0 none, 1 缺数, 2 无总表, 3 关系缺失."""
        c, month, public = self.c, supply.month, self.network.public
        sale = group_sum(readings.total, c.tg_filed, self.network.tgs)[:public]
        filed = np.zeros(c.count, dtype=bool)
        filed[solar.customer[solar.filed]] = True
        recorded = readings.reverse * (filed[:, None] & (readings.quality != MISSING))
        pv = group_sum(recorded, c.tg_filed, self.network.tgs)[:public]
        missing = group_sum((readings.quality == MISSING).astype(np.int64), c.tg_filed, self.network.tgs)[:public] > 0
        no_meter, no_relation = self.unmetered(month), self._marked(self.faults.no_relation, month)
        reason = np.where(no_meter, 2, np.where(no_relation, 3, np.where(missing, 1, 0)))
        return {
            "tg": np.repeat(np.arange(public, dtype=np.int32), month.days),
            "day": np.tile(np.arange(month.first, month.end, dtype=np.int32), public),
            "supply": np.where(no_meter, NULL, supply.tg_supply).ravel(),
            "sale": sale.ravel(),
            "pv": pv.ravel(),
            "reason": reason.astype(np.int32).ravel(),
        }

    def collect_columns(self, readings: MonthReadings) -> dict[str, Array]:
        """Rows of collect_day, by filed area; meters without supply the whole day are not expected.

        ``got`` counts freezes that arrived in time: not the estimated, missing or late ones.
        """
        month, tgs = readings.month, self.network.tgs
        quality, tg = readings.quality, self.c.tg_filed
        expected = group_sum((readings.active & (quality != DARK)).astype(np.int64), tg, tgs)
        absent = (quality == ESTIMATED) | (quality == MISSING) | (quality == LATE)
        lost = group_sum((absent & readings.active).astype(np.int64), tg, tgs)
        show = expected.ravel() > 0
        return {
            "org_code": np.repeat(station_codes(self.network.tg_station), month.days)[show],
            "tg_no": np.repeat(np.array(self.network.tg_no, dtype=object), month.days)[show],
            "date": np.tile(np.arange(month.first, month.end), tgs)[show],
            "expected": expected.ravel()[show],
            "got": (expected - lost).ravel()[show],
        }


LOSS_SELECT = """
WITH raw AS (
    SELECT tg, DATE '{start}' + CAST(day AS INTEGER) AS date,
           CASE WHEN supply = {null} THEN NULL ELSE CAST(supply AS DECIMAL(15,0)) * 0.01 END AS supply,
           CAST(sale AS DECIMAL(15,0)) * 0.01 AS sale, CAST(pv AS DECIMAL(15,0)) * 0.01 AS pv, reason
    FROM incoming
)
SELECT d.tg_no, d.org_code, date, CAST(supply AS DECIMAL(14,2)), CAST(sale AS DECIMAL(14,2)),
       CAST(pv AS DECIMAL(14,2)),
       CASE WHEN reason = 0 THEN CAST(supply + pv - sale AS DECIMAL(14,2)) END,
       CASE WHEN reason = 0 AND supply + pv > 0
            THEN CAST(ROUND(CAST(supply + pv - sale AS DOUBLE) / CAST(supply + pv AS DOUBLE) * 100, 4)
                      AS DECIMAL(9,4)) END,
       reason = 0, CASE reason WHEN 1 THEN '缺数' WHEN 2 THEN '无总表' WHEN 3 THEN '关系缺失' END
FROM raw JOIN tg_names d USING (tg) ORDER BY tg, date
"""
