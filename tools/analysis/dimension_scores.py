"""How well each dimension tells a change: explanatory power and surprise (Bhagwan et al., NSDI 2014), chance taken out.

Every customer has a value `now` and an expected one. `surprise` of a dimension is the Jensen–Shannon divergence of its
members' shares of the two; a member's explanatory power (EP) is its part of the whole deviation. On nested dimensions
(台区 in 线路 in 单位) the finer one always surprises more, and customers most: their ordinary ups and downs do it.
So what customers moving each by itself would give is taken out: a member surprises by (Σd)²/8m, where d are its
customers' changes of share and m is the member's share, and would surprise by Σd²/8m if they moved apart. What is left
is what customers of a member did together. Customers themselves come first where few of them make most of the change;
otherwise they stand after the dimensions of which anything is left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CUSTOMER = "customer"
GREATEST_GROWTH = 3.0


@dataclass(frozen=True)
class Scored:
    """One dimension: `members` it has, `chosen` those that tell the change (the strongest EP first), `power` their EP
    together (share of the deviation), `surprise` and `net` of the dimension (nats; `net` beyond chance)."""

    dim: str
    members: int
    chosen: tuple[str, ...]
    power: float
    surprise: float
    net: float
    first: bool = False
    """Whether few customers make most of the change."""


def expected(table: pd.DataFrame, months: int) -> np.ndarray:
    """What each customer would have used: last year's times its own growth over the three months before, or everybody's
    where it has no last year then; a customer new since last year stays at the level of those months."""
    import numpy as np

    was, near, near_was = (table[name].to_numpy(float).clip(min=0) for name in ("was", "near", "near_was"))
    whole = near.sum() / near_was.sum() if near_was.sum() > 0 else 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.where(near_was > 0, near / near_was, whole)
    out: np.ndarray = was * np.minimum(growth, GREATEST_GROWTH)
    return np.where((was <= 0) & (near > 0), near / 3 * months, out)


def surprise(pairs: Sequence[tuple[float, float]]) -> float:
    """Jensen–Shannon divergence (0 … ln 2) of the shares of two sides; negative values count as none."""
    import numpy as np

    now, then = np.asarray(pairs, dtype=float).reshape(-1, 2).T.clip(min=0)
    return float(_surprises(now, then).sum())


def scores(
    now: np.ndarray, then: np.ndarray, members: Mapping[str, np.ndarray], each: float, most: float, rest: float,
    least: float = 0.0,
) -> list[Scored]:  # fmt: skip
    """The dimensions in order, the most telling first. `now` and `then` by customer, not below zero; `members` by
    dimension the member of each customer, with the customers' own keys under `customer`. A member counts from an EP of
    `each` on, and those are chosen, the strongest first, until they tell `most` of the deviation: the fewest that do.
    Few customers stand first only where all others moved by at most `rest` of the whole's rate: where a few use most of
    the energy, they also make most of what everybody does. Nothing is ranked where the whole moved by less than `least`
    of what was due: shares of next to nothing run to many times the whole."""
    import numpy as np
    import pandas as pd

    moved = now.sum() - then.sum()
    if not moved or now.sum() <= 0 or then.sum() <= 0 or abs(moved) < least * then.sum():
        return []
    apart = (now / now.sum() - then / then.sum()) ** 2
    found = []
    for dim, keys in members.items():
        rows = pd.DataFrame({"now": now, "then": then, "apart": apart}).groupby(keys).sum()
        if len(rows) < 2:
            continue
        a, b = rows["now"].to_numpy(), rows["then"].to_numpy()
        own = _surprises(a, b)
        share = (a / a.sum() + b / b.sum()) / 2
        power = (a - b) / moved
        chosen, told = [], 0.0
        for at in np.argsort(-power, kind="stable"):
            if power[at] < each or told >= most:
                break
            chosen.append(str(rows.index[at]))
            told += float(power[at])
        net = 0.0 if dim == CUSTOMER else float(own.sum() - _chance(own, a, b, share, rows["apart"].to_numpy()).sum())
        few = dim == CUSTOMER and told >= most and 1 - told <= rest * (1 - _part(rows["then"], chosen))
        found.append(Scored(dim, len(rows), tuple(chosen), told, float(own.sum()), net, few))
    return sorted(found, key=lambda one: (not one.first, -one.net))


def _part(then: pd.Series, chosen: Sequence[str]) -> float:
    return float(then[list(chosen)].sum() / then.sum())


def _surprises(now: np.ndarray, then: np.ndarray) -> np.ndarray:
    import numpy as np

    if now.sum() <= 0 or then.sum() <= 0:
        return np.zeros_like(now)
    p, q = now / now.sum(), then / then.sum()
    half = (p + q) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        parts = [np.where(side > 0, side * np.log(side / half), 0.0) for side in (p, q)]
    out: np.ndarray = (parts[0] + parts[1]) / 2
    return out


def _chance(own: np.ndarray, now: np.ndarray, then: np.ndarray, share: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """What each member would surprise by if all customers moved each by itself: its own customers move its share, and
    those of the others move it by being part of the whole. The quadratic form is brought to the scale of the divergence
    itself, which matters where a member moved far."""
    import numpy as np

    gap = now / now.sum() - then / then.sum()
    alone = (1 - share) ** 2 * apart + share**2 * (apart.sum() - apart)
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.where(share > 0, gap**2 / (8 * share), 0.0)
        scale = np.where(plain > 1e-18, own / plain, 1.0)
        out: np.ndarray = np.where(share > 0, np.clip(scale, 1.0, 2.0) * alone / (8 * share), 0.0)
    return out


def percent(nats: float) -> float:
    """A divergence as percent of the greatest there is (ln 2)."""
    return nats / math.log(2) * 100
