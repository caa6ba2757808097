"""A Word file as python-docx opens it: parts in order, tables and drawings within the text's width, no cut cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.exports.order import W, disorder

_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_EMU_A_TWIP = 635
_NUMBER = re.compile(r"[-−]?\d[\d.,]*%?")
_DIGIT = 0.5
"""Width of a digit in ems."""


def open_paper(path: Path) -> Any:
    """The document. Raises what python-docx raises for a file that it cannot open."""
    import docx

    return docx.Document(str(path))


def out_of_form(document: Any) -> list[str]:
    """What Word might want to repair."""
    roots = [document.element, document.styles.element]
    roots += [
        part.element
        for part in document.part.package.iter_parts()
        if re.search(r"/(?:head|foot)er", str(part.partname))
    ]
    found = [text for root in roots for text in disorder(root)]
    drawn = Counter(item.get("id") for item in document.element.iter(f"{_WP}docPr"))
    return found + [f"图形编号 {number} 用了 {count} 次" for number, count in drawn.items() if count > 1]


def too_wide(document: Any) -> Iterator[str]:
    """Tables, drawings and numbers that do not fit where they stand."""
    waiting: list[Any] = []
    for item in document.element.body:
        section = item if item.tag == f"{W}sectPr" else item.find(f"{W}pPr/{W}sectPr")
        waiting.append(item)
        if section is not None:
            size, margin = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
            across = _twips(size, "w") - _twips(margin, "left") - _twips(margin, "right")
            down = _twips(size, "h") - _twips(margin, "top") - _twips(margin, "bottom")
            for block in waiting:
                yield from _block(block, across, down)
            waiting = []


def _block(block: Any, across: int, down: int) -> Iterator[str]:
    for extent in block.iter(f"{_WP}extent"):
        wide, high = (int(extent.get(name)) / _EMU_A_TWIP for name in ("cx", "cy"))
        if wide > across + 20 or high > down:
            yield f"图宽 {wide / 20:.0f} 点、高 {high / 20:.0f} 点，版心容不下"
    if block.tag != f"{W}tbl":
        return
    widths = [_twips(item, "w") for item in block.iter(f"{W}gridCol")]
    first = "".join(block.itertext())[:12]
    if sum(widths) > across + 20:
        yield f"表「{first}」宽 {sum(widths) / 20:.0f} 点，版心 {across / 20:.0f} 点"
    for row in block.iter(f"{W}tr"):
        height = row.find(f"{W}trPr/{W}trHeight")
        if height is not None and height.get(f"{W}hRule") == "exact":
            yield f"表「{first}」有固定行高的行，会截去文字"
        for cell, width in zip(row.iter(f"{W}tc"), widths, strict=False):
            text = "".join(node.text or "" for node in cell.iter(f"{W}t"))
            size, pads = _letters(cell)
            if _NUMBER.fullmatch(text) and len(text) * _DIGIT * size * 10 > width - pads:
                yield f"表「{first}」的数 {text} 在 {width / 20:.0f} 点宽的列里断行"


def _letters(cell: Any) -> tuple[int, int]:
    """Half-points of the letters, twips kept free beside them: the annex's small print, the cover's card, a table."""
    style = next((item.get(f"{W}val") for item in cell.iter(f"{W}pStyle")), "")
    return (15, 100) if style.startswith("Fine") else (28, 216) if style == "CoverText" else (21, 170)


def _twips(element: Any, name: str) -> int:
    return int(element.get(f"{W}{name}"))
