"""Forty and more Chinese queries over about two hundred documents: the right one within the first three."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from core.domain.actor import Actor
from knowledge.search import Doc, Index

_FILE = Path(__file__).parents[2] / "cases" / "search_queries.yaml"
QUERIES: dict[str, list[dict[str, Any]]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
FLOOR = {"identifier": 1.0, "ordinary": 0.95, "paraphrase": 0.85}


@pytest.mark.parametrize("kind", list(FLOOR))
def test_the_right_document_is_among_the_first_three(kind: str, house: Index, city: Actor) -> None:
    missed = []
    for case in QUERIES[kind]:
        found = [hit.doc.id for hit in house.search(case["q"], actor=city, k=3)]
        if not set(found) & set(case["want"]):
            missed.append(f"{case['q']}: want {case['want']}, got {found}")
    recall = 1 - len(missed) / len(QUERIES[kind])
    print(f"{kind}: recall@3 {recall:.3f} over {len(QUERIES[kind])} queries")
    assert recall >= FLOOR[kind], "\n".join(missed)


def test_the_examination_is_large_enough_and_names_real_documents(docs: list[Doc]) -> None:
    known = {doc.id for doc in docs}
    wanted = {id_ for cases in QUERIES.values() for case in cases for id_ in case["want"]}
    assert len(docs) >= 170
    assert sum(len(cases) for cases in QUERIES.values()) >= 40
    assert wanted <= known, wanted - known


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("A02", "caliber/A02"),
        ("ａ０２", "caliber/A02"),
        ("请问售电量增长率是怎么计算的？", "caliber/A03"),
        ("R5模板", "template/R5"),
        ("9940104-2026-10", "report/9940104-2026-10/0"),
        ("GB/T9704", "standard/layout"),
    ],
)
def test_what_is_named_exactly_comes_first(query: str, first: str, house: Index, city: Actor) -> None:
    hit = house.search(query, actor=city, k=1)[0]
    assert (hit.doc.id, hit.match, hit.rank) == (first, "identifier", 1)


def test_a_code_inside_a_longer_word_names_nothing(house: Index, city: Actor) -> None:
    assert all(hit.match == "meaning" for hit in house.search("A021 型号", actor=city))
