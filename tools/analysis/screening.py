"""Screening every customer on two years of months: sudden changes and slow shrinking, beyond what peers did.

All steps are on whole columns; a million customers take seconds. The 同比 growth of a customer, less the median of its
peers' in the same month (season, weather and calendar, which they share), less its own usual excess over them, is its
own change of the month. The same is looked for against the months just before, which sees what began lately; of the
two the smaller one counts, and only where both agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MONTHS = 24
YEAR = 12
NEAR = 6
"""Months before the judged one that tell the level it is held against."""
SHORT = 3
FLOOR = 0.05
"""Scatter (of logarithms) that everybody is given beside the own one."""
SCALE = 1.4826
BLOCK = 100_000
"""Customers worked on at once: bounds the memory of the steps between."""
FEWEST_PEERS = 8


@dataclass(frozen=True)
class Screened:
    """One value a customer. `change`: the own change of the month (log ratio, below zero is a fall), `score` the same
    in units of its own scatter, `expected` the month's energy had it done as its peers did (kWh). Features of leaving:
    `level` (log ratio of the last three months to the nine before, beyond peers), `yoy` (beyond peers), `slope` (log a
    month over six months, beyond peers), `idle` (months without energy of the last six). NaN: too little is known."""

    change: np.ndarray
    score: np.ndarray
    expected: np.ndarray
    level: np.ndarray
    yoy: np.ndarray
    slope: np.ndarray
    idle: np.ndarray


def screen(kwh: np.ndarray, group: np.ndarray) -> Screened:
    """`kwh`: customers × 24 months, the last one judged, NaN where a month is not known; `group`: small whole numbers
    of the peer groups. Groups of fewer than eight are held against everybody."""
    import numpy as np

    codes = _pooled(group)
    peers = _medians(kwh, codes)
    parts = [
        _block(kwh[at : at + BLOCK], peers[codes[at : at + BLOCK]]) for at in range(0, max(len(kwh), 1), BLOCK)
    ]  # fmt: skip
    return Screened(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def middle(rows: np.ndarray) -> np.ndarray:
    """The median of each row, NaN left out (NumPy's own is a hundred times slower on short rows)."""
    import numpy as np

    ordered = np.sort(rows, axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    at = np.arange(len(rows))
    low, high = ordered[at, np.maximum(known - 1, 0) // 2], ordered[at, np.minimum(known // 2, rows.shape[1] - 1)]
    return np.where(known > 0, (low + high) / 2, np.nan)


def _pooled(group: np.ndarray) -> np.ndarray:
    """Group numbers from 1 on; 0 for everybody whose group is too small."""
    import numpy as np

    _, codes, counts = np.unique(group, return_inverse=True, return_counts=True)
    pooled: np.ndarray = np.where(counts[codes] >= FEWEST_PEERS, codes + 1, 0)
    return pooled


def _logs(kwh: np.ndarray) -> np.ndarray:
    import numpy as np

    logs: np.ndarray = np.log1p(np.maximum(kwh, 0)).astype(np.float32)
    return logs


def _medians(kwh: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Per group (row 0: everybody): medians of the 12 growths and of the 24 months against their own mean level."""
    import numpy as np

    out = np.zeros((int(codes.max(initial=0)) + 1, YEAR + MONTHS), dtype=np.float32)
    for code in np.unique(codes):
        rows = np.arange(len(codes)) if code == 0 else np.flatnonzero(codes == code)
        logs = _logs(kwh[rows])
        growth = logs[:, YEAR:] - logs[:, :YEAR]
        shape = logs - np.nanmean(np.where(np.isfinite(logs).any(axis=1)[:, None], logs, 0), axis=1)[:, None]
        out[code] = np.nan_to_num(middle(np.hstack([growth, shape]).T))
    return out


def _block(kwh: np.ndarray, peers: np.ndarray) -> tuple[np.ndarray, ...]:
    import numpy as np

    logs = _logs(kwh)
    growth = logs[:, YEAR:] - logs[:, :YEAR] - peers[:, :YEAR]
    shape = logs - peers[:, YEAR:]
    usual = middle(growth[:, :-1])
    by_year = growth[:, -1] - usual
    level = middle(shape[:, -1 - NEAR : -1])
    by_last = shape[:, -1] - level
    year_scatter = SCALE * middle(np.abs(growth[:, :-1] - usual[:, None])) + FLOOR
    near_scatter = SCALE * middle(np.abs(shape[:, YEAR:-1] - middle(shape[:, YEAR:-1])[:, None])) + FLOOR
    a, b = by_year / year_scatter, by_last / near_scatter
    alone = np.isnan(a) | np.isnan(b)
    nearer = np.where(alone, np.isnan(a), np.abs(b) < np.abs(a))
    score = np.where(nearer, b, a)
    change = np.where(nearer, by_last, by_year)
    apart = ~alone & (np.sign(a) != np.sign(b))
    score, change = np.where(apart, 0, score), np.where(apart, 0, change)
    short = middle(shape[:, -SHORT:])
    ahead = np.arange(NEAR, dtype=np.float32) - (NEAR - 1) / 2
    slope = (shape[:, -NEAR:] * ahead).sum(axis=1) / (ahead**2).sum()
    idle = (kwh[:, -NEAR:] <= 0).sum(axis=1).astype(np.float32)
    expected = np.expm1(logs[:, -1] - change)
    return change, score, expected, short - middle(shape[:, YEAR:-SHORT]), growth[:, -1], slope, idle
