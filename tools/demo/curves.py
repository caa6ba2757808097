"""15-minute curves and monthly demands of big customers."""

from __future__ import annotations

import numpy as np

from tools.demo.arrays import Array
from tools.demo.customers import Customers
from tools.demo.energy import EnergySource, MonthEnergy
from tools.demo.metering import DARK, MISSING, MonthReadings
from tools.demo.timeline import Timeline
from tools.demo.window import START


def _decimal(column: str, digits: int) -> str:
    unit = {1: "0.1", 2: "0.01"}[digits]
    return f"CAST(CAST({column} AS DECIMAL(12,0)) * {unit} AS DECIMAL(9,2))"


def demands(c: Customers, source: EnergySource, energy: MonthEnergy, timeline: Timeline) -> Array:
    """Highest quarter-hour power of the month in whole kW, dedicated-transformer customers only."""
    out = np.zeros(c.count, dtype=np.int64)
    day = energy.total[: c.hv].max(axis=1)
    top = source.profiles.max(axis=(1, 2)) * 4
    pattern = timeline.pattern[: c.hv, energy.month.first]
    out[: c.hv] = np.rint(day * top[pattern]).astype(np.int64)
    if energy.curve.size:
        out[source.curve_customers] = np.rint(energy.curve.max(axis=(1, 2))).astype(np.int64)
    return out


def curve_columns(
    c: Customers, source: EnergySource, energy: MonthEnergy, readings: MonthReadings, gaps: Array
) -> dict[str, Array]:
    """Raw points: customer, quarter hour since the start of the window, power in hundredths of a kW, point noise.

    The curve is scaled to the recorded energy, so a meter that under-reads shows a low curve; days without values
    have no points. ``gaps`` (customer × day × 96) removes single points.
    """
    who, month = source.curve_customers, energy.month
    seen = readings.total[who] / 100.0
    real = energy.curve.sum(axis=2) / 4.0
    scale = np.divide(seen, real, out=np.ones_like(real), where=real > 0.01)
    power = np.rint(energy.curve * np.minimum(scale, 12.0)[:, :, None] * 100).astype(np.int64)
    quality = readings.quality[who]
    shown = readings.active[who] & (quality != MISSING) & (quality != DARK)
    keep = np.repeat(shown[:, :, None], 96, axis=2) & ~gaps
    quarter = (month.first * 96 + np.arange(month.days * 96)).reshape(1, month.days, 96)
    customer = np.repeat(who.astype(np.int32), month.days * 96).reshape(power.shape)
    return {
        "idx": customer[keep],
        "quarter": np.broadcast_to(quarter, power.shape)[keep].astype(np.int32),
        "p": power[keep].astype(np.int32),
    }


CURVE_SELECT = f"""
WITH raw AS (
    SELECT idx, quarter, CAST(p AS BIGINT) AS p, d.mp_no, d.cons_no, d.tangent, d.cosine,
           quarter >= d.lost_from AND quarter < d.lost_to AS broken,
           2262 + CAST((idx::BIGINT * 7919 + quarter::BIGINT // 2 * 104729) % 65521 AS BIGINT) * 40503 // 64 % 97 AS u,
           CAST((quarter::BIGINT * 7907 + idx::BIGINT * 104723) % 65519 AS BIGINT) * 40507 // 64 % 31 - 15 AS wobble
    FROM points JOIN curve_names d USING (idx)
), electric AS (
    SELECT *, p * 1000000 // (3 * u * cosine) AS i FROM raw
), digits AS (
    SELECT *, u + wobble AS u2, u - wobble AS u3, p * tangent // 1000 AS q,
           CASE WHEN broken THEN 0 ELSE i * (1000 + wobble) // 1000 END AS i2, i * (1000 - wobble) // 1000 AS i3
    FROM electric
)
SELECT mp_no, cons_no, TIMESTAMP '{START.isoformat()} 00:00:00' + to_minutes(quarter * 15) AS ts,
       {_decimal("p", 2)}, {_decimal("q", 2)}, {_decimal("u", 1)}, {_decimal("u2", 1)}, {_decimal("u3", 1)},
       {_decimal("i", 2)}, {_decimal("i2", 2)}, {_decimal("i3", 2)}
FROM digits
"""
"""Points with reactive power, phase voltages (V) and currents (A, low-voltage side)."""
