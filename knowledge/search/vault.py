"""The Chroma folder (`GMA_HOME/knowledge`): the only file that knows chromadb.

A Chroma client that stays open while another process writes loses documents or fails with "Error finding id" (seen
with 1.5.9). So the client is opened for one operation at a time, under a lock shared by all processes, and closed
again (about 15 ms); a generation stamp tells readers when what they hold in memory is out of date.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core.errors import Conflict
from knowledge.search.document import Doc, Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SEPARATOR = "\x1f"
_FACT = "fact_"
_WAIT = 60.0
_BATCH = 1000


class Vault:
    """Documents with their vectors on disk, one collection for each vector space."""

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
            self._drop(client, [doc.id for doc in docs], others_only=True)
            collection = self._own(client)
            for at in range(0, len(docs), _BATCH):
                part = docs[at : at + _BATCH]
                collection.upsert(
                    ids=[doc.id for doc in part],
                    embeddings=vectors[at : at + _BATCH],
                    documents=[doc.text for doc in part],
                    metadatas=[_metadata(doc) for doc in part],
                )

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
            got = self._own(client).get(ids=list(ids), include=["metadatas"])
            return {id_: str(meta["digest"]) for id_, meta in zip(got["ids"], got["metadatas"], strict=True)}

    def everything(self) -> tuple[str, list[Doc], list[str], NDArray[np.float32]]:
        """The generation, all documents in id order, their digests, and their vectors row by row."""
        import numpy as np

        if not self.generation():
            return "", [], [], np.zeros((0, 0), dtype=np.float32)
        with self._client() as client:
            generation = self.generation()
            got = self._own(client).get(include=["documents", "metadatas", "embeddings"])
        order = sorted(range(len(got["ids"])), key=got["ids"].__getitem__)
        docs = [_doc(got["ids"][i], got["documents"][i], got["metadatas"][i]) for i in order]
        digests = [str(got["metadatas"][i]["digest"]) for i in order]
        vectors = np.asarray(got["embeddings"], dtype=np.float32)
        return generation, docs, digests, vectors[order] if order else np.zeros((0, 0), dtype=np.float32)

    def foreign(self) -> list[Doc]:
        """Documents that were indexed in another vector space (the embedder was changed)."""
        if not self.generation():
            return []
        docs: dict[str, Doc] = {}
        with self._client() as client:
            for listed in client.list_collections():
                if listed.name == self.collection:
                    continue
                other = client.get_collection(listed.name, embedding_function=None)
                got = other.get(include=["documents", "metadatas"])
                for id_, text, meta in zip(got["ids"], got["documents"], got["metadatas"], strict=True):
                    docs[id_] = _doc(id_, text, meta)
        return [docs[id_] for id_ in sorted(docs)]

    def _own(self, client: Any) -> Any:
        return client.get_or_create_collection(
            self.collection, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def _drop(self, client: Any, ids: list[str], others_only: bool = False) -> None:
        for listed in client.list_collections():
            if not (others_only and listed.name == self.collection):
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
