"""The report's prose cut into sentences whose figures are known, and measured in lines of a slide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from core.domain.tokens import Span
from tools.documents.exhibits import wide

_END = re.compile(r"[。；]")
_ASIDE = re.compile(r"（(?:[^（）]*见)?[表图]\d+[^（）]*）")
_POINTER = re.compile(r"^(?:具体|有关|详细)?情况?(?:详)?见[表图\d、和及]+$")
_NUMBER = re.compile(r"^\d+\.")


@dataclass(frozen=True)
class Sentence:
    """One sentence without its full stop; `facts` are those whose numbers it prints."""

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(span.fact for span in self.spans if span.figure))

    @property
    def numbered(self) -> bool:
        """Whether it is an item of a list."""
        return _NUMBER.match(self.text) is not None

    def lines(self, room: int) -> int:
        """Lines on a slide that holds `room` full-width characters in each."""
        return max(ceil(wide(self.text) / room), 1)


def sentences(spans: Iterable[Span]) -> Iterator[Sentence]:
    """Cut at 。 and ；; sentences that only point to a table or figure are left out, and so are such asides."""
    waiting: list[Span] = []
    for span in spans:
        if span.figure:
            waiting.append(span)
            continue
        text = _ASIDE.sub("", span.text)
        start = 0
        for mark in _END.finditer(text):
            waiting.append(Span(text[start : mark.start()], span.fact))
            yield from _kept(waiting)
            waiting, start = [], mark.end()
        waiting.append(Span(text[start:], span.fact))
    yield from _kept(waiting)


def _kept(spans: list[Span]) -> Iterator[Sentence]:
    found = Sentence(tuple(span for span in spans if span.text))
    text = found.text.strip()
    if text and not _POINTER.match(text) and not _NUMBER.fullmatch(text):
        yield found


def headline(sentence: Sentence, room: float) -> Sentence:
    """The sentence cut before the first comma beyond `room` full-width characters; a figure is never cut."""
    if wide(sentence.text) <= room:
        return sentence
    best: tuple[Span, ...] = ()
    so_far: list[Span] = []
    used = 0.0
    for span in sentence.spans:
        if not span.figure:
            for mark in re.finditer("[，、：]", span.text):
                if used + wide(span.text[: mark.start()]) <= room and (so_far or mark.start() > 4):
                    best = (*so_far, Span(span.text[: mark.start()], span.fact))
        so_far.append(span)
        used += wide(span.text)
        if used > room:
            break
    return Sentence(best) if best else sentence
