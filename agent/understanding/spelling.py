"""Misspelt names put right before reading: homophones (售点量), look-alikes (投拆量), and pinyin typed as it sounds.

Only a name that is known is ever put in, only where nothing known stands already, and the correction is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from agent.understanding.glossary import IndicatorLookup, glossary
from agent.understanding.unit_names import unit_names
from core.domain.org import OrgTree

FILE = Path(__file__).parents[2] / "knowledge" / "spelling.yaml"
_CJK = re.compile(r"[一-鿿]+")
_DATED = re.compile(r"(\d+(?:年|月份?|日|号|季度))")
"""A date ends where it ends: 10月台 holds no 月台."""
_SHORTEST = 3
"""Shorter words sound like too many others: of these one character must be right, of longer ones half."""


@dataclass(frozen=True)
class Known:
    """The names that a text may have meant: exact spellings, and each with the sounds of its characters."""

    exact: frozenset[str]
    by_sound: dict[tuple[int, str], tuple[str, ...]]
    spelled: dict[str, str]


@cache
def _rules() -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=8192)
def sounds(char: str) -> frozenset[str]:
    """The readings of one character without tone, with the confusions of accent folded."""
    from pypinyin import Style, pinyin

    rules = _rules()
    out = set()
    for sound in pinyin(char, style=Style.NORMAL, heteronym=True)[0]:
        for long, short in rules["initials"].items():
            sound = short + sound[len(long) :] if sound.startswith(long) else sound
        for long, short in rules["finals"].items():
            sound = sound[: -len(long)] + short if re.search(rf"(?<![iu]){long}$", sound) else sound
        out.add(sound)
    return frozenset(out)


@lru_cache(maxsize=8192)
def _alike(char: str) -> frozenset[str]:
    """What a character may have been meant as: its sounds, and the look-alike groups it stands in."""
    groups = {group for group in _rules()["look_alike"] if char in group}
    return sounds(char) | groups


_KNOWN: dict[tuple[int, int], tuple[Any, Any, Known]] = {}


def known(tree: OrgTree, lookup: IndicatorLookup) -> Known:
    """The names of one catalogue and one tree of units, prepared once."""
    key = (id(tree), id(lookup.indicators))
    kept = _KNOWN.get(key)
    if kept and kept[0] is tree and kept[1] is lookup.indicators:
        return kept[2]
    words = {word for word in glossary(lookup).words if _CJK.fullmatch(word)}
    units: set[str] = set()
    for unit in unit_names(tree):
        units |= {unit.place, unit.core}
        units |= {f"{unit.core}所", f"{unit.core}供电所"} if unit.level == "station" else set()
    names = words | units
    by_sound: dict[tuple[int, str], list[str]] = {}
    for name in sorted(names):
        for sign in _alike(name[0]):
            by_sound.setdefault((len(name), sign), []).append(name)
    spelled = {"".join(min(_plain(char)) for char in unit): unit for unit in sorted(units)}
    made = Known(frozenset(words | units), {sign: tuple(of) for sign, of in by_sound.items()}, spelled)
    _KNOWN.clear()
    _KNOWN[key] = (tree, lookup.indicators, made)
    return made


def _plain(char: str) -> list[str]:
    from pypinyin import Style, pinyin

    return list(pinyin(char, style=Style.NORMAL)[0])


def respelt(text: str, tree: OrgTree, lookup: IndicatorLookup) -> tuple[str, tuple[str, ...]]:
    """(`text` with misspelt names put right, what was put right in Chinese). Lengths of Chinese words stay."""
    names = known(tree, lookup)
    notes: list[str] = []
    for run in sorted(set(re.findall(r"[a-z]{4,}", text)), key=len, reverse=True):
        if run in names.spelled:
            text = text.replace(run, names.spelled[run])
            notes.append(f"「{run}」按{names.spelled[run]}理解")
    for wrong, right in _rules()["words"].items():
        if wrong in text:
            text = text.replace(wrong, right)
            notes.append(f"「{wrong}」按{right}理解")
    taken = _taken(text, names)
    for start, end, name in _candidates(text, names, taken):
        if any(taken[at] >= end - start for at in range(start, end)):
            continue
        notes.append(f"「{text[start:end]}」按{name}理解")
        text = text[:start] + name + text[end:]
        for at in range(start, end):
            taken[at] = end - start
    return text, tuple(notes)


def _taken(text: str, names: Known) -> list[int]:
    """For every position the length of the longest known name that covers it."""
    taken = [0] * len(text)
    longest = max(map(len, names.exact), default=0)
    for start in range(len(text)):
        for end in range(min(len(text), start + longest), start + 1, -1):
            if text[start:end] in names.exact:
                for at in range(start, end):
                    taken[at] = max(taken[at], end - start)
                break
    return taken


def _candidates(text: str, names: Known, taken: list[int]) -> Iterator[tuple[int, int, str]]:
    """Windows that sound or look like one known name, longest first; no word, known or common, is broken into."""
    import rjieba

    edges = {0}
    for piece in _DATED.split(text):
        for word in rjieba.cut(piece, hmm=False):
            edges.add(max(edges) + len(word))
    longest = max((length for length, _ in names.by_sound), default=0)
    for length in range(longest, 1, -1):
        for start in range(len(text) - length + 1):
            window = text[start : start + length]
            if not _CJK.fullmatch(window) or window in names.exact or window[1:] in names.exact:
                continue
            if not {start, start + length} <= edges or _cuts(taken, start, start + length):
                continue
            found = {
                name
                for sign in _alike(window[0])
                for name in names.by_sound.get((length, sign), ())
                if all(_alike(mine) & _alike(theirs) for mine, theirs in zip(window, name, strict=True))
            }
            close = {name for name in found if _shared(window, name) >= (1 if length <= _SHORTEST else length // 2)}
            if len(close) == 1 and not rjieba.has_word(window):
                yield start, start + length, next(iter(close))


def _shared(window: str, name: str) -> int:
    return sum(mine == theirs for mine, theirs in zip(window, name, strict=True))


def _cuts(taken: list[int], start: int, end: int) -> bool:
    """Whether a window begins or ends inside a known name."""
    left = start > 0 and taken[start] > 1 and taken[start - 1] == taken[start]
    right = end < len(taken) and taken[end - 1] > 1 and taken[end] == taken[end - 1]
    return left or right
