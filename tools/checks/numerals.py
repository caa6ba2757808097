"""Finding numbers in words: digits of every script, signs of percent, and quantities written in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache

from knowledge.standards import compiled, numerals

_HIDDEN = "\ue000"
_DIGITS = re.compile(r"\d+(?:[\d.,，:]*\d)?%?")
_SUSPECT = re.compile("[%％‰半翻倍折腰几数双百点两]")
"""What every quantity without a numeral character holds at least one of."""
_COUNT = "[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]"


def find(text: str, names: Collection[str] = ()) -> list[str]:
    """Numbers that stand in `text` outside `names` and the house's whitelisted phrases, in order, without repeats.

    `text` must have its tokens already removed.
    """
    return list(dict.fromkeys(number for _, number in places(text, names)))


def places(text: str, names: Collection[str] = ()) -> list[tuple[int, str]]:
    """Where each of these numbers stands, repeats included."""
    if text in names or not (_SUSPECT.search(text) or any(map(str.isnumeric, text))):
        return []
    masked = _masked(text, names)
    found: dict[int, str] = {}
    taken: set[int] = set()
    for match in (*_DIGITS.finditer(masked), *_quantity().finditer(masked)):
        if not taken.isdisjoint(range(match.start(), match.end())):
            continue
        taken |= set(range(match.start(), match.end()))
        found[match.start()] = match.group(0)
    for at, char in enumerate(masked):
        if at not in taken and unicodedata.category(char) in {"Nd", "Nl", "No"} and char != "〇":
            found[at] = char
    return sorted(found.items())


def _masked(text: str, names: Collection[str]) -> str:
    own = _own(names if isinstance(names, frozenset) else frozenset(names))
    return _allowed().sub(_hide, own.sub(_hide, text) if own else text)


@lru_cache(maxsize=64)
def _own(names: frozenset[str]) -> re.Pattern[str] | None:
    """The names that hold a numeral, longest first."""
    own = sorted((name for name in names if name and _holds_numeral(name)), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, own))) if own else None


def _hide(match: re.Match[str]) -> str:
    return _HIDDEN * len(match.group(0))


def _holds_numeral(name: str) -> bool:
    return (
        bool(re.search(_COUNT, name))
        or any(unicodedata.numeric(char, None) is not None for char in name)
        or "%" in name
    )


@cache
def _allowed() -> re.Pattern[str]:
    pack = numerals()
    phrases = sorted((phrase for phrase in pack.phrases), key=len, reverse=True)
    # a whitelisted name of digits must not be the beginning or the end of a longer number
    literal = [_guarded(phrase) for phrase in phrases]
    return compiled("|".join([*literal, *pack.patterns]))


def _guarded(phrase: str) -> str:
    left = r"(?<![\d.])" if phrase[0].isdigit() else ""
    right = r"(?![\d.])" if phrase[-1].isdigit() else ""
    return left + re.escape(phrase) + right


@cache
def _quantity() -> re.Pattern[str]:
    pack = numerals()
    measures = "|".join(sorted(pack.measures, key=len, reverse=True))
    return compiled("|".join([*pack.quantities, rf"{_COUNT}+(?:余|多|来|几)?(?:{measures})"]))
