"""Knowledge search (知识检索): templates, calibers, standards, experience and published reports, in one scoped index.

`Index.search` promises three things: nothing outside the actor's units takes part in the ranking; a query that names
something exactly gets that thing first; the rest is ordered by one exact fusion of wording and meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knowledge.search.document import KIND_LABELS, Doc, Hit, Kind

if TYPE_CHECKING:
    from knowledge.search.calibers import ensure_index, open_index
    from knowledge.search.embedders import Embedder, make_embedder
    from knowledge.search.index import Index

__all__ = ["KIND_LABELS", "Doc", "Embedder", "Hit", "Index", "Kind", "ensure_index", "make_embedder", "open_index"]

_LATE = {
    "Embedder": "knowledge.search.embedders",
    "Index": "knowledge.search.index",
    "ensure_index": "knowledge.search.calibers",
    "make_embedder": "knowledge.search.embedders",
    "open_index": "knowledge.search.calibers",
}


def __getattr__(name: str) -> Any:
    """Import the heavy parts (numpy, chromadb) only when they are first named."""
    if name not in _LATE:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_LATE[name]), name)
