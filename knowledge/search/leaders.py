"""Which hits come first when one section stands in many reports: each section once, by its latest report.

Asked in plain words, the section of every month is about equally near, and three months of one section would hide the
second and third best sections. So a section speaks through one of its hits, and takes that hit's place: through those
which the query names most (望湖, 8月), among these through the best, and of the equally good through the latest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NEAR = 0.02
"""Hits of a section within this score of its best are equally good; the latest of them leads."""

Keys = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Sections:
    """The rows of sections side by side: `rows` in order of their section, `starts` where each begins, `which` the
    place in `starts` for each of `rows`; `singles` are the rows that stand for themselves."""

    rows: NDArray[np.int32]
    starts: NDArray[np.int64]
    which: NDArray[np.int64]
    singles: NDArray[np.int32]

    @classmethod
    def of(cls, section: NDArray[np.int32]) -> Sections:
        """From the number of each row's section, -1 for what is no section of a report."""
        order = np.argsort(section, kind="stable").astype(np.int32)
        alone = int(np.count_nonzero(section < 0))
        rows = order[alone:]
        _, starts, which = np.unique(section[rows], return_index=True, return_inverse=True)
        return cls(rows, starts, which, order[:alone])

    def leaders(self, keys: Keys, shares: NDArray[np.float32], recent: NDArray[np.int32], k: int) -> Places:
        """The rows of at most `k` leaders, best first; ties in row order. A row that takes no part has the key -inf."""
        led = keys[self.rows]
        if shares.any() and len(self.rows):
            named = np.where(led > -np.inf, shares[self.rows], -1)
            led = np.where(named == np.maximum.reduceat(named, self.starts)[self.which], led, -np.inf)
        best = np.maximum.reduceat(led, self.starts) if len(self.rows) else np.zeros(0)
        standing = np.concatenate([best, keys[self.singles]])
        found = []
        for at in top(standing, k):
            if at >= len(best):
                found.append((-standing[at], int(self.singles[at - len(best)])))
                continue
            end = self.starts[at + 1] if at + 1 < len(self.starts) else len(self.rows)
            held = slice(int(self.starts[at]), int(end))
            near = self.rows[held][led[held] >= standing[at] - _NEAR]
            latest = near[recent[near] == recent[near].max()]
            found.append((-standing[at], int(latest[np.argmax(keys[latest])])))
        return np.array([row for _, row in sorted(found)[:k]], dtype=np.intp)


def top(keys: Keys, k: int) -> Places:
    """The places of the `k` largest finite keys and of all that equal the last of them, in no order."""
    least = np.partition(keys, -k)[-k] - 1e-7 if len(keys) > k else -np.inf
    return np.flatnonzero((keys >= least) & (keys > -np.inf))
