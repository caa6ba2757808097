"""PowerPoint: every paragraph of every slide and its notes, tables, charts, and the texts that stand for pictures."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import BadRequest
from tools.checks.readers.office import drawings_of, pictures_of, properties_of
from tools.checks.reading import Grid, Line, Look, Pages, Zone

SUFFIX = ".pptx"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"


def read(path: Path) -> Pages:
    """Read a presentation; raises BadRequest when it is not one. `page` of a line is its slide."""
    import pptx
    from pptx.exc import PackageNotFoundError

    try:
        deck = pptx.Presentation(str(path))
        drawings, pictures, properties = drawings_of(path), pictures_of(path), properties_of(path)
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadRequest(
            f"「{path.name}」不是可读的 PowerPoint 文件。", "请用 PowerPoint 另存为 pptx 后再试。"
        ) from error
    lines: list[Line] = []
    grids: list[Grid] = []
    for number, slide in enumerate(deck.slides, 1):
        for text, style, alt in _texts(slide.shapes._spTree):
            zone: Zone = "cover" if number == 1 else "body"
            lines.append(Line(len(lines) + 1, text, style, zone, Look(), bool(alt), alt, number))
        grids += [_grid(table, number, lines) for table in slide.shapes._spTree.iter(f"{_A}tbl")]
        if slide.has_notes_slide:
            for text, style, _ in _texts(slide.notes_slide.shapes._spTree):
                if style != "Field":
                    lines.append(Line(len(lines) + 1, text, "Notes", "body", Look(), page=number))
    masters = [*deck.slide_layouts, *deck.slide_masters]
    return Pages(
        name=path.name,
        lines=tuple(lines),
        grids=tuple(grids),
        sheets=(),
        headers=(),
        footers=tuple(text for page in masters for text, _, _ in _texts(page.shapes._spTree, shown_only=True)),
        footer_fields=False,
        odd_even=False,
        properties=properties,
        format="pptx",
        drawings=drawings,
        pictures=pictures,
    )


def _texts(tree: Any, *, shown_only: bool = False) -> Iterator[tuple[str, str, str]]:
    """(text, kind, text alternative) of the paragraphs outside tables and of the pictures and charts.

    `shown_only` leaves out placeholders, whose text on a layout is a prompt that no slide shows.
    """
    for shape in tree.iter(f"{_P}sp", f"{_P}pic", f"{_P}graphicFrame", f"{_P}cxnSp"):
        holder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        if shown_only and holder is not None:
            continue
        named = next(shape.iter(f"{_P}cNvPr"), None)
        alt = named.get("descr", "") if named is not None else ""
        if alt:
            yield "", "Alt", alt
        title = holder is not None and holder.get("type") in {"title", "ctrTitle"}
        for paragraph in shape.iter(f"{_A}p"):
            if any(True for _ in paragraph.iterancestors(f"{_A}tbl")):
                continue
            field = paragraph.find(f"{_A}fld") is not None
            text = _text(paragraph)
            if text.strip():
                yield text, "Field" if field else "Title" if title else "Text", ""


def _text(paragraph: Any) -> str:
    return "".join(
        node.text or "" if node.tag == f"{_A}t" else "\n" for node in paragraph.iter(f"{_A}t", f"{_A}br")
    ).replace("\v", "\n")


def _grid(table: Any, page: int, lines: list[Line]) -> Grid:
    rows = tuple(
        tuple("\n".join(_text(p) for p in cell.iter(f"{_A}p")) for cell in row.iterchildren(f"{_A}tc"))
        for row in table.iterchildren(f"{_A}tr")
    )
    captions = [line.text for line in lines if line.page == page and line.text.startswith("表")]
    return Grid(captions[-1] if captions else "", rows, "body", page=page)
