"""Tables on slides, sized to what their cells need, written as one piece of XML."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any
from xml.sax.saxutils import escape

from tools.documents.exhibits import fitted, header, note_line, unit_line, wide
from tools.documents.layout import LaidTable
from tools.documents.slides.theme import GREEN, GREY, INK, LEFT, ROOM, TINT, box, write

_SPACE = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_SIZES = (14.0, 13.0, 12.0, 11.0, 10.0)
_EASY = 12.0
"""Letters that are read from the last row; smaller ones only where wrapping does not help."""
_PAD = 14.0
_WIDER = 1.1
"""What letters may take more than they should: a program without the fonts sets digits wider, and rows do not grow."""
_ROOM = 4.2 * 72
"""Points of height for a table on a slide."""
_TOP = 2.1
"""Inches at which the table of a page begins."""
_SIDES = {"left": "l", "center": "ctr", "right": "r"}


def put_table(slide: Any, laid: LaidTable, cut: tuple[int, int]) -> None:
    """The rows `cut` of a report table with its caption, unit and, on its last page, notes."""
    table = laid.table
    shared = unit_line(table)
    heads = [header(column, bool(shared)) for column in table.columns]
    rows = laid.rows[slice(*cut)]
    ends = cut[1] == len(laid.rows)
    more = "（续）" if cut[0] else ""
    write(box(slide, LEFT, 1.72, ROOM, 0.3), f"{laid.name}　{table.caption}{more}", 14, INK, bold=True, align="c")
    if shared:
        write(box(slide, LEFT, 1.76, ROOM, 0.26), shared, 11, GREY, align="r")
    shares = [column.width for column in table.columns]
    aligns = [column.align for column in table.columns]
    bottom = put_grid(slide, heads, rows, shares, aligns, _TOP, total=table.total and ends)
    if ends and table.notes:
        write(box(slide, LEFT, bottom + 0.08, ROOM, 0.4), note_line(table), 10, GREY)


def bottom_of(laid: LaidTable, cut: tuple[int, int]) -> float:
    """Inches at which the rows `cut` of a table, and its notes where it ends with them, end on their page."""
    table = laid.table
    heads = [header(column, bool(unit_line(table))) for column in table.columns]
    shares, aligns = [column.width for column in table.columns], [column.align for column in table.columns]
    _, _, heights = _measured(heads, laid.rows[slice(*cut)], shares, aligns)
    notes = 0.5 if table.notes and cut[1] == len(laid.rows) else 0.0
    return _TOP + sum(heights) / 72 + notes


def put_grid(
    slide: Any,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    aligns: Sequence[str],
    top: float,
    *,
    total: bool = False,
) -> float:
    """A table at `top` inches; returns where it ends."""
    from pptx.oxml import parse_xml
    from pptx.util import Inches

    size, widths, heights = _measured(heads, rows, shares, aligns)
    frame = slide.shapes.add_table(1, 1, Inches(LEFT), Inches(top), Inches(ROOM), Inches(sum(heights) / 72))
    old = frame._element.xpath(".//a:tbl")[0]
    old.getparent().replace(old, parse_xml(_xml(heads, rows, widths, heights, aligns, size, total)))
    return float(top + sum(heights) / 72)


def _measured(
    heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float], aligns: Sequence[str]
) -> tuple[float, list[float], list[float]]:
    """Size of the letters, widths and heights in points: the largest easily read letters that need no wrapping, else
    the largest whose wrapped rows fit the page with every number whole."""
    room = ROOM * 72
    size = next((size for size in _SIZES if size >= _EASY and sum(_needs(heads, rows, size * _WIDER)) <= room), None)
    for tried in (size,) if size else _SIZES:
        widths = fitted(heads, rows, shares, aligns, room, tried * _WIDER, _PAD)
        lines = [_lines(heads, widths, tried, head=True), *(_lines(row, widths, tried * _WIDER) for row in rows)]
        heights = [max(tried * 1.36 * count + 8, 24.0) for count in lines]
        if sum(heights) <= _ROOM and _whole(rows, widths, aligns, tried):
            break
    return tried, widths, heights


def _whole(rows: Sequence[Sequence[str]], widths: Sequence[float], aligns: Sequence[str], size: float) -> bool:
    """Whether every cell that is no text fits one line."""
    return all(
        wide(text) * size <= width - _PAD + 0.5
        for row in rows
        for text, width, align in zip(row, widths, aligns, strict=True)
        if align != "left"
    )


def _needs(heads: Sequence[str], rows: Sequence[Sequence[str]], size: float) -> list[float]:
    return [
        max(wide(text) for text in (*head.replace("（", "\n（", 1).split("\n"), *(row[at] for row in rows))) * size
        + _PAD
        for at, head in enumerate(heads)
    ]


def _lines(cells: Sequence[str], widths: Sequence[float], size: float, *, head: bool = False) -> int:
    most = 1
    for cell, width in zip(cells, widths, strict=True):
        whole = wide(cell) * size
        if head and whole > width - _PAD and "（" in cell[1:]:
            most = max(most, 2)
        else:
            # a line ends before a letter that no longer fits, so that it holds less than its width
            room = max(width - _PAD - size / 2, size) if whole > width - _PAD else width - _PAD
            most = max(most, ceil(round(whole) / max(room, 1)))
    return most


def _xml(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    heights: Sequence[float],
    aligns: Sequence[str],
    size: float,
    total: bool,
) -> str:
    columns = "".join(f'<a:gridCol w="{round(width * 12700)}"/>' for width in widths)
    top = "".join(
        _cell(_broken(text, width, size), "ctr", size, head=True) for text, width in zip(heads, widths, strict=True)
    )
    parts = [
        f'<a:tbl {_SPACE}><a:tblPr firstRow="1"/><a:tblGrid>{columns}</a:tblGrid>'
        f'<a:tr h="{round(heights[0] * 12700)}">{top}</a:tr>'
    ]
    for at, (row, height) in enumerate(zip(rows, heights[1:], strict=True)):
        last = at == len(rows) - 1
        cells = "".join(
            _cell(text, _SIDES[align], size, bold=total and last, last=last)
            for text, align in zip(row, aligns, strict=True)
        )
        parts.append(f'<a:tr h="{round(height * 12700)}">{cells}</a:tr>')
    return "".join(parts) + "</a:tbl>"


def _broken(text: str, width: float, size: float) -> str:
    return text.replace("（", "\n（", 1) if wide(text) * size > width - _PAD and "（" in text[1:] else text


def _cell(text: str, align: str, size: float, *, head: bool = False, bold: bool = False, last: bool = False) -> str:
    run = f'<a:rPr lang="zh-CN" sz="{round(size * 100)}" b="{1 if bold or head else 0}"><a:solidFill>'
    run += f'<a:srgbClr val="{INK}"/></a:solidFill></a:rPr>'
    lines = "<a:br/>".join(f"<a:r>{run}<a:t>{escape(line)}</a:t></a:r>" for line in text.split("\n")) if text else ""
    edge = {side: "<a:noFill/>" for side in "LRTB"}
    widths = dict.fromkeys("LRTB", 0)
    solid = '<a:solidFill><a:srgbClr val="{}"/></a:solidFill>'
    if head:
        edge["T"], widths["T"] = solid.format(GREEN), 19050
    edge["B"], widths["B"] = (
        solid.format(GREEN if head or last else "BFBFBF"),
        19050 if last else 9525 if head else 6350,
    )
    lined = "".join(f'<a:ln{side} w="{widths[side]}">{edge[side]}</a:ln{side}>' for side in "LRTB")
    fill = solid.format(TINT) if head else "<a:noFill/>"
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{align}"/>{lines}</a:p></a:txBody>'
        f'<a:tcPr marL="63500" marR="63500" marT="38100" marB="38100" anchor="ctr">{lined}{fill}</a:tcPr></a:tc>'
    )
