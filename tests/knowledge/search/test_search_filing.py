"""Filing without vectors: listed at once, found by the next search, and whole after a kill anywhere in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.actor import Actor
from knowledge.search import Doc, Index
from knowledge.search.vault import Vault
from tests.knowledge.search.test_search_writes import CountingEmbedder, _doc, _index


class Killed(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


def kill(at: str) -> object:
    def fault(point: str) -> None:
        if point == at:
            raise Killed

    return fault


def listed(index: Index) -> list[Doc]:
    return index.select(lambda doc: True)


def test_what_was_filed_is_listed_at_once_and_embedded_by_the_next_search(tmp_path: Path, city: Actor) -> None:
    embedder = CountingEmbedder()
    index = _index(tmp_path, embedder)
    index.file([_doc(1), _doc(2)])
    assert listed(index) == [_doc(1), _doc(2)] and index.get("d2") == _doc(2) and embedder.made == 0
    assert [hit.doc.id for hit in index.search("做法2", actor=city, k=1)] == ["d2"] and embedder.made == 2
    assert index.embed() == 0 and len(index.search("售电量", actor=city)) == 2 and embedder.made == 2


def test_filing_again_embeds_only_what_changed(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    index = _index(tmp_path, embedder)
    index.file([_doc(1), _doc(2)])
    assert index.embed() == 2
    index.file([_doc(1), _doc(2, "回收情况")])
    assert listed(index) == [_doc(1), _doc(2, "回收情况")] and index.embed() == 1 and embedder.made == 3
    index.file([_doc(1)])
    index.delete(["d1"])
    assert listed(index) == [_doc(2, "回收情况")] and index.embed() == 0


def test_filed_and_embedded_ranks_as_if_written_with_its_vector(tmp_path: Path, city: Actor) -> None:
    docs = [_doc(n, text) for n, text in enumerate(["售电量完成情况", "电费回收情况", "线损率分析", "投诉分析"])]
    late, at_once = _index(tmp_path / "late"), _index(tmp_path / "at_once")
    late.file(docs)
    at_once.upsert(docs)
    for query in ("售电量", "回收", "投诉分析"):
        assert late.search(query, actor=city, k=9) == at_once.search(query, actor=city, k=9)


@pytest.mark.parametrize("at", ["before:embed", "inside:embed"])
def test_a_kill_while_embedding_loses_and_doubles_nothing(tmp_path: Path, city: Actor, at: str) -> None:
    index = _index(tmp_path)
    index.file([_doc(1), _doc(2)])
    with pytest.raises(Killed):
        index.embed(kill(at))  # type: ignore[arg-type]
    again = _index(tmp_path)
    assert listed(again) == [_doc(1), _doc(2)]
    assert again.embed() == 2 and again.embed() == 0
    assert sorted(hit.doc.id for hit in again.search("售电量", actor=city, k=9)) == ["d1", "d2"]


def test_a_newer_filing_is_never_overwritten_by_the_vectors_of_an_older_one(tmp_path: Path, city: Actor) -> None:
    index, other = _index(tmp_path), _index(tmp_path)
    index.file([_doc(1, "旧的说法"), _doc(2)])

    def meanwhile(point: str) -> None:
        if point == "before:embed":
            other.file([_doc(1, "新的说法")])
            other.delete(["d2"])

    assert index.embed(meanwhile) == 0
    assert listed(index) == [_doc(1, "新的说法")]
    assert [hit.doc.text for hit in index.search("说法", actor=city)] == ["新的说法"]


def test_what_waits_goes_to_whichever_embedder_comes_first(tmp_path: Path, city: Actor) -> None:
    _index(tmp_path).file([_doc(1)])
    other = _index(tmp_path, CountingEmbedder("模型/bge-m3 v1.5"))
    assert [hit.doc.id for hit in other.search("售电量", actor=city)] == ["d1"]
    assert listed(_index(tmp_path)) == []


def test_a_move_between_embedders_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    old = _index(tmp_path)
    old.upsert([_doc(1), _doc(2)])
    vault = Vault(tmp_path / "knowledge", _index(tmp_path, CountingEmbedder("other")).space)
    embedder = CountingEmbedder("other")
    with vault._client() as client:  # the state between the two writes of `upsert`
        from knowledge.search.vault import _write

        _write(vault._own(client), [_doc(1)], embedder.passages(["甲"]))
    assert _index(tmp_path, embedder).adopt() == 1
    assert [doc.id for doc in vault.everything().docs] == ["d1", "d2"] and vault.foreign() == []
