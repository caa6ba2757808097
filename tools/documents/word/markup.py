"""Runs and paragraphs as WordprocessingML text."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def safe(text: str) -> str:
    """Escaped for element content and attributes, without characters that XML forbids."""
    return escape(_FORBIDDEN.sub("", text), {'"': "&quot;"})


def run(text: str, props: str = "") -> str:
    """One run; `props` is the inner text of `w:rPr`; line breaks become `w:br`."""
    lines = text.split("\n")
    body = "<w:br/>".join(f'<w:t xml:space="preserve">{safe(line)}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{props}</w:rPr>' if props else ''}{body}</w:r>"


def paragraph(content: str, style: str = "", props: str = "") -> str:
    """One paragraph of ready runs; `props` follows the style in schema order."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = f"<w:pPr>{named}{props}</w:pPr>" if named or props else ""
    return f"<w:p>{inner}{content}</w:p>"


def words(text: str, style: str = "", props: str = "") -> str:
    """A paragraph of one plain run."""
    return paragraph(run(text) if text else "", style, props)


def link(content: str, anchor: str, tip: str) -> str:
    """Runs that jump to a bookmark; `tip` shows when the pointer rests on them."""
    return f'<w:hyperlink w:anchor="{safe(anchor)}" w:tooltip="{safe(tip[:240])}" w:history="0">{content}</w:hyperlink>'


def field(code: str, props: str = "", shown: str = "1") -> str:
    """A field such as PAGE; `shown` is its result until the program computes it."""
    shell = f"<w:rPr>{props}</w:rPr>" if props else ""
    return (
        f'<w:r>{shell}<w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r>{shell}<w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r>{shell}<w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r>{shell}<w:t>{safe(shown)}</w:t></w:r>"
        f'<w:r>{shell}<w:fldChar w:fldCharType="end"/></w:r>'
    )
