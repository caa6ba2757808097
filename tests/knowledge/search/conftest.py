"""One small house of about two hundred documents, embedded once per run with the packaged embedder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.domain.actor import Actor, Role
from core.domain.org import Org
from core.domain.period import Period
from core.settings import Settings
from knowledge.search import Doc, Index, make_embedder
from knowledge.search.calibers import house_docs

CASES = Path(__file__).parents[2] / "cases"


def corpus_docs() -> list[Doc]:
    """The fixture corpus; real calibers and templates replace their stand-ins."""
    data: dict[str, Any] = yaml.safe_load((CASES / "search_corpus.yaml").read_text(encoding="utf-8"))
    docs = {doc.id: doc for doc in _stand_ins(data)}
    docs.update({doc.id: doc for doc in house_docs()})
    docs.update({doc.id: doc for doc in _reports(data)})
    return list(docs.values())


def _stand_ins(data: dict[str, Any]) -> Iterator[Doc]:
    for code, item in data["calibers"].items():
        names = (code, item["name"], *item["aliases"])
        title = f"{code} {item['name']}"
        yield Doc(id=f"caliber/{code}", kind="caliber", title=title, text=item["text"], identifiers=names)
    for code, item in data["templates"].items():
        names = (code, item["name"], *item["synonyms"])
        title = f"{code} {item['name']}"
        yield Doc(
            id=f"template/{code}", kind="template", title=title, text=item["text"], template=code, identifiers=names
        )
    for code, item in data["standards"].items():
        names = ("GB/T 9704",) if code == "layout" else ()
        yield Doc(id=f"standard/{code}", kind="standard", title=item["title"], text=item["text"], identifiers=names)
    for code, item in data["experience"].items():
        yield Doc(id=f"experience/{code}", kind="experience", title=item["title"], text=item["text"])


def _reports(data: dict[str, Any]) -> Iterator[Doc]:
    for at, (org, name) in enumerate(data["orgs"].items()):
        for month in data["months"]:
            period, short = Period.parse(month), Org(code=org, name=name).short
            title = f"{name}{period.label}营销指标分析报告"
            rising = (at + period.start.month) % 2
            words = {"short": short, "label": period.label, "word": "提高" if rising else "下降"}
            words["word2"] = "减少" if rising else "增加"
            named = (name, short, period.label, period.code)
            sections = [("", f"{title}。{short}总体情况平稳。"), *((s["heading"], s["text"]) for s in data["sections"])]
            for part, (heading, text) in enumerate(sections):
                yield Doc(
                    id=f"report/{org}-{month}/{part}",
                    kind="report",
                    title=f"{title} · {heading}" if heading else title,
                    text=text.format(**words),
                    org=org,
                    label=org,
                    period=month,
                    template="R1",
                    identifiers=(*named, heading) if heading else (f"{org}-{month}", *named),
                )


@pytest.fixture(scope="session")
def docs() -> list[Doc]:
    return corpus_docs()


class Remembering:
    """The packaged embedder; what several tests index is embedded once."""

    def __init__(self) -> None:
        self._real = make_embedder(Settings(_env_file=None))
        self._made: dict[str, Any] = {}
        self.name = self._real.name

    def query(self, text: str) -> Any:
        return self._real.query(text)

    def passages(self, texts: Sequence[str]) -> Any:
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self._made]
        self._made.update(zip(new, self._real.passages(new), strict=True))
        return np.stack([self._made[text] for text in texts])


@pytest.fixture(scope="session")
def embedder() -> Any:
    return Remembering()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, docs: list[Doc], embedder: Any) -> Index:
    """The whole corpus in one index; tests that write make their own."""
    index = Index(Settings(_env_file=None, home=tmp_path_factory.mktemp("house")), embedder)
    index.upsert(docs)
    return index


@pytest.fixture(scope="session")
def city() -> Actor:
    return Actor(user="analyst01", name="李分析", role=Role.ANALYST, org="99401")
