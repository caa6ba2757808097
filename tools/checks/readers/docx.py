"""Word: paragraphs and tables in order, wherever they are nested, with the formatting in effect."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.errors import BadRequest
from tools.checks.readers.office import drawings_of, pictures_of, properties_of
from tools.checks.reading import Grid, Line, Look, Pages, Sheet, Zone

_NOTE = "FactNote"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


SUFFIX = ".docx"


def read(path: Path) -> Pages:
    """Read a Word file; raises BadRequest when it is not one."""
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadRequest(f"「{path.name}」不是可读的 Word 文件。", "请用 Word 另存为 docx 后再试。") from error
    styles = _Styles(document.styles.element)
    lines, grids, sheets = _walk(document.element.body, styles)
    parts = [part for part in document.part.package.iter_parts() if str(part.partname).startswith("/word/")]
    roots = {str(part.partname): part.element for part in parts if hasattr(part, "element")}
    footers = [root for name, root in sorted(roots.items()) if "/footer" in name]
    headers = [root for name, root in sorted(roots.items()) if "/header" in name]
    lines += _asides(roots, len(lines), styles)
    return Pages(
        name=path.name,
        lines=tuple(lines),
        grids=tuple(grids),
        sheets=tuple(sheets),
        headers=tuple(_text(root) for root in headers),
        footers=tuple("\n".join(_text(p) for p in root.iter(f"{_W}p")) for root in footers),
        footer_fields=any("PAGE" in "".join(root.itertext(f"{_W}instrText")) for root in footers)
        or any("PAGE" in (item.get(f"{_W}instr") or "") for root in footers for item in root.iter(f"{_W}fldSimple")),
        odd_even=document.settings.odd_and_even_pages_header_footer,
        properties=properties_of(path),
        drawings=drawings_of(path),
        pictures=pictures_of(path),
    )


def _asides(roots: dict[str, Any], count: int, styles: _Styles) -> list[Line]:
    """Footnotes, endnotes, comments and the texts of diagrams: read after the body, judged like it."""
    out: list[Line] = []
    for name, root in sorted(roots.items()):
        tag = f"{_A}p" if "/diagrams/data" in name else f"{_W}p"
        if not re.search(r"/(?:footnotes|endnotes|comments|diagrams/data\d*)\.xml$", name):
            continue
        for item in root.iter(tag):
            text = _text(item) if tag == f"{_W}p" else "".join(node.text or "" for node in item.iter(f"{_A}t"))
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


def _walk(body: Any, styles: _Styles) -> tuple[list[Line], list[Grid], list[Sheet]]:
    lines: list[Line] = []
    grids: list[Grid] = []
    sheets: list[Sheet] = []
    zone: Zone = "cover" if _has_cover(body) else "body"
    for item in _blocks(body):
        if item.tag == f"{_W}p":
            text, style = _text(item), _style(item)
            if style == "AnnexMark" and text.startswith("附件"):
                zone = "annex"
            drawing = next(
                item.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"), None
            )
            alt = drawing.get("descr", "") if drawing is not None else ""
            look = styles.look(item)
            lines.append(Line(len(lines) + 1, text, style, zone, look, drawing is not None, alt))
            section = item.find(f"{_W}pPr/{_W}sectPr")
            if section is not None:
                sheets.append(_sheet(section, zone))
                zone = "body" if zone == "cover" else zone
        elif item.tag == f"{_W}tbl":
            grids.append(_grid(item, lines, zone))
        elif item.tag == f"{_W}sectPr":
            sheets.append(_sheet(item, zone))
    return lines, grids, sheets


def _has_cover(body: Any) -> bool:
    """Whether the first section is a cover of ours: its last paragraph carries the cover's style."""
    for item in _blocks(body):
        if item.tag == f"{_W}p" and item.find(f"{_W}pPr/{_W}sectPr") is not None:
            return _style(item) == "CoverText"
        if _style(item) in {"Title", "Body"}:
            return False
    return False


def _grid(table: Any, lines: list[Line], zone: Zone) -> Grid:
    above = [line.text for line in lines[-2:] if line.text.startswith("表") or line.style == "Caption"]
    rows = tuple(
        tuple("\n".join(_text(p) for p in cell.iter(f"{_W}p")) for cell in _inside(row, f"{_W}tc"))
        for row in _inside(table, f"{_W}tr")
    )
    first = next(table.iterchildren(f"{_W}tr"), None)
    return Grid(
        caption=above[-1] if above else "",
        rows=rows,
        zone=zone,
        repeats_header=first is not None and first.find(f"{_W}trPr/{_W}tblHeader") is not None,
        splits_rows=any(row.find(f"{_W}trPr/{_W}cantSplit") is None for row in table.iterchildren(f"{_W}tr")),
    )


