"""A PDF as any reader opens it: pages, fonts that travel with the file, no letter without a glyph."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.exports.boxes import Leaf
from tools.checks.reading import Pages


def loose_fonts(path: Path) -> list[str]:
    """Fonts that the file names without carrying them. Raises what pypdf raises for a file that is damaged."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    reader = PdfReader(path, strict=True)
    found: dict[str, bool] = {}
    seen: set[int] = set()
    for page in reader.pages:
        for font in _fonts(page.get("/Resources"), seen):
            found[str(font.get("/BaseFont"))] = _carried(font)
    return [name for name, carried in found.items() if not carried]


def _fonts(resources: Any, seen: set[int]) -> Iterator[Any]:
    """Fonts of a page and of the drawings on it, each once."""
    if resources is None:
        return
    own = resources.get_object()
    for font in (own.get("/Font") or {}).values():
        if getattr(font, "idnum", 0) not in seen:
            seen.add(getattr(font, "idnum", 0))
            yield font.get_object()
    for drawing in (own.get("/XObject") or {}).values():
        if getattr(drawing, "idnum", 0) not in seen:
            seen.add(getattr(drawing, "idnum", 0))
            yield from _fonts(drawing.get_object().get("/Resources"), seen)


def _carried(font: Any) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True
    inner = [item.get_object() for item in font["/DescendantFonts"]] if "/DescendantFonts" in font else [font]
    described = [item["/FontDescriptor"].get_object() for item in inner if "/FontDescriptor" in item]
    return bool(described) and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(item) for item in described)


def unprintable(pages: Pages) -> list[str]:
    """Texts of a print with a letter that no font has: the typesetter gives such a glyph the meaning NUL."""
    texts = [*(line.text for line in pages.lines), *pages.headers, *pages.footers]
    texts += [text for drawing in pages.drawings for text in drawing.labels]
    return [text for text in texts if "\0" in text]


def lost(pages: Sequence[Leaf]) -> list[str]:
    """Replacement and private-use characters."""
    letters = {char for page in pages for word in page.words for char in word.text}
    return sorted(char for char in letters if char == "\ufffd" or 0xE000 <= ord(char) <= 0xF8FF)
