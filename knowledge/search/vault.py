"""The Chroma folder (`GMA_HOME/knowledge`): the only file that knows chromadb.

A Chroma client that stays open while another process writes loses documents or fails with "Error finding id" (seen
with 1.5.9). So the client is opened for one operation at a time, under a lock shared by all processes, and closed
again (about 15 ms); a generation stamp tells readers when what they hold in memory is out of date.

Embedding a report takes a second; filing it must not. What is shelved waits for its vectors in a collection of its own:
durable, listed with everything else, and the newest copy of its document, until `place` moves it into the vector space.
Every move writes the new copy before it drops the old one, so that a kill between the two loses nothing.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.errors import Conflict
from knowledge.search.document import Doc, Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHELF = "gma-shelf"
_NO_VECTOR = [1.0]
_SEPARATOR = "\x1f"
_FACT = "fact_"
_WAIT = 60.0
_BATCH = 1000


@dataclass(frozen=True)
class Stock:
    """All documents of one generation in id order, their digests, and their vectors row by row: zeros for the `owed`
    ones, which wait on the shelf."""

    generation: str
    docs: list[Doc]
    digests: list[str]
    vectors: NDArray[np.float32]
    owed: int


class Vault:
    """Documents with their vectors on disk, one collection for each vector space, and the shelf."""

    def __init__(self, folder: Path, space: str) -> None:
        self.folder = folder
        self.collection = "gma-" + (re.sub(r"[^A-Za-z0-9._-]+", "-", space).strip("-._")[-80:].strip("-._") or "space")
        self._stamp = folder / "generation"

    def generation(self) -> str:
        """Changes with every write of any process; "" before the first."""
        try:
            return self._stamp.read_text(encoding="ascii")
        except FileNotFoundError:
            return ""

    def upsert(self, docs: Sequence[Doc], vectors: NDArray[np.float32]) -> None:
        """Write in this space; a document lives in one space only, so that an older copy can never come back."""
        with self._client() as client:
            self._new_generation()
            _write(self._own(client), docs, vectors)
            self._drop(client, [doc.id for doc in docs], but=self.collection)

    def shelve(self, docs: Sequence[Doc]) -> None:
        """Write without vectors; documents that are in this space as they are stay there."""
        with self._client() as client:
            stored = _digests(self._own(client), [doc.id for doc in docs])
            fresh = [doc for doc in docs if stored.get(doc.id) != doc.digest()]
            if fresh:
                self._new_generation()
                _write(self._shelf(client), fresh, [_NO_VECTOR] * len(fresh))
                self._drop(client, [doc.id for doc in fresh], but=SHELF)

    def shelved(self) -> list[tuple[Doc, str]]:
        """What waits for its vectors, with its digest, in id order."""
        if not self.generation():
            return []
        with self._client() as client:
            return _listed(self._shelf(client))

    def place(
        self,
        shelved: Sequence[tuple[Doc, str]],
        vectors: NDArray[np.float32],
        fault: Callable[[str], None] = lambda point: None,
    ) -> int:
        """Move shelved documents into this space; returns how many. One that was filed anew or deleted meanwhile is
        left as it is."""
        with self._client() as client:
            stored = _digests(self._shelf(client), [doc.id for doc, _ in shelved])
            rows = [row for row, (doc, digest) in enumerate(shelved) if stored.get(doc.id) == digest]
            if rows:
                docs = [shelved[row][0] for row in rows]
                self._new_generation()
                _write(self._own(client), docs, vectors[rows])
                fault("inside:embed")
                self._drop(client, [doc.id for doc in docs], but=self.collection)
        return len(rows)

    def forget_elsewhere(self, ids: Sequence[str]) -> None:
        """Drop copies in other spaces that an interrupted move left behind."""
        if ids:
            with self._client() as client:
                self._drop(client, list(ids), but=self.collection)

    def delete(self, ids: Sequence[str]) -> None:
        if ids:
            with self._client() as client:
                self._new_generation()
                self._drop(client, list(ids))

    def digests(self, ids: Sequence[str]) -> dict[str, str]:
        """The stored digests of those ids that exist."""
        if not ids or not self.generation():
            return {}
        with self._client() as client:
            return _digests(self._own(client), ids)

    def everything(self) -> Stock:
        """The current state; what is on the shelf replaces an older copy in this space."""
        import numpy as np

        if not self.generation():
            return Stock("", [], [], np.zeros((0, 0), dtype=np.float32), 0)
        with self._client() as client:
            generation = self.generation()
            own = self._own(client).get(include=["documents", "metadatas", "embeddings"])
            shelved = _listed(self._shelf(client))
        vectors = np.asarray(own["embeddings"], dtype=np.float32)
        width = vectors.shape[1] if len(own["ids"]) else 0
        rows: dict[str, tuple[Doc, str, NDArray[np.float32]]] = {
            id_: (_doc(id_, text, meta), str(meta["digest"]), vector)
            for id_, text, meta, vector in zip(own["ids"], own["documents"], own["metadatas"], vectors, strict=True)
        }
        rows |= {doc.id: (doc, digest, np.zeros(width, dtype=np.float32)) for doc, digest in shelved}
        ordered = [rows[id_] for id_ in sorted(rows)]
        return Stock(
            generation,
            [doc for doc, _, _ in ordered],
            [digest for _, digest, _ in ordered],
            np.stack([vector for _, _, vector in ordered]) if ordered else np.zeros((0, 0), dtype=np.float32),
            len(shelved),
        )

    def foreign(self) -> list[Doc]:
        """Documents that were indexed in another vector space (the embedder was changed)."""
        if not self.generation():
            return []
        docs: dict[str, Doc] = {}
        with self._client() as client:
            for listed in client.list_collections():
                if listed.name not in {self.collection, SHELF}:
                    other = client.get_collection(listed.name, embedding_function=None)
                    docs |= {doc.id: doc for doc, _ in _listed(other)}
        return [docs[id_] for id_ in sorted(docs)]

    def _own(self, client: Any) -> Any:
        return _opened(client, self.collection)

    def _shelf(self, client: Any) -> Any:
        return _opened(client, SHELF)

    def _drop(self, client: Any, ids: list[str], but: str = "") -> None:
        for listed in client.list_collections():
            if listed.name != but:
                collection = client.get_collection(listed.name, embedding_function=None)
                present = collection.get(ids=ids, include=[])["ids"]
                if present:
                    collection.delete(ids=present)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        from filelock import FileLock, Timeout

        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock", timeout=_WAIT, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise Conflict("知识库正被另一个进程写入", "请稍后重试") from error
        try:
            from chromadb import PersistentClient
            from chromadb.config import Settings as ChromaSettings

            client: Any = PersistentClient(str(self.folder), settings=ChromaSettings(anonymized_telemetry=False))
            try:
                yield client
            finally:
                client.close()
        finally:
            lock.release()

    def _new_generation(self) -> None:
        """Stamped before the write, under the lock: a crash half-way still makes every reader look again."""
        fresh = self._stamp.with_suffix(".new")
        fresh.write_text(uuid.uuid4().hex, encoding="ascii")
        os.replace(fresh, self._stamp)


def _opened(client: Any, name: str) -> Any:
    return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})


def _write(collection: Any, docs: Sequence[Doc], vectors: Any) -> None:
    for at in range(0, len(docs), _BATCH):
        part = docs[at : at + _BATCH]
        collection.upsert(
            ids=[doc.id for doc in part],
            embeddings=vectors[at : at + _BATCH],
            documents=[doc.text for doc in part],
            metadatas=[_metadata(doc) for doc in part],
        )


def _digests(collection: Any, ids: Sequence[str]) -> dict[str, str]:
    got = collection.get(ids=list(ids), include=["metadatas"])
    return {id_: str(meta["digest"]) for id_, meta in zip(got["ids"], got["metadatas"], strict=True)}


def _listed(collection: Any) -> list[tuple[Doc, str]]:
    """Every document of a collection with its digest, in id order."""
    got = collection.get(include=["documents", "metadatas"])
    rows = zip(got["ids"], got["documents"], got["metadatas"], strict=True)
    return [(_doc(id_, text, meta), str(meta["digest"])) for id_, text, meta in sorted(rows, key=lambda row: row[0])]


def _metadata(doc: Doc) -> dict[str, str | int]:
    flat: dict[str, str | int] = {
        "kind": doc.kind,
        "title": doc.title,
        "org": doc.org,
        "period": doc.period,
        "template": doc.template,
        "label": doc.label,
        "identifiers": _SEPARATOR.join(doc.identifiers),
        "version": doc.version,
        "hash": doc.hash,
        "digest": doc.digest(),
    }
    return flat | {_FACT + key: value for key, value in doc.facts.items()}


def _doc(id_: str, text: str, meta: dict[str, Any]) -> Doc:
    identifiers = str(meta["identifiers"])
    return Doc.model_construct(
        id=id_,
        kind=cast(Kind, meta["kind"]),
        title=str(meta["title"]),
        text=text,
        org=str(meta["org"]),
        period=str(meta["period"]),
        template=str(meta["template"]),
        label=str(meta["label"]),
        identifiers=tuple(identifiers.split(_SEPARATOR)) if identifiers else (),
        version=str(meta["version"]),
        hash=str(meta["hash"]),
        facts={key.removeprefix(_FACT): value for key, value in meta.items() if key.startswith(_FACT)},
    )
