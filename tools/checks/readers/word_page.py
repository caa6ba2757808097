"""What stands around the text of a Word file and in it: footers by the pages they stand on, pictures by their size."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Literal, cast

from tools.checks.readers.word_styles import Styles, style_id
from tools.checks.readers.word_text import W, text_of
from tools.checks.reading import Foot, Line, Picture

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EMU = 914400


def feet(document: Any, styles: Styles) -> tuple[Foot, ...]:
    """Every footer that a section refers to, once for each kind of page."""
    found: list[Foot] = []
    seen: set[tuple[str, str]] = set()
    for at, section in enumerate(document.element.body.iter(f"{W}sectPr")):
        for link in section.iterchildren(f"{W}footerReference"):
            kind, name = link.get(f"{W}type") or "default", link.get(f"{_R}id") or ""
            part = document.part.related_parts.get(name)
            if part is None or (kind, name) in seen or not hasattr(part, "element"):
                continue
            seen.add((kind, name))
            lines = [
                Line(
                    number, text_of(item), style_id(item), "body", styles.look(item), runs=styles.runs(item), node=item
                )
                for number, item in enumerate(part.element.iter(f"{W}p"))
            ]
            field = next((line.number for line in lines if paged(line.node)), -1)
            found.append(Foot(cast(Literal["default", "even", "first"], kind), tuple(lines), field, at))
    return tuple(found)


def paged(paragraph: Any) -> bool:
    """Whether a paragraph holds the page number as a field."""
    codes = "".join(paragraph.itertext(f"{W}instrText"))
    codes += "".join(item.get(f"{W}instr") or "" for item in paragraph.iter(f"{W}fldSimple"))
    return "PAGE" in codes.replace("NUMPAGES", "").replace("SECTIONPAGES", "")


def prints(document: Any) -> tuple[Picture, ...]:
    """Every picture of the body whose pixels can be read, with its width on the page."""
    return tuple(_prints(document))


def _prints(document: Any) -> Iterator[Picture]:
    for frame in document.element.body.iter(f"{_WP}inline", f"{_WP}anchor"):
        extent, blip = frame.find(f"{_WP}extent"), next(frame.iter(f"{_A}blip"), None)
        part = document.part.related_parts.get(blip.get(f"{_R}embed") or "") if blip is not None else None
        if extent is None or part is None:
            continue
        pixels = width_of(part.blob)
        inches = int(extent.get("cx") or 0) / _EMU
        crop = next(frame.iter(f"{_A}srcRect"), None)
        cut = sum(int(crop.get(side) or 0) for side in ("l", "r")) / 100_000 if crop is not None else 0.0
        if pixels and inches:
            shape = frame.find(f"{_WP}docPr")
            yield Picture((shape.get("name") or "") if shape is not None else "", round(pixels * (1 - cut)), inches)


def width_of(data: bytes) -> int:
    """Pixels across of a PNG, JPEG, GIF or BMP; 0 for what has none, such as a drawing of lines."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 24:
        return int(struct.unpack(">I", data[16:20])[0])
    if data[:3] == b"GIF" and len(data) > 10:
        return int(struct.unpack("<H", data[6:8])[0])
    if data[:2] == b"BM" and len(data) > 26:
        return abs(int(struct.unpack("<i", data[18:22])[0]))
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 < len(data) and data[at] == 0xFF:
        if 0xC0 <= data[at + 1] <= 0xCF and data[at + 1] not in {0xC4, 0xC8, 0xCC}:
            return int(struct.unpack(">H", data[at + 7 : at + 9])[0])
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return 0
