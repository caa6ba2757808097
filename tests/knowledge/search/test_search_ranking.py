"""The ranking equals a plain computation of its definition over every visible document."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from typing import Any

import numpy as np
import pytest

from core.domain.actor import Actor
from knowledge.search import Doc, Index
from knowledge.search.naming import Names
from knowledge.search.plain_words import widened


def _grams(text: str) -> Counter[str]:
    folded = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return Counter(folded[at : at + size] for size in (1, 2) for at in range(len(folded) - size + 1))


def _likeness(query: str, texts: list[str]) -> list[float]:
    """Cosine of TF-IDF weights, idf in the query only."""
    bags = [_grams(text) for text in texts]
    frequency = Counter(gram for bag in bags for gram in bag)
    weights = {
        gram: (1 + math.log(tf)) * (math.log((1 + len(bags)) / (1 + frequency[gram])) + 1)
        for gram, tf in _grams(query).items()
    }
    norm = math.sqrt(sum(weight * weight for weight in weights.values()))
    lengths = [math.sqrt(sum((1 + math.log(tf)) ** 2 for tf in bag.values())) for bag in bags]
    common = [sum(w * (1 + math.log(bag[g])) for g, w in weights.items() if g in bag) for bag in bags]
    return [shared / (norm * length) for shared, length in zip(common, lengths, strict=True)]


def _plain_ranking(query: str, docs: list[Doc], embedder: Any, vectors: dict[str, Any]) -> list[tuple[str, float]]:
    wide = widened(query)
    texts = _likeness(query, [f"{doc.title}\n{' '.join(doc.identifiers)}\n{doc.text}" for doc in docs])
    about = list(dict.fromkeys(doc.gist() for doc in docs))
    gists = dict(zip(about, _likeness(wide, about), strict=True))
    wish = [float(x) for x in embedder.query(wide)]
    named = Names.of(docs).coverage(query, np.ones(len(docs), dtype=np.bool_))
    scored = []
    for row, doc in enumerate(docs):
        words = 0.1 * texts[row] + 0.2 * gists[doc.gist()]
        dense = sum(a * float(b) for a, b in zip(wish, vectors[doc.id], strict=True))
        first = int(named.full[row]) * (1 + int(named.titled[row]))
        scored.append((first, words + 0.7 * dense + 0.1 * float(named.shares[row]), doc.id))
    return [(id_, score) for _, score, id_ in sorted(scored, key=lambda item: (-item[0], -item[1], item[2]))]


@pytest.mark.parametrize(
    "query", ["售电量", "望湖区2026年10月售电量情况", "偷电怎么发现", "老赖的钱怎么追", "GB/T 9704", "回收率低的"]
)
@pytest.mark.parametrize("org", ["99401", "9940104"])
def test_search_equals_brute_force(
    query: str, org: str, house: Index, city: Actor, docs: list[Doc], embedder: Any
) -> None:
    actor = city.model_copy(update={"org": org})
    seen = sorted((doc for doc in docs if not doc.org or doc.org.startswith(org)), key=lambda doc: doc.id)
    stored = house._snapshot()  # the vectors as they came back from disk
    vectors = {doc.id: stored.vectors[row] for row, doc in enumerate(stored.docs)}
    expected = _plain_ranking(query, seen, embedder, vectors)
    got = house.search(query, actor=actor, k=len(seen))
    assert [hit.score for hit in got] == pytest.approx([score for _, score in expected], abs=2e-5)
    distinct = [i for i in range(10) if abs(expected[i][1] - expected[i + 1][1]) > 1e-4]
    for i in distinct:
        assert {hit.doc.id for hit in got[: i + 1]} == {id_ for id_, _ in expected[: i + 1]}


def test_the_order_of_writing_does_not_matter(tmp_path: Any, docs: list[Doc], embedder: Any, city: Actor) -> None:
    from core.settings import Settings

    few = docs[:12]
    indexes = [Index(Settings(_env_file=None, home=tmp_path / name), embedder) for name in ("a", "b")]
    indexes[0].upsert(few)
    for doc in reversed(few):
        indexes[1].upsert([doc])
    first, second = (index.search("电量占比", actor=city, k=12) for index in indexes)
    assert [hit.doc.id for hit in first] == [hit.doc.id for hit in second]
