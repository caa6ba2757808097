"""A report as the list of things that are printed, in order: the same for every format and for the checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.domain.report import Block, Chart, Listing, Paragraph, ReportContent, Section, Table
from core.domain.tokens import Span, render
from tools.documents.numbering import exhibit_names, heading_number, referenced, with_references

Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    section: str


@dataclass(frozen=True)
class Prose:
    """A paragraph or a numbered item, whose number is its first span."""

    spans: Spans
    section: str

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class LaidTable:
    name: str
    table: Table
    rows: tuple[tuple[str, ...], ...]
    section: str


@dataclass(frozen=True)
class LaidChart:
    name: str
    chart: Chart
    section: str


Laid = Heading | Prose | LaidTable | LaidChart


def lay_out(content: ReportContent, labels: Mapping[str, str]) -> list[Laid]:
    """Number, refer and print every block. Raises UnknownToken for a token or reference that leads nowhere."""
    facts = content.fact_map()
    names = exhibit_names(content)
    known = referenced(content)
    out: list[Laid] = []
    first = second = 0
    for section in content.sections:
        if section.level == 1:
            first, second = first + 1, 0
            number = heading_number(1, first)
        else:
            second += 1
            number = heading_number(2, second)
        heading = "".join(span.text for span in render(section.heading, facts, labels))
        out.append(Heading(section.level, number + heading, section.id))
        for block in _announced(section, names, known):
            match block:
                case Paragraph(text=text):
                    out.append(Prose(tuple(render(with_references(text, names), facts, labels)), section.id))
                case Listing(items=items):
                    for at, item in enumerate(items, 1):
                        spans = render(with_references(item, names), facts, labels)
                        out.append(Prose((Span(f"{at}."), *spans), section.id))
                case Table():
                    rows = tuple(
                        tuple("".join(span.text for span in render(cell, facts, labels)) for cell in row)
                        for row in block.rows
                    )
                    out.append(LaidTable(names[block.id], block, rows, section.id))
                case Chart():
                    out.append(LaidChart(names[block.id], block, section.id))
        if not section.blocks and section.thin:
            out.append(Prose(tuple(render(section.thin, facts, labels)), section.id))
    return out


def noted_spans(spans: Spans) -> Iterator[tuple[Span, bool]]:
    """Each span, and whether its fact's number follows it: once after the last figure of a fact in a clause."""
    for at, span in enumerate(spans):
        yield span, span.figure and not _continues(spans, at)


def _continues(spans: Spans, at: int) -> bool:
    """Whether the same fact prints again before another fact or the end of the sentence."""
    for span in spans[at + 1 :]:
        if span.figure:
            return span.fact == spans[at].fact
        if any(mark in span.text for mark in "。；"):
            return False
    return False


def _announced(section: Section, names: Mapping[str, str], known: set[str]) -> list[Block]:
    """The section's blocks, with a sentence before each run of tables and charts that no text refers to."""
    out: list[Block] = []
    waiting: list[str] = []
    run: list[Block] = []
    for block in (*section.blocks, None):
        if isinstance(block, Table | Chart):
            run.append(block)
            if block.id not in known:
                waiting.append(names[block.id])
            continue
        if run:
            if waiting:
                _announce(out, f"见{'、'.join(waiting)}")
            out += run
            run, waiting = [], []
        if block is not None:
            out.append(block)
    return out


def _announce(out: list[Block], words: str) -> None:
    """Append the reference to the paragraph before, or write a sentence of its own."""
    before = out[-1] if out else None
    if isinstance(before, Paragraph) and before.text.endswith("。"):
        out[-1] = Paragraph(text=f"{before.text[:-1]}（{words}）。")
    else:
        out.append(Paragraph(text=f"有关情况{words}。"))
