"""The letters of a Word paragraph: the same to whoever reads them and to whoever mends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NOTE = "FactNote"
_MARKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-"}


def letters(element: Any) -> Iterator[tuple[Any, str]]:
    """(node, text) of the runs in order: line breaks and tabs kept; numbers of facts, deleted text and, in a paragraph,
    the paragraphs of text boxes left out."""
    alone = element.tag == f"{W}p" and next(element.iter(f"{W}txbxContent"), None) is not None
    for node in element.iter(f"{W}t", *_MARKS):
        run = node.getparent()
        if run.tag != f"{W}r":
            continue
        style = run.find(f"{W}rPr/{W}rStyle")
        if style is not None and style.get(f"{W}val") == NOTE:
            continue
        if alone and next(run.iterancestors(f"{W}p"), None) is not element:
            continue
        yield node, _MARKS.get(node.tag) or node.text or ""


def text_of(element: Any) -> str:
    return "".join(text for _, text in letters(element))


def boxed(paragraph: Any) -> list[Any]:
    """Paragraphs of the text boxes anchored in a paragraph; the copy for old programs only where its words differ."""
    found: list[Any] = []
    said: set[str] = set()
    for item in paragraph.iter(f"{W}p"):
        if item is not paragraph and next(item.iterancestors(f"{W}txbxContent"), None) is not None:
            text = text_of(item)
            if text.strip() and text not in said:
                said.add(text)
                found.append(item)
    return found


def inside(holder: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those within content controls; nested tables stay in their cell."""
    for item in holder:
        if item.tag == tag:
            yield item
        elif item.tag in {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "smartTag")}:
            yield from inside(item, tag)
