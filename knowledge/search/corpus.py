"""All documents of the index in memory, ready to be ranked exactly.

Exact scoring is used because every search is filtered by scope: a matrix product over the visible rows took
0.3 / 10 ms at 10 k / 100 k rows where a filtered approximate search took 7 / 43 ms, and it never misses a row.
Nothing here loops over documents once the snapshot is built (`gma bench retrieval`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.domain.actor import Actor
from knowledge.search.document import Doc, Hit
from knowledge.search.facets import Column, Facets, Mask, Wanted
from knowledge.search.leaders import Sections, top
from knowledge.search.naming import Names
from knowledge.search.vault import Stock
from knowledge.search.wording import Codes, Weights, Wording, grams

BODY = 0.1
GIST = 0.2
DENSE = 0.7
NAMED = 0.1

_GATHER = 0.3
"""Up to this share of visible rows, copying their vectors is cheaper than multiplying all."""

Grams = dict[str, tuple[Codes, Weights]]


@dataclass(frozen=True)
class Asked:
    """A query: as it was said, widened by the trade's words for its plain ones, and the vector of the latter."""

    said: str
    widened: str
    vector: NDArray[np.float32]


@dataclass(frozen=True)
class Corpus:
    """An immutable snapshot; `generation` says of which state of the folder. `owed` documents have no vector yet: they
    can be selected, not ranked. What only a ranking needs is made for the first one: filing makes many snapshots."""

    generation: str
    docs: list[Doc]
    digests: list[str]
    vectors: NDArray[np.float32]
    grams: Grams = field(repr=False)
    owed: int = 0

    @classmethod
    def build(cls, stock: Stock, known: Grams) -> Corpus:
        """`known` holds the n-grams of texts by digest; those of new texts are added when they are needed."""
        kept = {digest: known[digest] for digest in stock.digests if digest in known}
        return cls(stock.generation, stock.docs, stock.digests, stock.vectors, kept, stock.owed)

    @cached_property
    def wording(self) -> Wording:
        """What every document says."""
        for digest, doc in zip(self.digests, self.docs, strict=True):
            if digest not in self.grams:
                self.grams[digest] = grams(doc.wording())
        return Wording.build([self.grams[digest] for digest in self.digests])

    @cached_property
    def gists(self) -> Column[str]:
        """What every document is about; the sections of many months are about the same."""
        return Column.of(doc.gist() for doc in self.docs)

    @cached_property
    def about(self) -> Wording:
        """The words of the distinct gists."""
        return Wording.build([grams(gist) for gist in self.gists.values])

    @cached_property
    def names(self) -> Names:
        return Names.of(self.docs)

    @cached_property
    def facets(self) -> Facets:
        return Facets.of(self.docs)

    @cached_property
    def sections(self) -> Sections:
        section = self.facets.section
        alone = np.array([not heading for _, heading in section.values], dtype=np.bool_)
        return Sections.of(np.where(alone[section.rows], -1, section.rows).astype(np.int32))

    def mask(self, actor: Actor, wanted: Wanted) -> Mask:
        """The rows that take part: visible to the actor and wanted."""
        return self.facets.mask(actor, wanted)

    def rank(self, asked: Asked, mask: Mask, k: int) -> list[Hit]:
        """The best `k` rows of the mask: named in full first, then by 0.7 meaning + 0.2 words of the gist + 0.1 words
        of the text + 0.1 share named.

        Of several named in full, one whose own title is in the query comes first. Of one section in many reports the
        latest leads, and the others follow after every other section (`leaders`). Ties fall in id order.
        """
        visible = int(np.count_nonzero(mask))
        if not visible or k < 1:
            return []
        named = self.names.coverage(asked.said, mask)
        words = BODY * self.wording.scores(asked.said, mask) + GIST * self._gist_scores(asked.widened, mask)
        score = np.round(words + DENSE * self._nearness(asked.vector, mask, visible) + NAMED * named.shares, 6)
        first = named.full.astype(np.int8) * (1 + named.titled)
        keys = np.where(mask, score + first * 1000.0, -np.inf)
        order = self.sections.leaders(keys, named.shares, self.facets.recent, k)
        if len(order) < min(k, visible):
            keys[order] = -np.inf
            rest = top(keys, k)
            order = np.concatenate([order, rest[np.lexsort((rest, -keys[rest]))]])[:k]
        return [self._hit(int(row), place, float(score[row]), bool(first[row])) for place, row in enumerate(order, 1)]

    def _gist_scores(self, query: str, mask: Mask) -> Weights:
        """Cosine of the words with the gist of every row, counted over the distinct gists of the mask."""
        seen = np.zeros(len(self.gists.values), dtype=np.bool_)
        seen[self.gists.rows[mask]] = True
        scores: Weights = self.about.scores(query, seen)[self.gists.rows]
        return scores

    def _nearness(self, vector: NDArray[np.float32], mask: Mask, visible: int) -> NDArray[np.float32]:
        """Cosines of the rows of the mask; what stands in the other rows means nothing."""
        if visible > _GATHER * len(self.vectors):
            whole: NDArray[np.float32] = self.vectors @ vector
            return whole
        near = np.zeros(len(self.vectors), dtype=np.float32)
        near[mask] = self.vectors[mask] @ vector
        return near

    def _hit(self, row: int, place: int, score: float, named: bool) -> Hit:
        match = "identifier" if named else "meaning"
        return Hit.model_validate({"doc": self.docs[row], "rank": place, "score": round(score, 6), "match": match})
