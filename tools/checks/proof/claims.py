"""What a printed text claims: figures with the words around them, quantities, directions, names, comparisons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tools.checks.lexicon import Kind, Lexicon
from tools.checks.numerals import places

NEAR = 4
"""Characters beside a figure that belong to its claim: the verb before it, the unit after it."""
_NUMBER = re.compile(r"[-+−－＋]?\d[\d,，]*(?:[.．]\d+)?")
_EDGE = re.compile(r"[，。；、：！？（）()“”《》\s\ue000]")
_DIGIT = re.compile(r"\d")
_SILENT = frozenset({"text", "stop", "break"})
_NEUTRAL = frozenset({"negation", "noun", "indicator", "org", "member", "now", "earlier", "base"})


@dataclass(frozen=True)
class Claim:
    """One thing that a reader takes for a fact. `text` is as printed; a unit's name is its shortest."""

    kind: Kind
    text: str
    at: int

    @property
    def said(self) -> tuple[str, str]:
        return self.kind, self.text

    @property
    def needs_fact(self) -> bool:
        return self.kind not in _NEUTRAL


@lru_cache(maxsize=4096)
def claims_of(text: str, lexicon: Lexicon, phrases: frozenset[str]) -> tuple[Claim, ...]:
    """Every claim in order. `phrases` are names that may hold digits."""
    found: list[Claim] = []
    masked: list[str] = []
    at = 0
    for word in lexicon.words(text):
        name = word.kind in {"org", "member", "indicator"}
        if word.kind not in _SILENT:
            found.append(Claim(word.kind, word.key if word.kind == "org" else word.text, at))
        masked.append("\ue000" * len(word.text) if name and _DIGIT.search(word.text) else word.text)
        at += len(word.text)
    bare = "".join(masked)
    for match in _NUMBER.finditer(bare):
        found.append(
            Claim("figure", _before(bare, match.start()) + match.group(0) + _after(bare, match.end()), match.start())
        )
    rest = _NUMBER.sub(lambda match: "\ue000" * len(match.group(0)), bare)
    found += [Claim("figure", quantity, at) for at, quantity in places(rest, phrases)]
    return tuple(sorted(found, key=lambda claim: (claim.at, claim.kind)))


def _before(text: str, at: int) -> str:
    piece = text[max(at - NEAR, 0) : at]
    edge = max((match.end() for match in _EDGE.finditer(piece)), default=0)
    return piece[edge:]


def _after(text: str, at: int) -> str:
    piece = text[at : at + NEAR + 1]
    edge = _EDGE.search(piece)
    return piece[: edge.start()] if edge else piece
