"""Where the words of a PDF stand, as poppler measures them; lengths are points from the upper left corner."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

_PAGE = re.compile(r'<page width="([\d.]+)" height="([\d.]+)">(.*?)</page>', re.DOTALL)
_WORD = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*?)</word>', re.DOTALL)
_MM = 72 / 25.4
SIDES = {"upright": (28 * _MM, 26 * _MM), "across": (23 * _MM, 23 * _MM)}
"""Left and right margins of the reports' pages."""
_SLACK = 2.5
_OPENING, _CLOSING = "（《「“‘〔", "，。、；：！？）》」”’〕"
"""Marks whose left or right half is blank; typesetting lets it lie under the next letter or in the margin."""
_HANGING = _CLOSING + "—–-…"
_COVERED = 0.45
"""Share of a word under another one from which neither can be read."""


@dataclass(frozen=True)
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def inked(self) -> Word:
        """Without the blank halves of the marks at its ends."""
        half = (self.bottom - self.top) / 2
        left = self.left + half if self.text[:1] in _OPENING else self.left
        right = self.right - half if self.text[-1:] in _CLOSING else self.right
        return Word(self.text, left, self.top, max(left, right), self.bottom)

    @property
    def area(self) -> float:
        return max(self.right - self.left, 0.1) * max(self.bottom - self.top, 0.1)


@dataclass(frozen=True)
class Leaf:
    """One page; `number` counts from 1."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]


def measurable() -> bool:
    """Whether poppler is installed."""
    return shutil.which("pdftotext") is not None


def leaves(path: Path) -> list[Leaf]:
    """Every page of a PDF with its words, in the order in which they were drawn."""
    done = subprocess.run(["pdftotext", "-raw", "-bbox", str(path), "-"], check=True, capture_output=True, timeout=120)
    found = []
    for number, page in enumerate(_PAGE.finditer(done.stdout.decode("utf-8", "replace")), 1):
        words = (Word(unescape(item[5]), *map(float, item.groups()[:4])) for item in _WORD.finditer(page[3]))
        found.append(Leaf(number, float(page[1]), float(page[2]), tuple(words)))
    return found


def outside(pages: Sequence[Leaf]) -> Iterator[str]:
    """Words that leave the text's width or the page."""
    for page in pages:
        before, after = SIDES["upright" if page.height > page.width else "across"]
        for word in page.words:
            room = (word.bottom - word.top) if word.text[-1:] in _HANGING else 0.0
            word = word.inked
            if word.left < before - _SLACK or word.right > page.width - after + _SLACK + room:
                yield f"第{page.number}页「{word.text[:16]}」超出版心"
            elif word.top < 0 or word.bottom > page.height:
                yield f"第{page.number}页「{word.text[:16]}」超出纸面"


def covered(pages: Sequence[Leaf]) -> Iterator[str]:
    """Words that lie over each other."""
    for page in pages:
        words = sorted((word.inked for word in page.words), key=lambda word: word.top)
        for at, word in enumerate(words):
            for other in words[at + 1 :]:
                if other.top >= word.bottom:
                    break
                if _shared(word, other) > _COVERED * min(word.area, other.area):
                    yield f"第{page.number}页「{word.text[:10]}」与「{other.text[:10]}」重叠"


def _shared(one: Word, other: Word) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return max(across, 0.0) * max(down, 0.0)
