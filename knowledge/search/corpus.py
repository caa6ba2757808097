"""All documents of the index in memory, ready to be ranked exactly.

Exact scoring is used because every search is filtered by scope: a matrix product over the visible rows took
0.3 / 10 ms at 10 k / 100 k rows where a filtered approximate search took 7 / 43 ms, and it never misses a row.
Nothing here loops over documents once the snapshot is built (`gma bench retrieval`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain.actor import Actor
from knowledge.search.document import Doc, Hit
from knowledge.search.facets import Facets, Mask, Wanted
from knowledge.search.leaders import leaders
from knowledge.search.naming import Named, Names
from knowledge.search.vault import Stock
from knowledge.search.wording import Codes, Weights, Wording, grams

LEXICAL = 0.3
DENSE = 0.7
NAMED = 0.1

_SHARES = 100
_GATHER = 0.3
"""Up to this share of visible rows, copying their vectors is cheaper than multiplying all."""

Grams = dict[str, tuple[Codes, Weights]]


@dataclass(frozen=True)
class Corpus:
    """An immutable snapshot; `generation` says of which state of the folder. `owed` documents have no vector yet: they
    can be selected, not ranked."""

    generation: str
    docs: list[Doc]
    vectors: NDArray[np.float32]
    wording: Wording
    names: Names
    facets: Facets
    grams: Grams = field(repr=False)
    owed: int = 0

    @classmethod
    def build(cls, stock: Stock, known: Grams) -> Corpus:
        """`known` are the n-grams of an earlier snapshot by digest; only new texts are taken apart."""
        pairs = zip(stock.digests, stock.docs, strict=True)
        taken = {digest: known.get(digest) or grams(doc.wording()) for digest, doc in pairs}
        return cls(
            generation=stock.generation,
            docs=stock.docs,
            vectors=stock.vectors,
            wording=Wording.build([taken[digest] for digest in stock.digests]),
            names=Names.of(stock.docs),
            facets=Facets.of(stock.docs),
            grams=taken,
            owed=stock.owed,
        )

    def mask(self, actor: Actor, wanted: Wanted) -> Mask:
        """The rows that take part: visible to the actor and wanted."""
        return self.facets.mask(actor, wanted)

    def rank(self, query: str, vector: NDArray[np.float32], mask: Mask, k: int) -> list[Hit]:
        """The best `k` rows of the mask: named in full first, then 0.3 wording + 0.7 meaning + 0.1 share named.

        Of several named in full, one whose own title is in the query comes first. Of one section in many reports the
        latest leads, and the others follow after every other section (`leaders`). Ties fall in id order.
        """
        rows = np.flatnonzero(mask)
        if not len(rows) or k < 1:
            return []
        named = self.names.coverage(query, mask)
        score = LEXICAL * self.wording.scores(query, mask)[rows] + DENSE * self._nearness(vector, rows)
        score = np.round(score + NAMED * named.shares[rows], 6)
        first = named.full[rows].astype(np.int8) * (1 + named.titled[rows])
        keys = score + first * 1000.0
        order = leaders(keys, self._groups(rows, named), self.facets.recent[rows], k)
        if len(order) < min(k, len(rows)):
            rest = np.setdiff1d(np.arange(len(rows)), order, assume_unique=True)
            order = np.concatenate([order, rest[np.lexsort((rest, -keys[rest]))]])[:k]
        return [self._hit(int(rows[i]), place, float(score[i]), bool(first[i])) for place, i in enumerate(order, 1)]

    def _groups(self, rows: NDArray[np.intp], named: Named) -> NDArray[np.int64]:
        """The same number for rows of one section that the query names to the same share; -1 for what is no section."""
        section = self.facets.section.rows[rows].astype(np.int64)
        single = np.array([not heading for _, heading in self.facets.section.values], dtype=np.bool_)
        share = np.round(named.shares[rows] * _SHARES).astype(np.int64)
        return np.where(single[section], -1, section * (_SHARES + 1) + share)

    def _nearness(self, vector: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Cosines of the rows."""
        if len(rows) <= _GATHER * len(self.vectors):
            near: NDArray[np.float32] = self.vectors[rows] @ vector
            return near
        whole: NDArray[np.float32] = self.vectors @ vector
        return whole if len(rows) == len(whole) else whole[rows]

    def _hit(self, row: int, place: int, score: float, named: bool) -> Hit:
        match = "identifier" if named else "meaning"
        return Hit.model_validate({"doc": self.docs[row], "rank": place, "score": round(score, 6), "match": match})
