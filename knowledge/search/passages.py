"""What was embedded once is not embedded again: the vectors of passages by text, beside the index.

The sections of a report say the same of themselves every month, and an index that is made anew embeds what it embedded
before. Vectors cost some 1 ms a token, a look-up microseconds. The file holds nothing else and may be deleted.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from core.log import problem
from knowledge.search.embedders import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TABLE = "CREATE TABLE IF NOT EXISTS passage (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
_BATCH = 500
_MADE = 128
_WAIT = 30.0


class Passages:
    """Safe to share between threads and processes; a file that cannot be used costs time, never a search."""

    def __init__(self, file: Path, embedder: Embedder) -> None:
        self._file = file
        self._embedder = embedder

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """L2-normalised vectors of shape (len(texts), d), those of new texts from the embedder.

        They are kept as they are made: who is interrupted goes on where it stopped.
        """
        import numpy as np

        keys = [hashlib.sha256(f"{self._embedder.name}\x00{text}".encode()).digest() for text in texts]
        known = self._known(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if not texts:
            return self._embedder.passages([])
        waiting = list(new.items())
        for at in range(0, len(waiting), _MADE):
            part = waiting[at : at + _MADE]
            made = self._embedder.passages([text for _, text in part]).astype(np.float32)
            fresh = dict(zip((key for key, _ in part), made, strict=True))
            self._keep({key: vector.tobytes() for key, vector in fresh.items()})
            known |= fresh
        return np.stack([known[key] for key in keys])

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        import numpy as np

        if not self._file.is_file():
            return {}
        found: dict[bytes, NDArray[np.float32]] = {}
        try:
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as base:
                for at in range(0, len(keys), _BATCH):
                    part = keys[at : at + _BATCH]
                    marks = ",".join("?" * len(part))
                    rows = base.execute(f"SELECT key, vector FROM passage WHERE key IN ({marks})", part)
                    found |= {key: np.frombuffer(vector, dtype=np.float32) for key, vector in rows}
        except sqlite3.Error as error:
            problem("index.passages_not_read", error, file=str(self._file))
            return {}
        return found

    def _keep(self, vectors: dict[bytes, bytes]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as base, base:
                base.execute(_TABLE)
                base.executemany("INSERT OR IGNORE INTO passage VALUES (?, ?)", list(vectors.items()))
        except sqlite3.Error as error:
            problem("index.passages_not_kept", error, file=str(self._file))
