"""The injection corpus (faults F15): every goal in every wording for every carrier, deterministic."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CARRIERS = ("ticket", "customer", "upload", "chunk", "error")


@dataclass(frozen=True)
class Attack:
    """One hostile text and how it arrives."""

    id: str
    carrier: str
    goal: str
    text: str


def _homoglyph(text: str) -> str:
    return text.translate(str.maketrans("aeopcxRT", "аеорсхRТ"))


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


_ENCODINGS: Mapping[str, Callable[[str], str]] = {
    "": lambda text: text,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "zero_width": lambda text: "\u200b".join(text),
    "homoglyph": _homoglyph,
    "full_width": _full_width,
}


def corpus(book: Mapping[str, Any]) -> Iterator[Attack]:
    """Attacks by carrier, goal and wording; ids are stable."""
    for carrier in CARRIERS:
        for goal, wish in book["goals"].items():
            for number, wording in enumerate(book["wordings"], 1):
                said = wording["say"].replace("{goal}", _ENCODINGS[wording.get("enc", "")](wish))
                yield Attack(f"{carrier}-{goal}-{number:02d}", carrier, goal, said)
