"""Array alias, seeded random streams and the null marker of integer columns."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
NULL = np.iinfo(np.int64).min
"""Stands for SQL NULL in integer columns on their way to the store."""


def stream(seed: int, *tags: str | int) -> np.random.Generator:
    """An independent generator for one purpose: the same seed and tags give the same numbers."""
    return np.random.default_rng([seed, *(t if isinstance(t, int) else crc32(t.encode()) for t in tags)])


def strings(values: list[Any]) -> Array:
    """A list of strings (or None) as an object array."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def group_sum(values: Array, groups: Array, size: int) -> Array:
    """Exact integer sums of the rows of ``values`` (rows × days) by group: size × days."""
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    out = np.zeros((size, values.shape[1]), dtype=np.int64)
    if len(order) == 0:
        return out
    starts = np.flatnonzero(np.r_[True, sorted_groups[1:] != sorted_groups[:-1]])
    out[sorted_groups[starts]] = np.add.reduceat(values[order], starts, axis=0, dtype=np.int64)
    return out
