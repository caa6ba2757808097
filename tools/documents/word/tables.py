"""Tables as one XML string: caption above, unit line right, repeated header, rows that never break across pages."""

from __future__ import annotations

from collections.abc import Sequence

from tools.documents.exhibits import TOGETHER, fitted, header, note_line, unit_line
from tools.documents.layout import LaidTable
from tools.documents.word.markup import run, words
from tools.documents.word.styles import GREEN

TEXT_WIDTH = 8845
"""Twips between the margins of a portrait page (156 mm)."""
_HEAVY = f'w:val="single" w:sz="12" w:space="0" w:color="{GREEN}"'
_LIGHT = 'w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"'
_MIDDLE = f'w:val="single" w:sz="6" w:space="0" w:color="{GREEN}"'


def table_xml(laid: LaidTable) -> str:
    """Caption, unit line, table and notes of one report table."""
    table = laid.table
    shared = unit_line(table)
    heads = [header(column, bool(shared)) for column in table.columns]
    styles = ("Cell", "CellHead") if len(heads) <= 8 else ("Fine", "FineHead")
    aligns = [column.align for column in table.columns]
    return (
        words(f"{laid.name}　{table.caption}", "Caption")
        + (words(shared, "Unit") if shared else "")
        + grid(
            heads,
            laid.rows,
            widths(heads, laid.rows, [column.width for column in table.columns], aligns, TEXT_WIDTH, styles),
            aligns,
            styles,
            table.total,
        )
        + words(note_line(table), "Note")
    )


def widths(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    aligns: Sequence[str],
    total: int,
    styles: tuple[str, str],
) -> list[int]:
    """Twips by need and share; they add up to `total`.

    More is kept free than the official fonts ask for, because programs without them set digits wider.
    """
    size, pad = (10.5, 13.0) if styles[0] == "Cell" else (8.2, 9.5)
    out = [int(width * 20) for width in fitted(heads, rows, shares, aligns, total / 20, size, pad)]
    out[-1] += total - sum(out)
    return out


def grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    columns: Sequence[int],
    aligns: Sequence[str],
    styles: tuple[str, str],
    total: bool = False,
    anchors: Sequence[str] = (),
) -> str:
    """The table itself; `anchors` names a bookmark per row, put into its first cell.

    A table that goes on over a page leaves at least two rows on either side.
    """
    cols = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    first = "".join(
        _cell(_headed(text, width, styles), width, styles[1], align, fill="E3EFEE", bottom=True)
        for text, width, align in zip(heads, columns, aligns, strict=True)
    )
    pad = 85 if styles[0] == "Cell" else 50
    together = len(rows) <= TOGETHER
    parts = [
        "<w:tbl><w:tblPr>"
        f'<w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders><w:top {_HEAVY}/><w:bottom {_HEAVY}/><w:insideH {_LIGHT}/></w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{pad}" w:type="dxa"/><w:right w:w="{pad}" w:type="dxa"/></w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{cols}</w:tblGrid>",
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{_row(styles)}" w:hRule="atLeast"/><w:tblHeader/>'
        f"</w:trPr>{first}</w:tr>",
    ]
    for at, row in enumerate(rows):
        bold = total and at == len(rows) - 1
        cells = []
        for place, (text, width, align) in enumerate(zip(row, columns, aligns, strict=True)):
            anchor = anchors[at] if anchors and place == 0 else ""
            cells.append(
                _cell(
                    text,
                    width,
                    styles[0],
                    align,
                    bold=bold,
                    anchor=anchor,
                    number=at + 1,
                    keep=at < len(rows) - 1 and (together or at in {0, len(rows) - 2}),
                )
            )
        parts.append(
            f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{_row(styles)}" w:hRule="atLeast"/></w:trPr>'
            f"{''.join(cells)}</w:tr>"
        )
    parts.append("</w:tbl>")
    return "".join(parts)


def _headed(text: str, width: int, styles: tuple[str, str]) -> str:
    """A header too wide for its column breaks before its bracketed unit, never inside it."""
    size = 10.5 if styles[0] == "Cell" else 7.5
    room = width / 20 - 9
    wide = sum(1.0 if ord(char) > 0x2E80 else 0.55 for char in text) * size
    return text.replace("（", "\n（", 1) if wide > room and "（" in text[1:] else text


def _row(styles: tuple[str, str]) -> int:
    return 400 if styles[0] == "Cell" else 250


def _cell(
    text: str,
    width: int,
    style: str,
    align: str,
    *,
    bold: bool = False,
    fill: str = "",
    bottom: bool = False,
    anchor: str = "",
    number: int = 0,
    keep: bool = False,
) -> str:
    border = f"<w:tcBorders><w:bottom {_MIDDLE}/></w:tcBorders>" if bottom else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    next_ = "<w:keepNext/>" if keep else ""
    content = run(text, "<w:b/>" if bold else "") if text else ""
    if anchor:
        content = f'<w:bookmarkStart w:id="{number}" w:name="{anchor}"/>{content}<w:bookmarkEnd w:id="{number}"/>'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{border}{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{next_}<w:jc w:val="{align}"/></w:pPr>{content}</w:p></w:tc>'
    )
