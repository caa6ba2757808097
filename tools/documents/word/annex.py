"""The annex 《数据来源与口径》 on landscape pages: one row per fact, calibers once, sources and remarks."""

from __future__ import annotations

from core.domain.fact import STATUS_LABELS
from core.domain.report import ReportContent
from tools.documents.appendix import HEADERS, TITLE, calibers, fact_rows, moment, notes
from tools.documents.word.markup import words
from tools.documents.word.tables import grid, widths

_WIDTH = 14230
"""Twips between the margins of a landscape page."""
_SHARES = (0.5, 1.65, 1.9, 1.0, 1.4, 1.1, 1.1, 1.15, 1.85, 1.3, 0.85)
_ALIGNS = ("center", "left", "left", "left", "right", "right", "right", "center", "left", "center", "left")
_FINE = ("Fine", "FineHead")


def annex_xml(content: ReportContent) -> str:
    """Mark, title and the numbered parts; a part without entries is left out."""
    rows = fact_rows(content)
    parts = [
        words("附件", "AnnexMark"),
        words(TITLE, "Title"),
        words("一、数据事实", "AnnexMark", "<w:keepNext/>"),
        grid(
            HEADERS,
            [row.cells for row in rows],
            widths(_SHARES, _WIDTH),
            _ALIGNS,
            _FINE,
            anchors=[f"fact_{row.fact}" for row in rows],
        ),
        words("注：编号与正文数字右上角的编号对应；数值按正文同一规则四舍五入，未作任何手工调整。", "Note"),
    ]
    number = 1
    definitions = [(item.name, item.version or "—", item.text) for item in calibers(content)]
    if definitions:
        number += 1
        parts.append(words(f"{'一二三四'[number - 1]}、指标口径", "AnnexMark", "<w:keepNext/>"))
        shares = widths((1.6, 0.8, 7), _WIDTH)
        parts.append(grid(("指标", "口径版本", "口径"), definitions, shares, ("left", "center", "left"), _FINE))
    if content.sources:
        number += 1
        parts.append(words(f"{'一二三四'[number - 1]}、数据源取数情况", "AnnexMark", "<w:keepNext/>"))
        states = [
            (item.label, STATUS_LABELS[item.status], moment(item.as_of), item.detail or "—") for item in content.sources
        ]
        shares = widths((1.6, 1, 1.4, 5.4), _WIDTH)
        parts.append(
            grid(("数据源", "状态", "数据截至", "说明"), states, shares, ("left", "center", "center", "left"), _FINE)
        )
    parts.append(words(f"{'一二三四'[number]}、编制说明", "AnnexMark", "<w:keepNext/>"))
    parts += [words(f"{at}.{text.rstrip('。')}。", "AnnexText") for at, text in enumerate(notes(content), 1)]
    return "".join(parts)
