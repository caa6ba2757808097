"""Page numbers as GB/T 9704 prints them, put into every footer; what else stands there stays."""

from __future__ import annotations

from typing import Any

from knowledge.standards import PageRules
from tools.checks.mending.looks import block, letter
from tools.checks.readers.word_page import paged
from tools.checks.readers.word_text import W, text_of


def renumber(document: Any, rules: PageRules) -> None:
    """Odd and even footers with — PAGE — at the outer edge in every section that has or needs one."""
    document.settings.odd_and_even_pages_header_footer = True
    sections = list(document.sections)
    counted = [section for section in sections if _counts(section)]
    first = counted[0] if counted else sections[min(1, len(sections) - 1)]
    for section in counted or [first]:
        odd, even = section.footer, section.even_page_footer
        odd.is_linked_to_previous = False
        fresh = even.is_linked_to_previous
        even.is_linked_to_previous = False
        if fresh:
            _copy(odd, even)
        for footer, side in ((odd, "right"), (even, "left")):
            _number(footer._element, side, rules)


def _counts(section: Any) -> bool:
    footers = (section.footer, section.even_page_footer)
    return any(
        not item.is_linked_to_previous and any(paged(p) for p in item._element.iter(f"{W}p")) for item in footers
    )


def _copy(source: Any, target: Any) -> None:
    from copy import deepcopy

    for item in list(target._element):
        target._element.remove(item)
    for item in source._element:
        target._element.append(deepcopy(item))


def _number(root: Any, side: str, rules: PageRules) -> None:
    """Rewrite the paragraph with the field, or a typed number, or put a new one above all others."""
    found = [item for item in root.iter(f"{W}p") if paged(item)]
    typed = [item for item in root.iter(f"{W}p") if _typed(text_of(item))]
    holder = (found or typed or [None])[0]
    if holder is None:
        empty = next((item for item in root.iterchildren(f"{W}p") if not text_of(item).strip()), None)
        holder = empty if empty is not None else root.makeelement(f"{W}p", {})
        if empty is None:
            root.insert(0, holder)
    for item in list(holder):
        if item.tag != f"{W}pPr":
            holder.remove(item)
    for piece in ("— ", None, " —"):
        for run in _runs(holder, piece):
            letter(run, east=rules.page_number_fonts[0], latin=rules.page_number_fonts[0], size=rules.page_number_size)
    block(holder, align=side, indent=0)
    ind = holder.find(f"{W}pPr/{W}ind")
    for name in ("left", "right"):
        ind.attrib.pop(f"{W}{name}Chars", None)
        ind.attrib.pop(f"{W}{name}", None)
    ind.set(f"{W}{side}Chars", "100")
    ind.set(f"{W}{side}", str(rules.page_number_size * 10))


def _typed(text: str) -> bool:
    bare = text.strip().strip("—－-–第页 ")
    return bare.isdigit() and len(bare) <= 4


def _runs(holder: Any, piece: str | None) -> list[Any]:
    """One run of text, or the five of a page field."""
    made = []
    kinds = ("begin", "code", "separate", "shown", "end") if piece is None else ("text",)
    for kind in kinds:
        run = holder.makeelement(f"{W}r", {})
        holder.append(run)
        if kind == "code":
            node = run.makeelement(f"{W}instrText", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            node.text = " PAGE "
        elif kind in {"text", "shown"}:
            node = run.makeelement(f"{W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
            node.text = piece if kind == "text" else "1"
        else:
            node = run.makeelement(f"{W}fldChar", {f"{W}fldCharType": kind})
        run.append(node)
        made.append(run)
    return made


def label_footers(document: Any, text: str) -> None:
    """Add the label of generated content below every footer."""
    for section in document.sections:
        footers = [section.footer]
        if document.settings.odd_and_even_pages_header_footer:
            footers.append(section.even_page_footer)
        for footer in footers:
            if footer.is_linked_to_previous and section is not document.sections[0]:
                continue
            if any(text in text_of(item) for item in footer._element.iter(f"{W}p")):
                continue
            paragraph = footer.add_paragraph(text)
            block(paragraph._p, align="center", indent=0)
            for run in paragraph.runs:
                letter(run._r, size=18)
