"""Which hits come first when one section stands in many reports: each section once, by its latest report.

Asked in plain words, the section of every month is about equally near, and three months of one section would hide the
second and third best sections. Hits of one section that are named by the query to the same share (none by its unit or
period, or all of them) make a group; the group takes the place of its best hit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_NEAR = 0.02
"""Hits of a group within this score of its best are equally good; the latest of them leads."""

Keys = NDArray[np.float64]
Places = NDArray[np.intp]


def leaders(keys: Keys, groups: NDArray[np.int64], recent: NDArray[np.int32], k: int) -> Places:
    """The places of at most `k` leaders, best group first; a hit of group -1 stands for itself. Ties in place order."""
    alone = groups < 0
    joined = np.flatnonzero(~alone)
    singles = np.flatnonzero(alone)
    best: Keys = np.full(int(groups.max(initial=-1)) + 1, -np.inf)
    np.maximum.at(best, groups[joined], keys[joined])
    present = np.flatnonzero(best > -np.inf)
    standing = np.concatenate([best[present], keys[singles]])
    kept = _top(standing, k)
    found = []
    for at in kept:
        if at >= len(present):
            found.append((-standing[at], int(singles[at - len(present)])))
            continue
        members = joined[groups[joined] == present[at]]
        near = members[keys[members] >= standing[at] - _NEAR]
        latest = near[recent[near] == recent[near].max()]
        found.append((-standing[at], int(latest[np.argmax(keys[latest])])))
    return np.array([place for _, place in sorted(found)[:k]], dtype=np.intp)


def _top(keys: Keys, k: int) -> Places:
    """The places of the `k` largest keys and of all that equal the last of them, in no order."""
    if len(keys) <= k:
        return np.arange(len(keys))
    return np.flatnonzero(keys >= np.partition(keys, -k)[-k] - 1e-7)
