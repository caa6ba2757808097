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
    """An inverted index: three parallel arrays sorted by gram, then by row."""

    codes: Codes
    rows: NDArray[np.int32]
    weights: Weights

    @classmethod
    def build(cls, documents: Sequence[tuple[Codes, Weights]]) -> Wording:
        """From the `grams` of every document, in row order."""
        if not documents:
            return cls(np.zeros(0, np.uint32), np.zeros(0, np.int32), np.zeros(0, np.float32))
        codes = np.concatenate([codes for codes, _ in documents])
        rows = np.repeat(np.arange(len(documents), dtype=np.int32), [len(codes) for codes, _ in documents])
        weights = np.concatenate([tf / (np.linalg.norm(tf) or 1.0) for _, tf in documents]).astype(np.float32)
        order = np.argsort(codes, kind="stable")
        return cls(codes[order], rows[order], weights[order])

    def scores(self, query: str, mask: NDArray[np.bool_]) -> Weights:
        """Cosine of the query with every row; rows outside `mask` neither score nor count."""
        out = np.zeros(len(mask), dtype=np.float32)
        codes, tf = grams(query)
        total = int(mask.sum())
        lefts, rights = np.searchsorted(self.codes, codes, "left"), np.searchsorted(self.codes, codes, "right")
        norm = 0.0
        for left, right, weight in zip(lefts, rights, tf, strict=True):
            rows = self.rows[left:right]
            seen = mask[rows]
            idf = np.log((1 + total) / (1 + int(seen.sum()))) + 1
            norm += float(weight * idf) ** 2
            out[rows[seen]] += np.float32(weight * idf) * self.weights[left:right][seen]
        return out / np.float32(norm**0.5) if norm else out
