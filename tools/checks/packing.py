"""Which rule pack a file is held to when nobody says: its own word, its report's template, else what it looks like."""

from __future__ import annotations

import re

from core.domain.report import ReportContent
from knowledge.standards.packs import RulePack, pack_for_shell, pack_of, packs
from tools.checks.reading import Pages
from tools.documents.standard import pack_of_report

PROPERTY = "Standard"
"""The custom property in which our files name their pack."""
_NUMBER = re.compile(r"[一-鿿]{2,12}\s*[〔\[【(（]\s*\d{2,4}\s*[〕\]】)）]\s*第?\s*\d+\s*号\s*$")


def pack_for(pages: Pages, content: ReportContent | None = None) -> RulePack:
    """The pack that the file names, else that of its report's template, else that of an official paper for a file with
    a 发文字号 of its own, else the house's."""
    own = pages.properties.get(PROPERTY, "")
    if own in packs():
        return packs()[own]
    if content is not None:
        return pack_of_report(content)
    top = [line.text.strip() for line in pages.lines[:12]]
    if any(_NUMBER.fullmatch(text) or text.endswith("号待编）") for text in top):
        return pack_for_shell("official")
    return pack_of()
