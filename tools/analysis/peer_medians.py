"""Exact medians by peer group over rows that lie in blocks, on one machine or on many.

The middle values are found eight bits at a time (a radix selection): each pass counts, by group and column, how many
values go on with which eight bits. Counts are whole numbers, so neither the cut nor the order of the blocks can change
a digit, no rows travel, and nothing has to hold a group as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

DIGITS = 256
PASSES = (24, 16, 8, 0)

Fold = Callable[[Callable[[Any], "np.ndarray"]], "np.ndarray"]
"""Runs a counting over every block and gives the sum."""


def medians(fold: Fold, values: Callable[[Any], tuple[np.ndarray, np.ndarray]], groups: int, everyone: bool) -> Any:
    """Groups × columns float32: what the median of each group's column is, NaN values left out, NaN where none is left.

    `values` gives of a block (group number of each row, float32 rows × columns). Row 0 are the rows of group 0 or,
    with `everyone`, all rows whatever their group.
    """
    import numpy as np

    place = known = None
    found: Any = [0]
    for shift in PASSES:

        def count(block: Any, shift: int = shift, found: Any = found) -> np.ndarray:
            codes, rows = values(block)
            keys, there = ordered(rows), np.isfinite(rows)
            own = codes > 0 if everyone else slice(None)
            made = np.stack([tally(keys[own], there[own], codes[own], prefix, shift, groups) for prefix in found])
            if everyone:
                made += np.stack([tally(keys, there, codes * 0, prefix, shift, groups) for prefix in found])
            return made

        counts = fold(count)
        if place is None:
            known = counts[0].sum(axis=-1)
            place = [np.maximum(known - 1, 0) // 2, known // 2]
        after = [_next(counts[min(at, len(counts) - 1)], place[at], found[min(at, len(found) - 1)]) for at in (0, 1)]
        place = [left for _, left in after]
        found = [prefix for prefix, _ in after]
        if np.array_equal(*found):
            found = found[:1]
    assert known is not None
    low, high = _floats(found[0]), _floats(found[-1])
    out: np.ndarray = np.where(known > 0, (low + high) / 2, np.float32("nan"))
    return out


def ordered(rows: np.ndarray) -> np.ndarray:
    """float32 as uint32 that sort alike."""
    import numpy as np

    bits = np.ascontiguousarray(rows, dtype=np.float32).view(np.uint32)
    keys: np.ndarray = bits ^ ((bits.view(np.int32) >> 31).view(np.uint32) | np.uint32(0x80000000))
    return keys


def tally(
    keys: np.ndarray, there: np.ndarray, codes: np.ndarray, prefix: np.ndarray, shift: int, groups: int
) -> np.ndarray:
    """Groups × columns × 256: how many values that begin with the group's and column's prefix go on with which bits."""
    import numpy as np

    columns = keys.shape[1]
    if shift < PASSES[0]:
        there = there & ((keys >> np.uint32(shift + 8)) == prefix[codes])
    at = np.flatnonzero(there)
    row, column = np.divmod(at.astype(np.uint32), np.uint32(columns))
    digit = (keys.ravel()[at] >> np.uint32(shift)) & np.uint32(DIGITS - 1)
    slot = (codes.astype(np.uint32)[row] * np.uint32(columns) + column) * np.uint32(DIGITS) + digit
    counts: np.ndarray = np.bincount(slot.view(np.int32), minlength=groups * columns * DIGITS)
    return counts.reshape(groups, columns, DIGITS)


def _next(counts: np.ndarray, place: np.ndarray, prefix: Any) -> tuple[np.ndarray, np.ndarray]:
    """(prefix longer by eight bits, place among the values that share it) of the value at a place."""
    import numpy as np

    upto = counts.cumsum(axis=-1)
    digit = np.minimum((upto <= place[..., None]).sum(axis=-1), DIGITS - 1)
    before = (
        np.take_along_axis(upto, digit[..., None], axis=-1)[..., 0]
        - np.take_along_axis(counts, digit[..., None], axis=-1)[..., 0]
    )
    longer = (np.asarray(prefix, dtype=np.uint32) << np.uint32(8)) | digit.astype(np.uint32)
    return longer, place - before


def _floats(keys: np.ndarray) -> np.ndarray:
    import numpy as np

    bits = keys ^ np.where(keys >> 31, np.uint32(0x80000000), np.uint32(0xFFFFFFFF))
    out: np.ndarray = bits.astype(np.uint32).view(np.float32)
    return out
