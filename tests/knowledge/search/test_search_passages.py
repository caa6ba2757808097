"""Passages are embedded once, whatever becomes of the index and of the file that remembers them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.domain.actor import Actor
from core.settings import Settings
from knowledge.search import Doc, Index
from knowledge.search.passages import Passages


class Letters:
    """A real, tiny embedder (letter counts) that remembers what it was asked."""

    def __init__(self, name: str = "letters", size: int = 16) -> None:
        self.name, self.size = name, size
        self.asked: list[str] = []

    def query(self, text: str) -> Any:
        return self._vectors([text])[0]

    def passages(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return self._vectors(texts)

    def _vectors(self, texts: Sequence[str]) -> Any:
        out = np.full((len(texts), self.size), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for char in text:
                out[row, ord(char) % self.size] += 1
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def test_the_vectors_are_those_of_the_embedder_in_the_order_asked(tmp_path: Path) -> None:
    embedder = Letters()
    kept = Passages(tmp_path / "knowledge" / "passages.sqlite", embedder)
    for texts in (["甲", "乙"], ["丙", "乙", "甲", "乙"], [f"第{n}段" for n in range(1200)], ["丙"], []):
        assert np.array_equal(kept.vectors(texts), Letters().passages(texts))
    assert len(embedder.asked) == len(set(embedder.asked)) == 1203


def test_an_index_made_anew_embeds_nothing_again(tmp_path: Path, city: Actor) -> None:
    docs = [Doc(id=f"d{n}", kind="experience", title=f"做法{n}", text="电费回收") for n in range(20)]
    settings, embedder = Settings(_env_file=None, home=tmp_path), Letters()
    first = Index(settings, embedder)
    first.upsert(docs)
    before = [(hit.doc.id, hit.score) for hit in first.search("回收", actor=city, k=20)]
    first.delete([doc.id for doc in docs])
    embedder.asked.clear()
    assert first.upsert(docs) == 20 and embedder.asked == []
    assert [(hit.doc.id, hit.score) for hit in first.search("回收", actor=city, k=20)] == before


def test_who_is_interrupted_goes_on_where_it_stopped(tmp_path: Path) -> None:
    class Failing(Letters):
        def passages(self, texts: Sequence[str]) -> Any:
            if len(self.asked) >= 256:
                raise ConnectionError("cut off")
            return super().passages(texts)

    texts, file = [f"第{n}段" for n in range(400)], tmp_path / "passages.sqlite"
    with pytest.raises(ConnectionError):
        Passages(file, Failing()).vectors(texts)
    embedder = Letters()
    assert np.array_equal(Passages(file, embedder).vectors(texts), Letters().passages(texts))
    assert len(embedder.asked) == 400 - 256


def test_another_embedder_has_vectors_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "passages.sqlite"
    assert Passages(file, Letters()).vectors(["甲"]).shape == (1, 16)
    assert Passages(file, Letters("other", 8)).vectors(["甲"]).shape == (1, 8)


def test_a_broken_file_costs_time_only(tmp_path: Path) -> None:
    file = tmp_path / "passages.sqlite"
    file.write_bytes(b"no database" * 100)
    embedder = Letters()
    kept = Passages(file, embedder)
    for _ in range(2):
        assert np.array_equal(kept.vectors(["甲", "乙"]), Letters().passages(["甲", "乙"]))
    assert len(embedder.asked) == 4


def test_threads_keep_at_once(tmp_path: Path) -> None:
    file = tmp_path / "passages.sqlite"
    wrong: list[str] = []

    def work(first: int) -> None:
        texts = [f"第{n}段" for n in range(first, first + 60)]
        if not np.array_equal(Passages(file, Letters()).vectors(texts), Letters().passages(texts)):
            wrong.append(str(first))

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 20, 40, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    embedder = Letters()
    Passages(file, embedder).vectors([f"第{n}段" for n in range(120)])
    assert not wrong and embedder.asked == []
