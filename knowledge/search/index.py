"""The index: documents in, scoped and exactly ranked hits out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.domain.actor import Actor
from core.domain.period import Period
from core.errors import BadRequest
from core.settings import Settings
from knowledge.search.corpus import Asked, Corpus
from knowledge.search.document import KINDS, Doc, Hit, visible
from knowledge.search.embedders import Embedder
from knowledge.search.facets import Wanted
from knowledge.search.passages import Passages
from knowledge.search.plain_words import widened
from knowledge.search.vault import Vault

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_QUERY = 400
_RECIPE = "-4"
"""Changes with what `Doc.passages` says: vectors of another recipe are another space."""


class Index:
    """Synchronous and safe to share between threads and processes; call it from a worker thread, not an event loop.

    Nothing is loaded until the first search. Writes are idempotent by id: an unchanged document is not embedded again.
    Nothing that was written is ever missing from a search, however it was written.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._embedder = embedder
        self.space = f"{embedder.name}{_RECIPE}"
        self._vault = Vault(settings.home / "knowledge", self.space)
        self._passages = Passages(settings.home / "knowledge" / "passages.sqlite", embedder)
        self._corpus: Corpus | None = None
        self._lock = threading.Lock()

    def upsert(self, docs: Sequence[Doc]) -> int:
        """Write documents; returns how many were new or changed. Of several with one id the last one counts."""
        latest = {doc.id: doc for doc in docs}
        stored = self._vault.digests(list(latest))
        fresh = [doc for id_, doc in latest.items() if stored.get(id_) != doc.digest()]
        if fresh:
            self._vault.upsert(fresh, self._vectors(fresh))
        return len(fresh)

    def file(self, docs: Sequence[Doc]) -> None:
        """Write documents without the second that their vectors take: `get` and `select` see them at once, and they
        get their vectors from `embed`, at the latest from the next search."""
        self._vault.shelve(list({doc.id: doc for doc in docs}.values()))

    def embed(self, fault: Callable[[str], None] = lambda point: None) -> int:
        """Give what was filed its vectors; returns how many. Safe to repeat and to interrupt; milliseconds when nothing
        is owed. `fault` is the injection point of the kill tests."""
        if not self._snapshot().owed:
            return 0
        shelved = self._vault.shelved()
        vectors = self._vectors([doc for doc, _ in shelved])
        fault("before:embed")
        return self._vault.place(shelved, vectors, fault)

    def _vectors(self, docs: Sequence[Doc]) -> NDArray[np.float32]:
        """The mean direction of each document's passages; what several documents say is embedded once."""
        import numpy as np

        said = [doc.passages() for doc in docs]
        rows = {text: row for row, text in enumerate(dict.fromkeys(text for texts in said for text in texts))}
        known = self._passages.vectors(list(rows))
        means = [known[[rows[text] for text in texts]].mean(axis=0) for texts in said]
        vectors = np.stack(means) if means else known
        unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return unit

    def delete(self, ids: Sequence[str]) -> None:
        """Remove documents; unknown ids are no error."""
        self._vault.delete(ids)

    def get(self, id_: str, *, actor: Actor | None = None) -> Doc | None:
        """One document, or None when there is none or the actor may not see it (None: the system itself asks)."""
        doc = next((doc for doc in self._snapshot().docs if doc.id == id_), None)
        return doc if doc and (actor is None or visible(actor, doc.org, doc.label)) else None

    def select(self, keep: Callable[[Doc], bool], *, actor: Actor | None = None) -> list[Doc]:
        """Every document that `keep` accepts and the actor may see, in id order: a query by metadata, not likeness."""
        docs = [doc for doc in self._snapshot().docs if keep(doc)]
        return [doc for doc in docs if actor is None or visible(actor, doc.org, doc.label)]

    def search(
        self,
        query: str,
        *,
        actor: Actor,
        kinds: Sequence[str] | None = None,
        org: str | None = None,
        period: Period | str | None = None,
        template: str | None = None,
        k: int = 5,
    ) -> list[Hit]:
        """The best `k` documents for a Chinese query, best first; [] when nothing visible remains after the filters.

        Scope and filters apply before the ranking, and what is hidden cannot influence it. Hits are ordered, never
        cut by a score. Raises BadRequest for an empty query or an unknown kind.
        """
        query = query.strip()[:_QUERY]
        if not query:
            raise BadRequest("检索内容为空", "请写出要找的模板、报告、指标或做法")
        unknown = sorted(set(kinds or ()) - set(KINDS))
        if unknown:
            raise BadRequest(f"没有「{'、'.join(unknown)}」这类知识", f"可选：{'、'.join(KINDS)}")
        corpus = self._whole()
        code = period.code if isinstance(period, Period) else period
        mask = corpus.mask(actor, Wanted(kinds, org, code, template))
        if not mask.any():
            return []
        wide = widened(query)
        return corpus.rank(Asked(query, wide, self._embedder.query(wide)), mask, k)

    def adopt(self) -> int:
        """Embed again what was indexed under another embedder and is missing here; returns how many."""
        missing = self._vault.foreign()
        have = self._vault.digests([doc.id for doc in missing])
        self._vault.forget_elsewhere(list(have))
        return self.upsert([doc for doc in missing if doc.id not in have])

    def _whole(self) -> Corpus:
        """A snapshot in which every document has its vector."""
        while (corpus := self._snapshot()).owed:
            self.embed()
        return corpus

    def _snapshot(self) -> Corpus:
        """The current state of the folder; read again only when any process has written."""
        corpus = self._corpus
        if corpus is not None and corpus.generation == self._vault.generation():
            return corpus
        with self._lock:
            if self._corpus is None or self._corpus.generation != self._vault.generation():
                known = self._corpus.grams if self._corpus else {}
                self._corpus = Corpus.build(self._vault.everything(), known)
            return self._corpus
