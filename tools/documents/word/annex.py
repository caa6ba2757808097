"""The annex 《数据来源与口径》 on landscape pages: one row per fact, calibers once, sources and remarks."""

from __future__ import annotations

from core.domain.report import ReportContent
from tools.documents.appendix import TITLE, parts
from tools.documents.word.contents import marked
from tools.documents.word.markup import words
from tools.documents.word.tables import grid, widths

_WIDTH = 14230
"""Twips between the margins of a landscape page."""
_FINE = ("Fine", "FineHead")


def annex_xml(content: ReportContent, at: int) -> str:
    """Mark, title and the numbered parts; `at` is its place in the contents."""
    out = [words("附件", "AnnexMark"), marked(TITLE, "Title", at)]
    for part in parts(content):
        out.append(words(part.heading, "AnnexMark", "<w:keepNext/>"))
        if part.rows:
            anchors = [f"fact_{fact}" for fact in part.facts]
            shares = widths(part.heads, part.rows, part.shares, part.aligns, _WIDTH, _FINE)
            out.append(grid(part.heads, part.rows, shares, part.aligns, _FINE, anchors=anchors))
        if part.note:
            out.append(words(part.note, "Note"))
        out += [words(text, "AnnexText") for text in part.remarks]
    return "".join(out)
