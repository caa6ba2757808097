"""Lexical similarity: TF-IDF over character n-grams, which needs no word segmentation.

SMART scheme lnc.ltc: document weights are 1+ln(tf), cosine-normalised, without idf; query weights are
(1+ln(tf))·idf, cosine-normalised, with idf = ln((1+N)/(1+df))+1 counted over the *visible* documents only, so that a
document which the actor may not see cannot move the ranking.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Weights = NDArray[np.float32]

_SIZES = (1, 2)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_LIMIT = 4000


def fold(text: str) -> str:
    """Compatibility forms, lower case, no white space: how texts and queries are compared."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def grams(text: str) -> tuple[Codes, Weights]:
    """The distinct n-grams of a text as 32-bit hashes, and 1+ln(tf) for each; a collision only adds a weak match."""
    points = np.frombuffer(fold(text)[:_LIMIT].encode("utf-32-le"), dtype=np.uint32).astype(np.uint64) + np.uint64(1)
    pieces = []
    for size in _SIZES:
        if len(points) >= size:
            code = points[: len(points) - size + 1]
            for step in range(1, size):
                code = (code << np.uint64(21)) | points[step : len(points) - size + 1 + step]
            pieces.append(((code * _MIX) >> np.uint64(32)).astype(np.uint32))
    if not pieces:
        return np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.float32)
    codes, counts = np.unique(np.concatenate(pieces), return_counts=True)
    return codes, (1 + np.log(counts)).astype(np.float32)


@dataclass(frozen=True)
class Wording:
    """An inverted index: the distinct grams in order, where the postings of each begin, and the postings by row.

    A gram that stands in more than half of the documents has a whole column instead: it takes less room than postings,
    and adding it up is some ten times as fast. `column` names it for each gram, -1 where there are postings; `present`
    says which documents of a column have the gram.
    """

    codes: Codes
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: Weights
    column: NDArray[np.int32]
    columns: Weights
    present: NDArray[np.bool_]

    @classmethod
    def build(cls, documents: Sequence[tuple[Codes, Weights]]) -> Wording:
        """From the `grams` of every document, in row order."""
        codes = np.concatenate([np.zeros(0, np.uint32), *(codes for codes, _ in documents)])
        rows = np.repeat(np.arange(len(documents), dtype=np.int32), [len(codes) for codes, _ in documents])
        parts = [np.zeros(0, np.float32), *(tf / (np.linalg.norm(tf) or 1.0) for _, tf in documents)]
        weights = np.concatenate(parts).astype(np.float32)
        order = np.argsort(codes, kind="stable")
        rows, weights = rows[order], weights[order]
        distinct, starts, counts = np.unique(codes[order], return_index=True, return_counts=True)
        often = np.flatnonzero(counts * 2 > len(documents))
        column = np.full(len(distinct), -1, dtype=np.int32)
        column[often] = np.arange(len(often))
        columns = np.zeros((len(often), len(documents)), dtype=np.float32)
        for at, place in enumerate(often):
            held = slice(starts[place], starts[place] + counts[place])
            columns[at, rows[held]] = weights[held]
        kept = np.repeat(column < 0, counts)
        ends = np.cumsum(np.where(column < 0, counts, 0))
        return cls(distinct, np.concatenate([[0], ends]), rows[kept], weights[kept], column, columns, columns > 0)

    def scores(self, query: str, mask: NDArray[np.bool_]) -> Weights:
        """Cosine of the query with every row of the mask; what stands in the other rows means nothing."""
        out = np.zeros(len(mask), dtype=np.float32)
        total = np.count_nonzero(mask)
        codes, counts = grams(query)
        if not total or not len(codes) or not len(self.codes):
            return out
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        found = self.codes[places] == codes
        column = np.where(found, self.column[places], -1)
        seen = np.zeros(len(codes), dtype=np.int64)
        often, seldom = np.flatnonzero(column >= 0), np.flatnonzero(found & (column < 0))
        for at in often:
            seen[at] = np.count_nonzero(self.present[column[at]] & mask)
        held = [slice(self.starts[place], self.starts[place + 1]) for place in places[seldom]]
        sizes = [part.stop - part.start for part in held]
        rows = np.concatenate([self.rows[part] for part in held]) if held else np.zeros(0, np.int32)
        starts = np.cumsum([0, *sizes[:-1]])
        if held:
            seen[seldom] = np.add.reduceat(mask[rows], starts, dtype=np.int64)
        weights = (counts * (np.log((1 + total) / (1 + seen)) + 1)).astype(np.float32)
        for at in often:
            out += weights[at] * self.columns[column[at]]
        if held:
            added = np.concatenate([weights[at] * self.weights[part] for at, part in zip(seldom, held, strict=True)])
            np.add.at(out, rows, added)
        return out / np.linalg.norm(weights)
