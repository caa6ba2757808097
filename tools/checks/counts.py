"""Counts of listed items (以下三项, 上述两类, 甲、乙两个单位): proven by the list, table or names beside them.

A count that what it counts bears out is no figure without a source; one that miscounts is an error of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tools.checks.context import Context, Text
from tools.documents.numbering import chinese

_MOST = 99
_MEASURES = r"(?:个方面|个单位|个|项|条|点|类|种|家|户|处|件|起|名)"
_AHEAD = r"(?:以下|如下|下列|下述)"
_BEHIND = r"(?:以上|上述|前述)"
_ORDINAL = re.compile(r"[。；：，:;,]\s*[一二三四五六七八九十]{1,3}是")
_OPENS = re.compile(r"[^，。；：:]{0,12}[：:]\s*一是")
_AMOUNT = "(?!月|季|小时|工作日|百分点|千分点|点|[之分])"
"""What makes of a count an amount: 两个月, 两个百分点."""


@dataclass(frozen=True)
class Count:
    """A count as it stands in a text and how many things it counts there; None where nothing is listed."""

    start: int
    end: int
    text: str
    said: int
    listed: int | None

    @property
    def proven(self) -> bool:
        return self.said == self.listed


def counts(text: Text, context: Context) -> Iterator[Count]:
    """Every count of listed items in a text as written, tokens and all, in order."""
    for match in _pattern().finditer(text.source):
        said = values()[match["number"]]
        yield Count(match.start(), match.end(), match.group(0), said, _listed(text, match, context))


def _listed(text: Text, match: re.Match[str], context: Context) -> int | None:
    if match["behind"]:
        return text.before or None
    rest = text.source[match.end() :]
    if _OPENS.match(rest):
        return len(_ORDINAL.findall(rest))
    if match["ahead"]:
        return text.after or None
    return _named(text.source[: match.start()], context)


def _named(before: str, context: Context) -> int | None:
    """How many names stand directly before the count, joined as a list; None for fewer than two."""
    names = sorted(context.lexicon.names, key=len, reverse=True)
    name = "|".join([r"\{\{\s*F\d+\.(?:label|name|org)\s*\}\}", *map(re.escape, names)])
    found = re.search(rf"(?:(?:{name})(?:、|和|及|与|以及))+(?:{name})(?:等|这|共|共计)?$", before)
    return len(re.findall(name, found.group(0))) if found else None


@cache
def values() -> dict[str, int]:
    """The counts that Chinese words say: 一 … 九十九, and 两."""
    return {chinese(number): number for number in range(1, _MOST + 1)} | {"两": 2}


@cache
def _pattern() -> re.Pattern[str]:
    numbers = "|".join(values())
    return re.compile(rf"(?:(?P<ahead>{_AHEAD})|(?P<behind>{_BEHIND}))?(?P<number>{numbers}){_MEASURES}{_AMOUNT}")
