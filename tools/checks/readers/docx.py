"""Word: paragraphs and tables in order, wherever they are nested, with the formatting in effect."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import BadRequest
from tools.checks.readers.office import drawings_of, pictures_of, properties_of
from tools.checks.readers.word_page import feet, prints
from tools.checks.readers.word_styles import Styles, style_id, theme_fonts, whole
from tools.checks.readers.word_text import W as _W
from tools.checks.readers.word_text import boxed, inside, text_of
from tools.checks.reading import Drawing, Grid, Line, Pages, Sheet, Zone

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_V = "{urn:schemas-microsoft-com:vml}"


SUFFIX = ".docx"


def read(path: Path) -> Pages:
    """Read a Word file; raises BadRequest when it is not one."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        return _read(path.name, docx.Document(str(path)), properties_of(path), drawings_of(path), pictures_of(path))
    except (
        PackageNotFoundError,
        zipfile.BadZipFile,
        XMLSyntaxError,
        KeyError,
        ValueError,
        AttributeError,
        NotImplementedError,
    ) as error:
        raise BadRequest(f"「{path.name}」不是可读的 Word 文件。", "请用 Word 另存为 docx 后再试。") from error


def reread(pages: Pages) -> Pages:
    """The same file after its document was changed in memory."""
    fresh = _read(pages.name, pages.document, pages.properties, pages.drawings, pages.pictures)
    return replace(fresh, pack=pages.pack, units=pages.units)


def _read(
    name: str, document: Any, properties: dict[str, str], drawings: tuple[Drawing, ...], pictures: tuple[str, ...]
) -> Pages:
    body = document.element.body
    if body is None:
        raise ValueError("no body")
    parts = [part for part in document.part.package.iter_parts() if str(part.partname).startswith("/word/")]
    roots = {str(part.partname): part.element for part in parts if hasattr(part, "element")}
    styles = Styles(_styles(document), theme_fonts(_theme(parts)))
    lines, grids, sheets = _walk(body, styles)
    footers = [root for name, root in sorted(roots.items()) if "/footer" in name]
    headers = [root for name, root in sorted(roots.items()) if "/header" in name]
    lines += _asides(roots, len(lines), styles)
    return Pages(
        name=name,
        lines=tuple(lines),
        grids=tuple(grids),
        sheets=tuple(sheets),
        headers=tuple(text_of(root) for root in headers),
        footers=tuple("\n".join(text_of(p) for p in root.iter(f"{_W}p")) for root in footers),
        footer_fields=any("PAGE" in "".join(root.itertext(f"{_W}instrText")) for root in footers)
        or any("PAGE" in (item.get(f"{_W}instr") or "") for root in footers for item in root.iter(f"{_W}fldSimple")),
        odd_even=document.settings.odd_and_even_pages_header_footer,
        properties=properties,
        drawings=drawings,
        feet=feet(document, styles),
        pictures=pictures,
        prints=prints(document),
        document=document,
    )


def _styles(document: Any) -> Any:
    """The styles of the file; those of a plain one where it has none."""
    return document.styles.element


def _theme(parts: list[Any]) -> Any:
    from lxml import etree

    for part in parts:
        if "/theme/" in str(part.partname):
            return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
    return None


def _asides(roots: dict[str, Any], count: int, styles: Styles) -> list[Line]:
    """Footnotes, endnotes, comments and the texts of diagrams: read after the body, judged like it."""
    out: list[Line] = []
    for name, root in sorted(roots.items()):
        tag = f"{_A}p" if "/diagrams/data" in name else f"{_W}p"
        if not re.search(r"/(?:footnotes|endnotes|comments|diagrams/data\d*)\.xml$", name):
            continue
        for item in root.iter(tag):
            text = text_of(item) if tag == f"{_W}p" else "".join(node.text or "" for node in item.iter(f"{_A}t"))
            if text.strip():
                out.append(Line(count + len(out) + 1, text, "Aside", "body", styles.look(item)))
    return out


def _blocks(body: Any) -> Iterator[Any]:
    """Paragraphs, tables and section ends in order; content controls and the like are opened."""
    for item in body:
        if item.tag in {f"{_W}p", f"{_W}tbl", f"{_W}sectPr"}:
            yield item
        else:
            yield from _blocks(item)


