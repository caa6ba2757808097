"""Numbers that the exporter adds: headings 一、（一）, items 1., tables 表1 and figures 图1, and references to them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.domain.report import Chart, Paragraph, ReportContent, Table
from core.domain.tokens import UnknownToken

REFERENCE = re.compile(r"\[\[ref:([\w.-]+)\]\]")
_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 to 99 as 一 … 九十九."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def heading_number(level: int, number: int) -> str:
    return f"{chinese(number)}、" if level == 1 else f"（{chinese(number)}）"


def exhibit_names(content: ReportContent) -> dict[str, str]:
    """`表1`, `图1` … by the id of each table and chart, in reading order. Raises UnknownToken for a repeated id."""
    names: dict[str, str] = {}
    tables = charts = 0
    for section in content.sections:
        for block in section.blocks:
            if not isinstance(block, Table | Chart):
                continue
            if block.id in names:
                raise UnknownToken(f"表或图的编号「{block.id}」重复")
            if isinstance(block, Table):
                tables += 1
                names[block.id] = f"表{tables}"
            else:
                charts += 1
                names[block.id] = f"图{charts}"
    return names


def referenced(content: ReportContent) -> set[str]:
    """Ids of tables and charts that some paragraph refers to."""
    return {
        found
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Paragraph)
        for found in REFERENCE.findall(block.text)
    }


def with_references(text: str, names: Mapping[str, str]) -> str:
    """Print `[[ref:id]]` as its number; raises UnknownToken for a table or chart that does not exist."""

    def name(match: re.Match[str]) -> str:
        if match[1] not in names:
            raise UnknownToken(f"正文引用了不存在的表或图「{match[1]}」")
        return names[match[1]]

    return REFERENCE.sub(name, text)
