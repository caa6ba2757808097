"""指标: the indicators that a sentence names, by longest match; what is ambiguous is asked, what is unknown is said."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from agent.understanding.glossary import Glossary, IndicatorLookup, glossary
from agent.understanding.normal import distance, mask

COUNT_OF_ALL = "E03.customers"
"""多少户 counts all customers only where no other indicator is named (光伏新增多少户 is about 光伏)."""


@dataclass(frozen=True)
class IndicatorReading:
    """`codes` in order of mention; `missing` is a known name that the catalogue lacks.

    `choices` is set where one word may mean several: ask, the first is the default. `loose` are the positions of words
    that may be part of a longer name, `first` is where the first indicator stands.
    """

    codes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    word: str = ""
    group: bool = False
    missing: str = ""
    assumed: tuple[str, ...] = ()
    loose: tuple[tuple[int, str], ...] = ()
    first: int | None = None
    rest: str = ""


def read_indicators(text: str, lookup: IndicatorLookup) -> IndicatorReading:
    """Indicators named in normalised `text`; `rest` is the text with their words masked."""
    words = glossary(lookup)
    rest = text
    at: list[tuple[int, tuple[str, ...]]] = []
    assumed: list[str] = []
    loose: list[tuple[int, str]] = []
    choices: tuple[str, ...] = ()
    asked = missing = ""
    group = counted = False
    for pattern, code in words.patterns:
        for match in pattern.finditer(rest):
            counted = counted or code == COUNT_OF_ALL
            if code != COUNT_OF_ALL:
                at.append((match.start(), (code,)))
            rest = mask(rest, match.start(), match.end())
    for match in words.finder.finditer(rest):
        word = words.words[match.group()]
        if word.ask or word.guess:
            loose.append((match.start(), match.group()))
        if not word.codes:
            missing = match.group()
        elif word.ask:
            choices, asked = word.codes, match.group()
        elif word.guess:
            if match.group() not in words.formal:
                assumed.append(f"「{match.group()}」按{lookup.indicators[word.codes[0]].name}")
            at.append((match.start(), word.codes[:1]))
        else:
            group = group or word.group
            at.append((match.start(), word.codes))
        rest = mask(rest, match.start(), match.end())
    codes = tuple(dict.fromkeys(code for _, found in sorted(at) for code in found))
    if counted and not codes:
        codes = (COUNT_OF_ALL,)
    if choices and set(choices) & set(codes):
        choices, asked = (), ""
    return IndicatorReading(
        codes=codes,
        choices=choices,
        word=asked,
        group=group,
        missing=missing,
        assumed=tuple(assumed),
        loose=tuple(loose),
        first=min((start for start, _ in at), default=None),
        rest=rest,
    )


def near_indicators(word: str, lookup: IndicatorLookup, most: int = 3) -> list[str]:
    """Names of the indicators most like an unknown word, for a refusal that helps."""
    scored: list[tuple[float, str]] = []
    for code, item in lookup.indicators.items():
        if "." in code:
            continue
        forms = (item.name, *item.aliases)
        score = max(
            SequenceMatcher(None, word, form).ratio() + 0.5 * len(set(word) & set(form)) / len(word) for form in forms
        )
        scored.append((-score, item.name))
    return [name for _, name in sorted(scored)[:most]]


def misspelt(word: str, lookup: IndicatorLookup) -> str | None:
    """The one indicator whose name is one edit from `word` (售电亮 → 售电量), or None."""
    words: Glossary = glossary(lookup)
    found = {
        meaning.codes[0]
        for form, meaning in words.words.items()
        if len(form) >= 3
        and abs(len(form) - len(word)) <= 1
        and distance(form, word) == 1
        and not meaning.ask
        and (len(form) >= 4 or len(form) == len(word))
    }
    return next(iter(found)) if len(found) == 1 and len(word) >= 3 else None
