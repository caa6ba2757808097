"""The contents page: headings with page references that the office program keeps right.

The numbers shown until fields are refreshed are estimated from the lines that each block takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from tools.documents.exhibits import TOGETHER, wide
from tools.documents.layout import Heading, Laid, LaidChart, LaidTable, Prose
from tools.documents.word.figures import Figure
from tools.documents.word.markup import field, link, paragraph, run, words
from tools.documents.word.styles import LINE, TITLE, fonts

_PAGE = 22.0
"""Lines on a page."""
_CHARACTERS = 28
_LINE_POINTS = LINE / 20


def anchor(at: int) -> str:
    """The bookmark of the heading at place `at` of the laid report."""
    return f"_Toc{at:05d}"


def contents_xml(laid: Sequence[Laid], drawn: Mapping[str, Figure], annex: str, title_lines: int) -> str:
    """A page of its own: 目录 and one line for each heading."""
    top = f'{fonts(TITLE)}<w:sz w:val="44"/><w:szCs w:val="44"/>'
    out = [
        paragraph(
            run("目　录", top),
            "CoverText",
            '<w:pageBreakBefore/><w:spacing w:before="0" w:after="300" w:line="240" w:lineRule="auto"/>'
            '<w:jc w:val="center"/>',
        )
    ]
    pages = _pages(laid, drawn, title_lines)
    for at, item in enumerate(laid):
        if isinstance(item, Heading):
            out.append(_line(item.text, item.level, anchor(at), pages[at]))
    out.append(_line(f"附件　{annex}", 1, anchor(len(laid)), pages[len(laid)]))
    return "".join(out)


def _line(text: str, level: int, name: str, page: int) -> str:
    shown = run(text) + "<w:r><w:tab/></w:r>" + field(f"PAGEREF {name} \\h", shown=str(page))
    return paragraph(link(shown, name, text), f"TOC{level}")


def _pages(laid: Sequence[Laid], drawn: Mapping[str, Figure], title_lines: int) -> dict[int, int]:
    """Place to page: blocks fill pages of 22 lines, those that do not break move on whole."""
    at_line = title_lines * 1.25 + 1
    page = 1
    found = {}
    for at, item in enumerate(laid):
        lines = _lines(item, drawn)
        breaks = isinstance(item, Prose) or (isinstance(item, LaidTable) and len(item.rows) > TOGETHER)
        whole = not breaks and lines < _PAGE * 0.75
        needed = lines + 1 if isinstance(item, Heading) else lines if whole else 1.0
        if at_line + needed > _PAGE + 0.01:
            page, at_line = page + 1, 0.0
        if isinstance(item, Heading):
            found[at] = page
        at_line += lines
        while at_line > _PAGE:
            page, at_line = page + 1, at_line - _PAGE
    found[len(laid)] = page + (2 if at_line + 4 > _PAGE else 1)
    return found


def _lines(item: Laid, drawn: Mapping[str, Figure]) -> float:
    if isinstance(item, LaidTable):
        return (len(item.rows) * 20.5 + 24 + 42 + (24 if item.table.notes else 8)) / _LINE_POINTS
    if isinstance(item, LaidChart):
        return (5.95 * 72 * drawn[item.chart.id].ratio + 50) / _LINE_POINTS
    return max(ceil((wide(item.text) + 2) / _CHARACTERS), 1)


def marked(text: str, style: str, at: int) -> str:
    """A heading that the contents refer to."""
    name = anchor(at)
    ident = 50_000 + at
    inner = f'<w:bookmarkStart w:id="{ident}" w:name="{name}"/>{run(text)}<w:bookmarkEnd w:id="{ident}"/>'
    return paragraph(inner, style) if text else words(text, style)
