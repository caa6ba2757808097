"""Plain words (大白话) in a query bring the trade's words along: who asks for 老赖 also asks for 欠费."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parents[1] / "plain_words.yaml"


def widened(query: str) -> str:
    """The query, followed by the trade's words for the plain ones in it that it does not say itself.

    Longer words win and do not overlap. A query without plain words stays as it is.
    """
    words = _words()
    found = (term for match in _pattern().findall(query) for term in words[match])
    added = [term for term in dict.fromkeys(found) if term not in query]
    return f"{query}，{' '.join(added)}" if added else query


@lru_cache(maxsize=1)
def _words() -> Mapping[str, tuple[str, ...]]:
    """Plain word → the trade's words it stands for, in the order of the file."""
    said: dict[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["words"]
    terms: dict[str, list[str]] = {}
    for term, plain in said.items():
        for word in plain:
            terms.setdefault(word, []).append(term)
    return {word: tuple(meant) for word, meant in terms.items()}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _words()), key=len, reverse=True)))
