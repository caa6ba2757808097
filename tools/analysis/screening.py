"""Screening every customer on two years of months: sudden changes and slow shrinking, beyond what peers did.

All steps are on whole columns; a million customers take seconds. The 同比 growth of a customer, less the median of its
peers' in the same month (season, weather and calendar, which they share), less its own usual excess over them, is its
own change of the month. The same is looked for against the months just before, which sees what began lately; of the
two the smaller one counts, and only where both agree.

Written against blocks (`tools.sources.shards`): the same digits on one machine and on a cluster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from operator import add
from typing import TYPE_CHECKING

from tools.analysis.peer_medians import medians
from tools.sources.shards import Block, Shards, TableShards

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
FEWEST_PEERS = 8
COLUMNS = [f"m{at}" for at in range(MONTHS)]
"""kWh of the months, oldest first; the last one is judged. NULL: not known."""
GROUP = "industry"


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


@dataclass(frozen=True)
class Peers:
    """What groups of customers did. `codes`: row of `middle` by group; those of fewer than eight are held against each
    other (row 0), or against everybody where they are fewer than eight together; `middle`: medians of the 12 growths
    and of the 24 months against their own mean level."""

    codes: Mapping[str, int]
    middle: np.ndarray


def peers_of(shards: Shards) -> Peers:
    """The medians of every group of the rows."""
    import numpy as np

    many = shards.fold(_sizes, add)
    large = sorted(name for name, count in many.items() if count >= FEWEST_PEERS)
    codes = {name: 0 for name in many} | {name: at for at, name in enumerate(large, 1)}

    def values(block: Block) -> tuple[np.ndarray, np.ndarray]:
        return _codes(block, codes), _features(_kwh(block))

    few = sum(many.values()) - sum(many[name] for name in large)
    found = medians(lambda count: shards.fold(count, add), values, len(large) + 1, 0 < few < FEWEST_PEERS)
    return Peers(codes, np.nan_to_num(found))


def screen_block(block: Block, peers: Peers) -> Screened:
    """Every customer of a block against its peers."""
    return _judged(_kwh(block), peers.middle[_codes(block, peers.codes)])


def screen(kwh: np.ndarray, group: np.ndarray) -> Screened:
    """Arrays in, arrays out. `kwh`: customers × 24 months, the last one judged, NaN where a month is not known;
    `group`: the peer group of each customer."""
    import numpy as np
    import pandas as pd

    shards = TableShards(pd.DataFrame(kwh, columns=COLUMNS).assign(**{GROUP: group.astype(str)}))
    peers = peers_of(shards)
    parts = shards.fold(lambda block: [screen_block(block, peers)], add)
    return Screened(**{name: np.concatenate([vars(part)[name] for part in parts]) for name in vars(parts[0])})


def middle(rows: np.ndarray) -> np.ndarray:
    """The median of each row, NaN left out (NumPy's own is a hundred times slower on short rows)."""
    import numpy as np

    ordered = np.sort(rows, axis=1)
    known = np.isfinite(ordered).sum(axis=1)
    at = np.arange(len(rows))
    low, high = ordered[at, np.maximum(known - 1, 0) // 2], ordered[at, np.minimum(known // 2, rows.shape[1] - 1)]
    out: np.ndarray = np.where(known > 0, (low + high) / 2, np.nan)
    return out


def _sizes(block: Block) -> Counter[str]:
    import numpy as np

    codes, names = block.coded(GROUP)
    return Counter(dict(zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True)))


def _codes(block: Block, codes: Mapping[str, int]) -> np.ndarray:
    import numpy as np

    at, names = block.coded(GROUP)
    out: np.ndarray = np.array([codes[name] for name in names], dtype=np.int32)[at]
    return out


def _kwh(block: Block) -> np.ndarray:
    import numpy as np

    return block.numbers(COLUMNS, np.float32)


def _logs(kwh: np.ndarray) -> np.ndarray:
    import numpy as np

    logs: np.ndarray = np.log1p(np.maximum(kwh, 0)).astype(np.float32)
    return logs


def _features(kwh: np.ndarray) -> np.ndarray:
    """Customers × (12 growths, 24 months against the own mean level)."""
    import numpy as np

    logs = _logs(kwh)
    known = np.isfinite(logs)
    mean = np.where(known, logs, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1).astype(np.float32)
    return np.hstack([logs[:, YEAR:] - logs[:, :YEAR], logs - mean[:, None]])


def _judged(kwh: np.ndarray, peers: np.ndarray) -> Screened:
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
    faded = short - middle(shape[:, YEAR:-SHORT])
    return Screened(change, score, expected, faded, growth[:, -1], slope, idle)