def _walk(body: Any, styles: Styles) -> tuple[list[Line], list[Grid], list[Sheet]]:
    lines: list[Line] = []
    grids: list[Grid] = []
    sheets: list[Sheet] = []
    zone: Zone = "cover" if _has_cover(body) else "body"
    for item in _blocks(body):
        if item.tag == f"{_W}p":
            text, style = text_of(item), style_id(item)
            if style == "AnnexMark" and text.startswith("附件"):
                zone = "annex"
            lines.append(_line(len(lines) + 1, item, text, style, zone, styles))
            for inner in boxed(item):
                words = text_of(inner)
                lines.append(Line(len(lines) + 1, words, "TextBox", zone, styles.look(inner), node=inner))
            section = item.find(f"{_W}pPr/{_W}sectPr")
            if section is not None:
                sheets.append(_sheet(section, zone, len(lines)))
                zone = "body" if zone == "cover" else zone
        elif item.tag == f"{_W}tbl":
            grids.append(_grid(item, lines, zone))
        elif item.tag == f"{_W}sectPr":
            sheets.append(_sheet(item, zone, len(lines)))
    return lines, grids, sheets


def _has_cover(body: Any) -> bool:
    """Whether the first section is a cover of ours: its last paragraph carries the cover's style."""
    for item in _blocks(body):
        if item.tag == f"{_W}p" and item.find(f"{_W}pPr/{_W}sectPr") is not None:
            return style_id(item) == "CoverText"
        if style_id(item) in {"Title", "Body"}:
            return False
    return False


def _grid(table: Any, lines: list[Line], zone: Zone) -> Grid:
    above = [line.text for line in lines[-2:] if line.text.startswith("表") or line.style == "Caption"]
    rows = tuple(
        tuple("\n".join(text_of(p) for p in cell.iter(f"{_W}p")) for cell in inside(row, f"{_W}tc"))
        for row in inside(table, f"{_W}tr")
    )
    first = next(table.iterchildren(f"{_W}tr"), None)
    return Grid(
        caption=above[-1] if above else "",
        rows=rows,
        zone=zone,
        after=lines[-1].number if lines else 0,
        node=table,
        repeats_header=first is not None and first.find(f"{_W}trPr/{_W}tblHeader") is not None,
        splits_rows=any(row.find(f"{_W}trPr/{_W}cantSplit") is None for row in table.iterchildren(f"{_W}tr")),
    )


def _sheet(section: Any, zone: Zone, last: int) -> Sheet:
    size, margin = section.find(f"{_W}pgSz"), section.find(f"{_W}pgMar")
    grid = section.find(f"{_W}docGrid")
    return Sheet(
        width=whole_of(size, "w"),
        height=whole_of(size, "h"),
        top=whole_of(margin, "top"),
        right=whole_of(margin, "right"),
        bottom=whole_of(margin, "bottom"),
        left=whole_of(margin, "left"),
        line_pitch=whole_of(grid, "linePitch"),
        zone=zone,
        gutter=whole_of(margin, "gutter"),
        last=last,
        node=section,
    )


def _line(number: int, item: Any, text: str, style: str, zone: Zone, styles: Styles) -> Line:
    shape = next(item.iter(f"{_WP}docPr"), None)
    drawn = shape is not None or next(item.iter(f"{_V}imagedata"), None) is not None
    if shape is not None and next(item.iter(f"{_W}txbxContent"), None) is not None:
        drawn = next(item.iter(f"{_A}blip"), None) is not None
    runs = styles.runs(item)
    breaks = (
        item.find(f"{_W}pPr/{_W}sectPr") is not None
        or item.find(f"{_W}pPr/{_W}pageBreakBefore") is not None
        or any(mark.get(f"{_W}type") in {"page", "column"} for mark in item.iter(f"{_W}br"))
    )
    return Line(
        number=number,
        text=text,
        style=style,
        zone=zone,
        look=runs[0].look if runs else styles.look(item),
        picture=drawn,
        alt=(shape.get("descr") or "") if shape is not None else "",
        role=styles.role(item),
        runs=runs,
        numbered=styles.numbered(item),
        breaks=breaks,
        node=item,
    )


def whole_of(element: Any, name: str) -> int:
    return whole(element.get(f"{_W}{name}")) if element is not None else 0
