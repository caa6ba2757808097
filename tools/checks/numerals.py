"""Finding numbers in words: digits of every script, signs of percent, and quantities written in Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import cache, lru_cache

from knowledge.standards import compiled, numerals

_HIDDEN = "\ue000"
_DIGITS = r"\d+(?:[\d.,，:]*\d)?%?"
_SIGNS = {"Nl", "No"}
"""Categories of characters such as ½, ① and Ⅷ."""
_COUNT = "[零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]"


def find(text: str, names: Collection[str] = ()) -> list[str]:
    """Numbers that stand in `text` outside `names` and the house's whitelisted phrases, in order, without repeats.

    A name that is the whole text is no number; within a text only a name that holds a numeral is passed over.
    `text` must have its tokens already removed.
    """
    return list(dict.fromkeys(number for _, number in places(text, names)))


def places(text: str, names: Collection[str] = ()) -> list[tuple[int, str]]:
    """Where each of these numbers stands, repeats included."""
    if text in names:
        return []
    masked = _allowed().sub(_hide, _own(frozenset(names)).sub(_hide, text))
    found = [(match.start(), match.group(0)) for match in _number().finditer(masked)]
    # a single 〇 stands for a hidden character of a name
    found += [(at, char) for at, char in enumerate(masked) if char != "〇" and unicodedata.category(char) in _SIGNS]
    return sorted(found)


@lru_cache(maxsize=64)
def _own(names: frozenset[str]) -> re.Pattern[str]:
    """The names that hold a numeral."""
    return re.compile(_either(name for name in names if any(char.isnumeric() or char in "两%" for char in name)))


@cache
def _allowed() -> re.Pattern[str]:
    pack = numerals()
    return compiled("|".join([_either(pack.phrases), *pack.patterns]))


@cache
def _number() -> re.Pattern[str]:
    pack = numerals()
    return compiled("|".join([_DIGITS, *pack.quantities, rf"{_COUNT}+(?:余|多|来|几)?(?:{_either(pack.measures)})"]))


def _either(words: Iterable[str]) -> str:
    """One of the words, the longest that fits; nothing where there are none."""
    return "|".join(map(_guarded, sorted(words, key=len, reverse=True))) or "(?!)"


def _guarded(word: str) -> str:
    """A word that begins or ends with a digit must not be a part of a longer number."""
    left = r"(?<![\d.])" if word[0].isdigit() else ""
    right = r"(?![\d.])" if word[-1].isdigit() else ""
    return left + re.escape(word) + right


def _hide(match: re.Match[str]) -> str:
    return _HIDDEN * len(match.group(0))
