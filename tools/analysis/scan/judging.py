"""How far each member is from its own level, beyond what its peers did: matrices in, matrices out.

`ratio` is the energy over the member's own level; the peers' median ratio of the same day or month is what calendar,
weather and season did to all of them. What remains is the member's own deviation, and it must stand out of the
member's usual scatter.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST_PEERS = 8
FEWEST_DAYS = 5
"""Fewest days of a kind (work, off) that make a level of their own."""
FLOOR = 0.03
"""Least scatter that anything is given: below it, percents decide."""
SCALE = 1.4826
GROWTH = 6
RECENT = 3


@dataclass(frozen=True)
class Judged:
    """`expected` energy, what was `shared` with the peers (a factor), and the `own` deviation from the expected energy
    (share); NaN where it cannot be known. `scatter` is the member's usual deviation. All [member, judged time]."""

    expected: np.ndarray
    shared: np.ndarray
    own: np.ndarray
    scatter: np.ndarray


def days(
    kwh: np.ndarray, off: np.ndarray, slow: np.ndarray, aligned: np.ndarray | None, group: Sequence[str], judged: int
) -> Judged:
    """The last `judged` days against the days before them, working days and days off apart; the `slow` days around
    春节 against the `aligned` days of last year moved by the member's growth since then, or not at all."""
    past = kwh[:, :-judged]
    whole = _median(past)
    level = np.empty_like(kwh)
    for kind in (False, True):
        same = off[:-judged] == kind
        enough = (~np.isnan(past[:, same])).sum(axis=1) >= FEWEST_DAYS
        level[:, off == kind] = np.where(enough, _median(past[:, same]), whole)[:, None]
    if aligned is None:
        level[:, slow] = np.nan
    else:
        last = _median(aligned[:, :-judged])
        with np.errstate(invalid="ignore", divide="ignore"):
            level[:, slow] = (aligned * (whole / np.where(last > 0, last, np.nan))[:, None])[:, slow]
    expected, shared, own = _against(kwh, level, group)
    now = slice(-judged, None)
    scatter = np.repeat(_scatter(own[:, :-judged])[:, None], judged, axis=1)
    return Judged(expected[:, now], shared[:, now], own[:, now], scatter)


def months(kwh: np.ndarray, festival: np.ndarray, group: Sequence[str], judged: int) -> Judged:
    """The last `judged` months against last year's moved by the member's own growth of the six months before (none
    where there is none), and of the three just before: what began earlier is nothing new, so both must agree and the
    nearer one counts. Around 春节 members differ in how long they rest: the scatter counts double."""
    m = kwh.shape[1]
    past, now = slice(m - judged - GROWTH, m - judged), slice(m - judged, m)
    year = np.full_like(kwh, np.nan)
    year[:, 12:] = kwh[:, :-12]
    with np.errstate(invalid="ignore", divide="ignore"):
        yoy = np.where(year > 0, kwh / year, np.nan)
    growth = _median(np.where(festival[None, past], np.nan, yoy[:, past]))
    growth = np.where((~np.isnan(yoy[:, past])).sum(axis=1) >= RECENT, growth, 1.0)
    by_year = _against(kwh, year * growth[:, None], group)
    before = slice(m - judged - RECENT, m - judged)
    # the member's own season where last year tells it; the plain level of the last months where it does not
    turned = year * np.where((~np.isnan(yoy[:, before])).all(axis=1), _median(yoy[:, before]), np.nan)[:, None]
    by_last = _against(kwh, np.where(np.isnan(turned), _median(kwh[:, before])[:, None], turned), group)
    a, b = by_year[2][:, now], by_last[2][:, now]
    nearer = np.isnan(a) | (~np.isnan(b) & (np.abs(b) < np.abs(a)))
    expected, shared, own = (np.where(nearer, y[:, now], x[:, now]) for x, y in zip(by_year, by_last, strict=True))
    apart = np.sign(a) * np.sign(b) < 0
    scatter = _scatter(by_year[2][:, past])[:, None] * (1 + festival[now])
    return Judged(expected, shared, np.where(apart, 0.0, own), scatter)


def _against(kwh: np.ndarray, level: np.ndarray, group: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(expected energy, shared factor, own deviation) by one level."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(level > 0, kwh / level, np.nan)
    shared = _shared(ratio, group)
    return np.where(level > 0, level * shared, np.nan), shared, ratio / shared - 1


def persistent(flags: np.ndarray) -> np.ndarray:
    """Flags that have another of their kind within two days: two of any three days."""
    near = np.zeros_like(flags)
    for by in (1, 2):
        near[:, by:] |= flags[:, :-by]
        near[:, :-by] |= flags[:, by:]
    found: np.ndarray = flags & near
    return found


def _shared(ratio: np.ndarray, group: Sequence[str]) -> np.ndarray:
    """The median of the member's peers (itself left in where there are many); of all where its group is small; one
    where there is nobody to compare with."""
    names = np.asarray(group)
    out = np.ones_like(ratio)
    if len(ratio) < 3:
        return out
    if len(ratio) < FEWEST_PEERS:
        for at in range(len(ratio)):
            out[at] = _median(np.delete(ratio, at, axis=0), axis=0)
        return np.where(np.isnan(out) | (out <= 0), 1.0, out)
    everyone = _median(ratio, axis=0)
    out[:] = everyone
    for name in np.unique(names):
        mine = names == name
        if mine.sum() >= FEWEST_PEERS:
            out[mine] = _median(ratio[mine], axis=0)
    return np.where(np.isnan(out) | (out <= 0), 1.0, out)


def _scatter(past: np.ndarray) -> np.ndarray:
    """A robust standard deviation of each member; not less than half of what is usual on the level."""
    own = SCALE * _median(np.abs(past))
    usual = np.nanmedian(own) if np.isfinite(own).any() else FLOOR
    out: np.ndarray = np.maximum(np.where(np.isnan(own), usual, np.maximum(own, usual / 2)), FLOOR)
    return out


def _median(a: np.ndarray, axis: int = 1) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        out: np.ndarray = np.nanmedian(a, axis=axis)
    return out
