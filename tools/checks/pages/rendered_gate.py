"""成文数字门: a file made from a report says what the report prints, number by number and claim by claim."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.numerals import find
from tools.checks.proof.document import lines, tables
from tools.checks.proof.drawings import drawings
from tools.checks.proof.expected import squeeze
from tools.checks.proof.slides import slides
from tools.checks.proof.stream import running_text
from tools.checks.reading import Pages

EVERY = frozenset({"docx", "pdf", "pptx"})
_PAGE = re.compile(r"—\s*\d*\s*—|‹#›")


def _gate(pages: Pages, context: Context | None) -> Iterator[Hit]:
    if context is None:
        return
    expected = context.expected
    if pages.format == "docx":
        yield from lines(pages, expected)
        yield from tables(pages, expected)
    elif pages.format == "pdf":
        yield from running_text(pages, expected)
    else:
        yield from slides(pages, expected)
    yield from drawings(pages, expected)
    yield from _furniture(pages, context)


def _furniture(pages: Pages, context: Context) -> Iterator[Hit]:
    """Headers and footers hold the title, a page number and the label of generated content."""
    allowed = context.phrases | context.dates | {context.content.title}
    for text in dict.fromkeys((*pages.headers, *pages.footers)):
        text = _PAGE.sub("", squeeze(text))
        for name in sorted(filter(None, map(squeeze, allowed)), key=len, reverse=True):
            text = text.replace(name, "\ue001")
        for number in find(text):
            yield Hit("页眉页脚", f"「{number}」不是本报告的数字", "删去这个数字。")


CHECK = PageCheck("rendered_gate", "成文数字均出自本报告的数据事实", _gate, formats=EVERY)
