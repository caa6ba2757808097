"""Rows of a Spark query packed into blocks that stay with the workers, and scorings folded over them.

Rows are packed once (Arrow, up to `BLOCK` rows) and kept; a lost worker's blocks are made again from the tables. The
functions of a scoring are sent by value with what they use of `tools`, so that workers need nothing of this project.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from tools.sources.shards import Block, T

OTHER_NUMPY = "[numpy differs]"
"""Marks the failure of a worker whose numpy might give other digits."""


class SparkShards:
    """The rows of a DataFrame; use as a context so that the blocks are given up at the end."""

    def __init__(self, frame: DataFrame) -> None:
        import numpy as np
        from pyspark import StorageLevel

        self._blocks = frame.mapInArrow(_packing(np.__version__), "block binary").persist(StorageLevel.MEMORY_AND_DISK)

    def __enter__(self) -> SparkShards:
        return self

    def __exit__(self, *failure: object) -> None:
        self._blocks.unpersist()

    def __len__(self) -> int:
        return sum(self._parts(_folding(len, add)))

    def fold(self, work: Callable[[Block], T], merge: Callable[[T, T], T]) -> T:
        """See `Shards`."""
        found: T = reduce(merge, self._parts(_folding(work, merge)))
        return found

    def _parts(self, folding: Any) -> Iterator[Any]:
        """What each partition gave; those without rows give nothing."""
        found = self._blocks.mapInArrow(folding, "part binary").toArrow()
        # pickled by our own function on the site's own cluster
        return (pickle.loads(part.as_buffer()) for part in found["part"])


class ArrowBlock:
    """Some rows in Arrow."""

    def __init__(self, batch: pa.RecordBatch) -> None:
        self._batch = batch

    def __len__(self) -> int:
        return int(self._batch.num_rows)

    def numbers(self, names: Sequence[str], dtype: type[np.floating[Any]]) -> np.ndarray:
        """See `Block`."""
        import numpy as np

        out = np.empty((self._batch.num_rows, len(names)), dtype=dtype)
        for at, name in enumerate(names):
            out[:, at] = self._batch.column(name).to_numpy(zero_copy_only=False)
        return out

    def texts(self, name: str) -> np.ndarray:
        """See `Block`."""
        found: np.ndarray = self._batch.column(name).to_numpy(zero_copy_only=False)
        return found

    def coded(self, name: str) -> tuple[np.ndarray, list[str]]:
        """See `Block`."""
        found = self._batch.column(name).fill_null("").dictionary_encode()
        return found.indices.to_numpy(zero_copy_only=False), found.dictionary.to_pylist()


def _packing(version: str) -> Any:
    def pack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import numpy as np
        import pyarrow as pa

        if np.__version__ != version:
            raise RuntimeError(f"{OTHER_NUMPY} {np.__version__} / {version}")
        for batch in batches:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as stream:
                stream.write_batch(batch)
            yield pa.RecordBatch.from_pydict({"block": [sink.getvalue().to_pybytes()]})

    return pack


def _folding(work: Callable[[Block], Any], merge: Callable[[Any, Any], Any]) -> Any:
    def part(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import pickle

        import pyarrow as pa

        merged, empty = None, True
        for batch in batches:
            for packed in batch.column(0):
                for rows in pa.ipc.open_stream(packed.as_buffer()):
                    one = work(ArrowBlock(rows))
                    merged = one if empty else merge(merged, one)
                    empty = False
        if not empty:
            yield pa.RecordBatch.from_pydict({"part": [pickle.dumps(merged)]})

    return part
