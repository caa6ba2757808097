"""Rows of a query in blocks, wherever they lie: what a scoring is written against, so that it runs on any engine.

A scoring is `Callable[[Shards], Result]`. It sees blocks only inside the functions that it hands to `fold`; what those
give back is small and merged, so the rows stay where they are: in a table here, or with the workers of a cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BLOCK = 50_000
"""Rows of a block: bounds the memory of the steps of a scoring."""

T = TypeVar("T")


class Block(Protocol):
    """Some rows of a result, by column."""

    def __len__(self) -> int: ...

    def numbers(self, names: Sequence[str], dtype: type[np.floating[Any]]) -> np.ndarray:
        """Rows × names, row by row in memory, NULL as NaN."""
        ...

    def texts(self, name: str) -> np.ndarray:
        """One column as texts (objects); NULL as None."""
        ...

    def coded(self, name: str) -> tuple[np.ndarray, list[str]]:
        """(number of each row's text, the texts); NULL is the text ''."""
        ...


class Shards(Protocol):
    """All rows of a result, of which there is at least one. Every row is in exactly one block; which one, and in what
    order, is not promised."""

    def fold(self, work: Callable[[Block], T], merge: Callable[[T, T], T]) -> T:
        """`work` of every block, merged; the order of merging is not promised.

        A cluster sends both functions, with what they use of `tools`, to workers that have numpy and nothing of this
        project: inside them import nothing else, and give back plain Python values and arrays.
        """
        ...


class TableShards:
    """The rows of a DataFrame in this process."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def fold(self, work: Callable[[Block], T], merge: Callable[[T, T], T]) -> T:
        """See `Shards`."""
        merged = work(TableBlock(self._table.iloc[:BLOCK]))
        for at in range(BLOCK, len(self._table), BLOCK):
            merged = merge(merged, work(TableBlock(self._table.iloc[at : at + BLOCK])))
        return merged


class TableBlock:
    """Some rows of a DataFrame."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    def numbers(self, names: Sequence[str], dtype: type[np.floating[Any]]) -> np.ndarray:
        """See `Block`."""
        import numpy as np

        return np.ascontiguousarray(self._table[list(names)].to_numpy(dtype=dtype, na_value=np.nan))

    def texts(self, name: str) -> np.ndarray:
        """See `Block`."""
        column = self._table[name].astype(object)
        return column.where(column.notna(), None).to_numpy()

    def coded(self, name: str) -> tuple[np.ndarray, list[str]]:
        """See `Block`."""
        import pandas as pd

        codes, texts = pd.factorize(self._table[name])
        names = [str(text) for text in texts]
        return (codes, names) if (codes >= 0).all() else (codes % (len(names) + 1), [*names, ""])
