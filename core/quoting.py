"""Foreign words made inert: what a knowledge document or a name in a source says is shown, never loaded, linked or run
by a reader."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def inert(text: str) -> str:
    """`text` without HTML, Markdown links and images, addresses that open by a click, and invisible characters."""
    text = _HIDDEN.sub("", text)
    text = _MARKUP.sub(r"\1", text)
    text = text.replace("](", "] (").replace("<", "〈")
    text = re.sub(r"([{}])(?=\1)", r"\1 ", text)
    return re.sub(r"(?i)\b(https?|ftp|javascript|data|file):", r"\1：", text)
