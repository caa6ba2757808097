"""What the words around a figure are: names of units, members and indicators, directions, comparisons, ranks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from core.domain.fact import Fact
from core.domain.org import Org
from knowledge.standards import Speech, numerals

Kind = Literal[
    "text", "stop", "break", "figure", "org", "member", "indicator", "when", "base", "earlier", "now", "rise", "fall",
    "flat", "reversing", "noun", "top", "bottom", "leading", "trailing", "ascending", "descending", "streak", "first",
    "above", "below", "negation",
]  # fmt: skip
MEMBER_DIMS = frozenset({"industry", "tariff_class", "customer", "tg", "biz_type", "voltage"})
STRANGER = r"国网[一-鿿]{2,12}?(?:供电分公司|供电公司|供电所|供电中心)"
_COUNTY = re.compile(r"^[一-鿿]{2}(?=[一-鿿]{2,}[区县市]$)")
_STOPS = "。！？!?\n"


@dataclass(frozen=True)
class Word:
    """A run of literal text and what it is; `key` narrows the kind (a base's field, a unit's code, a member's dim)."""

    kind: Kind
    text: str
    key: str = ""


def org_names(fact: Fact) -> frozenset[str]:
    """Every way to say the unit that a fact is about: full, short and county names."""
    if fact.by is not None and fact.by.dim == "org":
        return spellings(fact.by.label) | spellings(fact.org_name if fact.org == fact.by.key else "")
    return spellings(fact.org_name)


@cache
def spellings(name: str) -> frozenset[str]:
    """国网云州望湖区供电公司, 云州望湖区 and 望湖区 are one unit."""
    short = Org(code="0", name=name).short
    return frozenset(item for item in (name, short, _COUNTY.sub("", short)) if len(item) > 1)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Names of one report on top of the house's words."""

    names: Mapping[str, Word]

    @cached_property
    def _scanner(self) -> re.Pattern[str]:
        streaks = "|".join(sorted(numerals().speech.streaks, key=len, reverse=True))
        literal = sorted({*self.names, *_house()}, key=len, reverse=True)
        return re.compile(
            f"({'|'.join(map(re.escape, literal))})|({STRANGER})|({streaks})|([{_STOPS}])|([，、；：,;:（）()])"
        )

    def words(self, text: str) -> Iterator[Word]:
        """The text cut into words, nothing left out."""
        at = 0
        for match in self._scanner.finditer(text):
            if match.start() > at:
                yield Word("text", text[at : match.start()])
            at = match.end()
            found = match.group(0)
            match match.lastindex:
                case 1:
                    yield self.names.get(found) or _house()[found]
                case 2:
                    yield Word("org", found, found)
                case 3:
                    yield Word("streak", found)
                case 4:
                    yield Word("stop", found)
                case _:
                    yield Word("break", found)
        if at < len(text):
            yield Word("text", text[at:])


def lexicon_of(facts: Iterable[Fact], own: str) -> Lexicon:
    """Names that the facts know; `own` is the report's unit. An indicator's name wins over a member's."""
    names: dict[str, Word] = {}
    for fact in facts:
        by = fact.by
        if by is not None and by.dim in MEMBER_DIMS:
            names.setdefault(by.label, Word("member", by.label, by.dim))
    for fact in facts:
        for name in org_names(fact):
            names[name] = Word("org", name, min(org_names(fact), key=len))
        names[fact.name] = Word("indicator", fact.name)
    for name in spellings(own):
        names[name] = Word("org", name, min(spellings(own), key=len))
    return Lexicon({name: word for name, word in names.items() if len(name) > 1})


@cache
def _house() -> dict[str, Word]:
    speech: Speech = numerals().speech
    plain: tuple[tuple[Kind, Iterable[str]], ...] = (
        ("negation", speech.negations),
        ("noun", speech.nouns),
        ("rise", speech.rises),
        ("fall", speech.falls),
        ("flat", speech.flats),
        ("reversing", speech.reversing),
        ("earlier", speech.earlier),
        ("now", speech.now),
        ("top", speech.tops),
        ("bottom", speech.bottoms),
        ("leading", speech.leading),
        ("trailing", speech.trailing),
        ("ascending", speech.ascending),
        ("descending", speech.descending),
        ("first", speech.firsts),
        ("above", speech.above),
        ("below", speech.below),
    )
    found = {word: Word(kind, word) for kind, words in plain for word in words}
    return found | {word: Word("base", word, field) for field, words in speech.bases.items() for word in words}
