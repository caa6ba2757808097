"""Changing the words of a Word paragraph across its runs, each letter keeping the formatting it has."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tools.checks.readers.word_text import W, letters

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
New = str | Callable[[re.Match[str]], str]


def substitute(paragraph: Any, pattern: re.Pattern[str], new: New) -> None:
    """Replace every match in the paragraph's text, the last first."""
    text = "".join(piece for _, piece in letters(paragraph))
    for match in reversed(list(pattern.finditer(text))):
        splice(paragraph, match.start(), match.end(), new(match) if callable(new) else match.expand(new))


def substituting(nodes: tuple[Any, ...], pattern: re.Pattern[str], new: New) -> Callable[[], None] | None:
    """A mend that replaces every match in the paragraphs; None for what was not read from a Word file."""
    if not nodes:
        return None

    def mend() -> None:
        for node in nodes:
            substitute(node, pattern, new)

    return mend


def splice(paragraph: Any, start: int, end: int, new: str) -> None:
    """Put `new` in place of the letters from `start` to `end`; an empty stretch inserts."""
    at = 0
    left = new
    last: tuple[Any, str] | None = None
    for node, piece in list(letters(paragraph)):
        first, stop = max(start, at), min(end, at + len(piece))
        inside = at <= start < at + len(piece) if start == end else first < stop
        if inside:
            before, after = piece[: first - at], piece[max(stop, first) - at :]
            if node.tag == f"{W}t":
                _write(node, before + left + after)
                left = ""
            else:
                if left:
                    fresh = node.makeelement(f"{W}t", {})
                    node.addprevious(fresh)
                    _write(fresh, left)
                    left = ""
                if first < stop:
                    node.getparent().remove(node)
        at += len(piece)
        last = (node, piece)
    if left and last is not None and last[0].tag == f"{W}t":
        _write(last[0], (last[0].text or "") + left)


def _write(node: Any, text: str) -> None:
    node.text = text
    node.set(_SPACE, "preserve")