def _inside(holder: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also those within content controls; nested tables stay in their cell."""
    for item in holder:
        if item.tag == tag:
            yield item
        elif item.tag in {f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins", f"{_W}smartTag"}:
            yield from _inside(item, tag)


def _sheet(section: Any, zone: Zone) -> Sheet:
    size, margin = section.find(f"{_W}pgSz"), section.find(f"{_W}pgMar")
    grid = section.find(f"{_W}docGrid")
    return Sheet(
        width=_number(size, "w"),
        height=_number(size, "h"),
        top=_number(margin, "top"),
        right=_number(margin, "right"),
        bottom=_number(margin, "bottom"),
        left=_number(margin, "left"),
        line_pitch=_number(grid, "linePitch"),
        zone=zone,
    )


def _text(element: Any) -> str:
    """Text of the runs in order, line breaks and tabs kept, numbers of facts and deleted text left out."""
    out = []
    for node in element.iter(f"{_W}t", f"{_W}br", f"{_W}tab"):
        run = node.getparent()
        style = run.find(f"{_W}rPr/{_W}rStyle") if run.tag == f"{_W}r" else None
        if style is not None and style.get(f"{_W}val") == _NOTE:
            continue
        if run.tag != f"{_W}r":
            continue
        out.append(node.text or "" if node.tag == f"{_W}t" else "\n" if node.tag == f"{_W}br" else "\t")
    return "".join(out)


def _style(paragraph: Any) -> str:
    found = paragraph.find(f"{_W}pPr/{_W}pStyle") if paragraph.tag == f"{_W}p" else None
    return found.get(f"{_W}val") if found is not None else ""


def _number(element: Any, name: str) -> int:
    value = element.get(f"{_W}{name}") if element is not None else None
    return int(float(value)) if value and re.fullmatch(r"-?\d+(?:\.\d+)?", value) else 0


class _Styles:
    """Formatting inherited from paragraph styles and document defaults."""

    def __init__(self, root: Any) -> None:
        self._styles = {style.get(f"{_W}styleId"): style for style in root.iterchildren(f"{_W}style")}
        self._default = next(
            (
                name
                for name, item in self._styles.items()
                if item.get(f"{_W}default") == "1" and item.get(f"{_W}type") == "paragraph"
            ),
            "",
        )
        defaults = root.find(f"{_W}docDefaults")
        self._tail = [] if defaults is None else [defaults.find(f"{_W}rPrDefault"), defaults.find(f"{_W}pPrDefault")]

    def look(self, paragraph: Any) -> Look:
        """The formatting of a paragraph and of its first run with text."""
        run = next((item for item in paragraph.iter(f"{_W}r") if item.find(f"{_W}t") is not None), None)
        chain = [run, paragraph, *self._chain(_style(paragraph) or self._default), *self._tail]
        chain = [item for item in chain if item is not None]
        bold = self._find(chain, "rPr", "b")
        size = self._value(chain, "rPr", "sz", "val")
        return Look(
            font=self._value(chain, "rPr", "rFonts", "eastAsia"),
            size=int(size) if size.isdigit() else 20,
            bold=bold is not None and bold.get(f"{_W}val") not in {"0", "false"},
            align=self._value(chain, "pPr", "jc", "val"),
            indent_chars=int(self._value(chain, "pPr", "ind", "firstLineChars") or 0),
            line=int(float(self._value(chain, "pPr", "spacing", "line") or 0)),
            line_rule=self._value(chain, "pPr", "spacing", "lineRule"),
        )

    def _chain(self, name: str) -> Iterator[Any]:
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[name]
            yield style
            based = style.find(f"{_W}basedOn")
            name = based.get(f"{_W}val") if based is not None else ""

    def _find(self, chain: list[Any], holder: str, tag: str) -> Any:
        found = (item.find(f"{_W}{holder}/{_W}{tag}") for item in chain)
        return next((item for item in found if item is not None), None)

    def _value(self, chain: list[Any], holder: str, tag: str, name: str) -> str:
        for item in chain:
            found = item.find(f"{_W}{holder}/{_W}{tag}")
            if found is not None and found.get(f"{_W}{name}") is not None:
                return str(found.get(f"{_W}{name}"))
        return ""
