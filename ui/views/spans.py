"""Text with fact tokens as blocks of spans: the shape in which the chat elements draw it, figures clickable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.domain.fact import Fact
from core.domain.tokens import TEXT_FIELDS, TOKEN, UnknownToken, render

Spans = list[dict[str, Any]]
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_TOKENS = re.compile(r"(\{\{[^{}]*\}\})")
_BULLET = re.compile(r"^\s*[-*•]\s+(.*)$")
_NUMBER = re.compile(r"^\s*\d+[.、)]\s*(.*)$")
_HEADING = re.compile(r"^(#{1,4})\s+(.*)$")
_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")


def spans(text: str, facts: Mapping[str, Fact], labels: Mapping[str, str] | None = None) -> Spans:
    """`[{t: text, f?: fact id, b?: bold}]`; an unresolved token stays visible as an error."""
    out: Spans = []
    for at, piece in enumerate(_BOLD.split(text)):
        if not piece:
            continue
        try:
            parts = _parts(piece, facts, labels or {})
        except UnknownToken as error:
            out.append({"t": f"［{error}］", "e": True})
            continue
        for shown, fact in parts:
            out.append({"t": shown, **({"f": fact} if fact else {}), **({"b": True} if at % 2 else {})})
    return out


def _parts(text: str, facts: Mapping[str, Fact], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """(text, fact id where a number is printed); a fact's words, such as its unit's name, run into the sentence."""
    out: list[tuple[str, str]] = []
    for piece in _TOKENS.split(text):
        token = TOKEN.fullmatch(piece)
        words = token is not None and token.group(2) in TEXT_FIELDS
        for span in render(piece, facts, labels):
            fact = "" if words else span.fact
            if out and not fact and not out[-1][1]:
                out[-1] = (out[-1][0] + span.text, "")
            else:
                out.append((span.text, fact))
    return out


def blocks(text: str, facts: Mapping[str, Fact], labels: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Paragraphs, headings, lists and pipe tables of an answer's text, in order."""
    out: list[dict[str, Any]] = []
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at].rstrip()
        if "|" in line and at + 1 < len(lines) and "-" in lines[at + 1] and _RULE.match(lines[at + 1]):
            end = at + 2
            while end < len(lines) and "|" in lines[end]:
                end += 1
            out.append(_table([lines[at], *lines[at + 2 : end]], facts, labels))
            at = end
            continue
        at += 1
        if not line.strip():
            continue
        if heading := _HEADING.match(line):
            out.append({"kind": "heading", "level": len(heading[1]), "spans": spans(heading[2], facts, labels)})
            continue
        bullet, number = _BULLET.match(line), _NUMBER.match(line)
        item = bullet or number
        if item is None:
            out.append({"kind": "paragraph", "spans": spans(line, facts, labels)})
            continue
        kind = "bullets" if bullet else "numbers"
        if not out or out[-1]["kind"] != kind:
            out.append({"kind": kind, "items": []})
        out[-1]["items"].append(spans(item[1], facts, labels))
    return out


def _table(lines: list[str], facts: Mapping[str, Fact], labels: Mapping[str, str] | None) -> dict[str, Any]:
    rows = [[spans(cell.strip(), facts, labels) for cell in line.strip().strip("|").split("|")] for line in lines]
    head = ["".join(span["t"] for span in cell) for cell in rows[0]]
    width = range(len(head))
    figures = [any("f" in span for row in rows[1:] if at < len(row) for span in row[at]) for at in width]
    columns = [{"header": name, "align": "right" if figures[at] else "left"} for at, name in enumerate(head)]
    return {"kind": "table", "caption": "", "columns": columns, "rows": rows[1:], "notes": [], "total": False}
