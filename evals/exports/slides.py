"""A presentation: every shape on its slide, and every word within its shape as LibreOffice sets it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evals.exports.boxes import Leaf, Word

_EMU_A_POINT = 12700
_SLACK = 5.0
_FOOT = 500.0
"""Points to which a table may grow when LibreOffice's fonts need more lines; what it then lies over is told apart."""
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Frame:
    """A shape's place on its slide in points; `text` without white space, "" for charts and pictures."""

    name: str
    left: float
    top: float
    right: float
    bottom: float
    text: str = ""
    table: bool = False
    drawn: bool = False

    def holds(self, word: Word) -> bool:
        across, down = word.middle
        below = max(self.bottom, _FOOT) if self.table else self.bottom + _SLACK
        return self.left - _SLACK <= across <= self.right + _SLACK and self.top - _SLACK <= down <= below


def open_deck(path: Path) -> Any:
    """The presentation. Raises what python-pptx raises for a file that it cannot open."""
    import pptx

    return pptx.Presentation(str(path))


def off_slide(deck: Any) -> Iterator[str]:
    """Shapes that reach beyond their slide."""
    for number, slide in enumerate(deck.slides, 1):
        for shape in slide.shapes:
            frame = _frame(shape)
            if frame.left < 0 or frame.top < 0 or frame.right > _points(deck.slide_width) + 1:
                yield f"第{number}页「{shape.name}」超出页面"
            elif frame.bottom > _points(deck.slide_height) + 1:
                yield f"第{number}页「{shape.name}」超出页面下缘"


def outside_charts(deck: Any, pages: Sequence[Leaf]) -> list[Leaf]:
    """The pages without the words that a chart draws, whose places the office program chooses."""
    found = []
    for slide, page in zip(deck.slides, pages, strict=False):
        charts = [frame for frame in map(_frame, slide.shapes) if not frame.text and frame.drawn]
        kept = tuple(word for word in page.words if not any(frame.holds(word) for frame in charts))
        found.append(replace(page, words=kept))
    return found


def overflowing(deck: Any, pages: Sequence[Leaf]) -> Iterator[str]:
    """Words that stand outside the shape they belong to; `pages` are the slides as LibreOffice prints them."""
    if len(pages) != len(deck.slides):
        yield f"有 {len(deck.slides)} 页，转换后为 {len(pages)} 页"
        return
    for slide, page in zip(deck.slides, pages, strict=True):
        around = [
            *slide.shapes,
            *(shape for shape in slide.slide_layout.slide_master.shapes if not shape.is_placeholder),
        ]
        frames = [_frame(shape) for shape in around]
        for word in page.words:
            bare = _SPACE.sub("", word.text)
            if not any(map(str.isalnum, bare)):
                continue  # the mark before an item of a list
            own = [frame for frame in frames if bare in frame.text or not frame.text]
            if not any(frame.holds(word) for frame in own):
                yield f"第{page.number}页「{word.text[:16]}」溢出"


def _frame(shape: Any) -> Frame:
    left, top = _points(shape.left), _points(shape.top)
    texts = [node.text or "" for node in shape._element.iter() if node.tag.endswith("}t")]
    field = any(node.tag.endswith("}fld") for node in shape._element.iter())
    return Frame(
        shape.name,
        left,
        top,
        left + _points(shape.width),
        top + _points(shape.height),
        "" if field else _SPACE.sub("", "".join(texts)),
        getattr(shape, "has_table", False),
        getattr(shape, "has_chart", False) or hasattr(shape, "image"),
    )


def _points(emu: int) -> float:
    return emu / _EMU_A_POINT
