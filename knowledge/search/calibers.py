"""House knowledge in the index: calibers, terms and report templates, indexed again when their content changes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import yaml

from core.domain.indicator import Indicator
from core.settings import Settings
from knowledge.search.document import Doc
from knowledge.search.embedders import make_embedder
from knowledge.search.index import Index
from knowledge.template_grammar import Template

_OURS = ("caliber/", "term/", "template/")
_GLOSSARY = Path(__file__).parents[1] / "glossary.yaml"


def ensure_index(settings: Settings, index: Index | None = None) -> Index:
    """The index with the current calibers and templates in it; takes milliseconds when nothing has changed.

    The first call embeds about a hundred short texts (some ten seconds): run it at set-up or in a worker thread.
    """
    index = index or Index(settings, make_embedder(settings))
    docs = house_docs(settings)
    state = hashlib.sha256("".join([index.space, *(doc.digest() for doc in docs)]).encode()).hexdigest()
    marker = settings.home / "knowledge" / "house"
    if marker.is_file() and marker.read_text(encoding="ascii") == state:
        return index
    index.adopt()
    index.upsert(docs)
    current = {doc.id for doc in docs}
    gone = index.select(lambda doc: doc.id.startswith(_OURS) and doc.id not in current)
    index.delete([doc.id for doc in gone])
    marker.parent.mkdir(parents=True, exist_ok=True)
    fresh = marker.with_suffix(f".{os.getpid()}")
    fresh.write_text(state, encoding="ascii")
    os.replace(fresh, marker)
    return index


class Door(Protocol):
    """`index()` for searching; `index(house=False)` for filing and finding releases, which needs no house documents."""

    def __call__(self, house: bool = True) -> Index: ...


def open_index(settings: Settings) -> Door:
    """A door to the one index of this process: opened at the first call, brought up to date at the first search."""
    lock = threading.Lock()
    opened: list[Index] = []
    current: list[bool] = []

    def index(house: bool = True) -> Index:
        with lock:
            if not opened:
                opened.append(Index(settings, make_embedder(settings)))
            if house and not current:
                ensure_index(settings, opened[0])
                current.append(True)
            return opened[0]

    return index


def house_docs(settings: Settings | None = None) -> list[Doc]:
    """One document for each indicator, term and template, public to everybody who signs in.

    Aliases are identifiers and not part of the text: in the vector they blur the meaning (recall@3 .77 against .86).
    """
    from knowledge.catalog import catalog
    from knowledge.template_library import templates

    words: dict[str, Any] = yaml.safe_load(_GLOSSARY.read_text(encoding="utf-8")) if _GLOSSARY.is_file() else {}
    return [
        *_calibers(catalog().indicators, words.get("synonyms", {})),
        *(_term(name, text) for name, text in words.get("terms", {}).items()),
        *(_template(item) for item in templates(settings).values()),
    ]


def _calibers(items: Mapping[str, Indicator], synonyms: Mapping[str, Sequence[str]]) -> Iterator[Doc]:
    for code, item in items.items():
        if "." in code:
            continue
        parts = [part for key, part in items.items() if key.startswith(code + ".")]
        said = synonyms.get(code, ())
        names = [item.name, *item.aliases, *(name for part in parts for name in (part.name, *part.aliases)), *said]
        yield Doc(
            id=f"caliber/{code}",
            kind="caliber",
            title=f"{code} {item.name}",
            text=f"口径：{item.caliber}\n公式：{item.formula}\n单位：{item.unit}"
            + (f"\n说明：{item.notes}" if item.notes else ""),
            identifiers=(code, *dict.fromkeys(names)),
            version=item.version,
        )


def _term(name: str, text: str) -> Doc:
    return Doc(id=f"term/{name}", kind="standard", title=f"术语：{name}", text=text, identifiers=(name,))


def _template(item: Template) -> Doc:
    headings = "；".join(section.heading for section in item.sections)
    return Doc(
        id=f"template/{item.id}",
        kind="template",
        title=f"{item.id} {item.name}",
        text=f"{item.description}\n适用：{item.audience or '营销专业'}\n章节：{headings}",
        template=item.id,
        identifiers=(item.id, item.name, *item.synonyms),
        version=item.version,
    )
