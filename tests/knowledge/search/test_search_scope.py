"""What an actor may not see takes no part: not in the hits, not in their order, not in their scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.actor import ADMIN_ROLES, Actor, Role
from core.errors import BadRequest
from core.settings import Settings
from knowledge.search import Doc, Index
from knowledge.search.corpus import Asked, Corpus
from knowledge.search.document import visible
from knowledge.search.facets import Wanted
from knowledge.search.vault import Stock

ORGS = ["", "99401", "9940101", "994010101", "9940104", "99402", "9940201"]
SCOPES = ["99401", "9940101", "9940104", "994010101", "99402", "9"]
TITLES = ["售电量", "售电量完成情况", "电费回收情况", "2026年10月", "望湖区", "R1", "线损专题"]

documents = st.lists(
    st.builds(
        lambda number, org, label, title, text: Doc(
            id=f"d{number:03d}", kind="report", title=title, text=text, org=org, label=label, identifiers=(title,)
        ),
        st.integers(0, 400),
        st.sampled_from(ORGS),
        st.sampled_from(ORGS),
        st.sampled_from(TITLES),
        st.text("售电费回收线损望湖区月报完成情况同比", min_size=0, max_size=30),
    ),
    min_size=0,
    max_size=25,
    unique_by=lambda doc: doc.id,
)
actors = st.builds(
    lambda role, org: Actor(user="u", name="甲", role=role, org=org), st.sampled_from(Role), st.sampled_from(SCOPES)
)


def _corpus(docs: list[Doc], vectors: dict[str, Any]) -> Corpus:
    import numpy as np

    ordered = sorted(docs, key=lambda doc: doc.id)
    rows = [vectors[doc.id] for doc in ordered]
    digests = [doc.digest() for doc in ordered]
    return Corpus.build(Stock("g", ordered, digests, np.array(rows, dtype=np.float32).reshape(len(rows), 8), 0), {})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents, actors, st.sampled_from([*TITLES, "售电回收怎么样"]), st.integers(0, 2**16))
def test_the_hidden_neither_leak_nor_influence(docs: list[Doc], actor: Actor, query: str, seed: int) -> None:
    import numpy as np

    rng = np.random.default_rng(seed)
    vectors = {doc.id: rng.normal(size=8).astype(np.float32) for doc in docs}
    wish = rng.normal(size=8).astype(np.float32)
    everything = _corpus(docs, vectors)
    alone = _corpus([doc for doc in docs if visible(actor, doc.org, doc.label)], vectors)

    got = everything.rank(Asked(query, query, wish), everything.mask(actor, Wanted()), 50)
    only = alone.rank(Asked(query, query, wish), alone.mask(actor, Wanted()), 50)

    for hit in got:
        assert all(not scope or scope.startswith(actor.org) for scope in (hit.doc.org, hit.doc.label))
        assert actor.role not in ADMIN_ROLES or not (hit.doc.org or hit.doc.label)
    assert [hit.doc.id for hit in got] == [hit.doc.id for hit in only]
    assert [hit.match for hit in got] == [hit.match for hit in only]
    assert [hit.score for hit in got] == pytest.approx([hit.score for hit in only], abs=1e-5)


@pytest.mark.parametrize("org", ["9940104", "9940101", "99402"])
@pytest.mark.parametrize("role", list(Role))
def test_no_query_of_the_house_shows_a_foreign_unit(role: Role, org: str, house: Index, docs: list[Doc]) -> None:
    actor = Actor(user="u", name="甲", role=role, org=org)
    for query in ("2026年10月望湖区售电量", "清河区 电费回收情况", "9940101-2026-10", "国网云州供电公司月报"):
        for hit in house.search(query, actor=actor, k=len(docs)):
            assert not hit.doc.org or (role not in ADMIN_ROLES and hit.doc.org.startswith(org))
    foreign = "report/9940101-2026-10/0"
    assert (house.get(foreign, actor=actor) is not None) == (org == "9940101" and role not in ADMIN_ROLES)


def test_filters_keep_only_what_they_say(house: Index, city: Actor) -> None:
    found = house.search("售电量", actor=city, kinds=["report"], org="9940104", period="2026-09", template="R1", k=50)
    assert len(found) == 9
    assert {(hit.doc.kind, hit.doc.org, hit.doc.period) for hit in found} == {("report", "9940104", "2026-09")}
    below = house.search("售电量", actor=city, org="99401", k=500)
    assert {hit.doc.org for hit in below} == {"99401", "9940101", "9940104"}
    assert house.search("售电量", actor=city, period="2019-01") == []


def test_empty_and_wrong_questions(tmp_path: Path, embedder: Any, city: Actor) -> None:
    index = Index(Settings(_env_file=None, home=tmp_path), embedder)
    assert index.search("售电量", actor=city) == []
    assert not (tmp_path / "knowledge").exists()
    with pytest.raises(BadRequest, match="检索内容为空"):
        index.search("  ", actor=city)
    with pytest.raises(BadRequest, match="没有「notes」这类知识"):
        index.search("售电量", actor=city, kinds=["notes"])
