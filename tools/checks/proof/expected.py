"""Everything that a report prints, in order, without white space: the measure of every file made from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from core.domain.report import Chart
from core.domain.tokens import UnknownToken
from tools.charts.plot import Plot, plot_of
from tools.checks.context import Context
from tools.documents.appendix import Part, parts
from tools.documents.exhibits import header, note_line, unit_line
from tools.documents.layout import Heading, LaidChart, LaidTable, Prose

_SPACE = re.compile(r"[\s\u200b\u2060\ufeff]+")
_SENTENCE = re.compile(r"[。；\n]")
_MARKS = "，、：；。"


@lru_cache(maxsize=1 << 15)
def squeeze(text: str) -> str:
    """A text without white space: line breaks and indents differ between formats, words do not."""
    return _SPACE.sub("", text)


@dataclass(frozen=True)
class Piece:
    """One line of the report as printed. `kind` is heading, prose, caption, unit, note, source or annex."""

    kind: str
    text: str
    section: str

    @property
    def bare(self) -> str:
        return squeeze(self.text)


@dataclass(frozen=True)
class Sheet:
    """One table as printed: caption with its number, header row, rows, and the lines above and below."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    unit: str
    note: str


@dataclass(frozen=True)
class Expected:
    """The printed report."""

    context: Context

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(piece for item in self.order for piece in ([item] if isinstance(item, Piece) else _around(item)))

    @cached_property
    def order(self) -> tuple[Piece | Sheet, ...]:
        """Lines and tables as they follow each other."""
        return tuple(self._order())

    def _order(self) -> Iterator[Piece | Sheet]:
        for item in self.context.laid or []:
            match item:
                case Heading(text=text, section=section):
                    yield Piece("heading", text, section)
                case Prose(text=text, section=section):
                    yield Piece("prose", text, section)
                case LaidTable(name=name, table=table, rows=rows):
                    unit = unit_line(table)
                    heads = tuple(header(column, bool(unit)) for column in table.columns)
                    yield Sheet(f"{name}　{table.caption}", heads, rows, unit, note_line(table))
                case LaidChart(name=name, chart=chart, section=section):
                    yield Piece("caption", f"{name}　{chart.caption}", section)
                    if chart.source:
                        yield Piece("source", chart.source, section)

    @cached_property
    def annex(self) -> tuple[Part, ...]:
        """The parts of the annex, in order."""
        return tuple(parts(self.context.content))

    @cached_property
    def remarks(self) -> tuple[Piece, ...]:
        """The lines of the annex outside its tables."""
        texts = (text for part in self.annex for text in (part.heading, part.note, *part.remarks) if text)
        return tuple(Piece("annex", text, "") for text in texts)

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """Tables by caption, with and without their number."""
        found: dict[str, Sheet] = {}
        for item in self.order:
            if isinstance(item, Sheet):
                found[squeeze(item.caption)] = item
        return found

    @cached_property
    def plots(self) -> tuple[tuple[str, Chart, Plot], ...]:
        """Printed name, description and numbers of every chart."""
        out = []
        for item in self.context.laid or []:
            if isinstance(item, LaidChart):
                try:
                    out.append((item.name, item.chart, plot_of(item.chart, self.context.facts)))
                except UnknownToken:
                    continue
        return tuple(out)

    @cached_property
    def sentences(self) -> frozenset[str]:
        """Every printed sentence without its full stop, and what is left of it when it ends before a comma."""
        whole = {squeeze(part) for piece in self.pieces for part in _SENTENCE.split(piece.text) if part.strip()}
        whole |= {re.sub(r"^\d+\.", "", text) for text in whole}
        whole |= {_without_asides(text) for text in whole}
        cut = {text[:at] for text in whole for at, mark in enumerate(text) if mark in _MARKS and at > 3}
        return frozenset(whole | cut | {piece.bare for piece in self.pieces} | self.titles)

    @cached_property
    def titles(self) -> frozenset[str]:
        """Texts that stand anywhere: title, unit, period, names of the exhibits."""
        content = self.context.content
        return frozenset(map(squeeze, (content.title, content.org_name, content.period.label)))


def _around(sheet: Sheet) -> Iterator[Piece]:
    for kind, text in (("caption", sheet.caption), ("unit", sheet.unit), ("note", sheet.note)):
        if text:
            yield Piece(kind, text, "")


def _without_asides(text: str) -> str:
    """Without a bracket that only points to an exhibit; a format may leave it out."""
    return re.sub(r"（(?:[^（]*见)?[表图]\d+[^（]*）", "", text)
