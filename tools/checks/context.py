"""What the rules look at: every text of a report with its place, its kind, and how it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from core.domain.fact import Fact
from core.domain.labels import report_labels
from core.domain.org import Org
from core.domain.period import Period
from core.domain.report import Block, Chart, Listing, Paragraph, ReportContent, Table
from core.domain.tokens import Span, UnknownToken, render
from tools.checks.lexicon import Lexicon, lexicon_of, org_names, spellings
from tools.checks.sentences import Sentence, sentences
from tools.documents.layout import Laid, lay_out
from tools.documents.numbering import REFERENCE, exhibit_names, with_references

if TYPE_CHECKING:
    from tools.checks.proof.expected import Expected

Kind = Literal["prose", "title", "cell", "header", "caption", "category", "advice"]


@dataclass(frozen=True)
class Text:
    """One text as written, tokens and all. `before` and `after` count the items of the list, or the rows of the table,
    that stand directly before and after a paragraph."""

    place: str
    source: str
    kind: Kind
    section: str = ""
    facts: tuple[str, ...] = ()
    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Context:
    """One report under examination."""

    content: ReportContent
    labels: Mapping[str, str]

    @cached_property
    def facts(self) -> dict[str, Fact]:
        return self.content.fact_map()

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        return tuple(_texts(self.content))

    @cached_property
    def names(self) -> dict[str, str]:
        """Printed names of tables and figures; empty when their ids are not distinct (another rule says so)."""
        try:
            return exhibit_names(self.content)
        except UnknownToken:
            return {}

    @cached_property
    def laid(self) -> list[Laid] | None:
        """The printed report, or None while a token leads nowhere (the numeral gate says where)."""
        try:
            return lay_out(self.content, self.labels)
        except UnknownToken:
            return None

    @cached_property
    def phrases(self) -> frozenset[str]:
        """Names that hold digits although they are no figures: units, members, indicators of the report's facts."""
        found = {self.content.org_name, Org(code="0", name=self.content.org_name).short}
        for fact in self.content.facts:
            found |= {fact.name, fact.org_name}
            if fact.by and fact.by.dim not in {"month", "day"}:
                found.add(fact.by.label)
        return frozenset(name for name in found if re.search(r"[^\d\s.,%-]", name))

    @cached_property
    def dates(self) -> frozenset[str]:
        """Printed periods and label texts; allowed in titles, captions and label cells, never in prose."""
        return frozenset({fact.period.label for fact in self.content.facts} | set(self.labels.values()))

    @cached_property
    def titled(self) -> frozenset[str]:
        """What a title or a caption may print: names and periods."""
        return self.phrases | self.dates

    @cached_property
    def expected(self) -> Expected:
        """The printed report, the measure of its files."""
        from tools.checks.proof.expected import Expected

        return Expected(self)

    @cached_property
    def lexicon(self) -> Lexicon:
        return lexicon_of(self.content.facts, self.content.org_name)

    @cached_property
    def own_unit(self) -> str:
        """The shortest name of the report's unit."""
        return min(spellings(self.content.org_name), key=len, default="")

    @cached_property
    def claims(self) -> tuple[tuple[Text, list[Sentence]], ...]:
        """Every text that a reader reads as a statement, cut into sentences."""
        said = [text for text in self.texts if text.kind in {"prose", "title", "caption", "header"}]
        return tuple((text, sentences(text.source, self)) for text in said)

    @cached_property
    def advice(self) -> frozenset[str]:
        """What the findings advise; a listing of measures prints it again, and it speaks of the future."""
        return frozenset(finding.suggestion for finding in self.content.findings if finding.suggestion)

    @cached_property
    def found(self) -> str:
        """What the analyses said; their comparisons with a threshold have their evidence in the finding."""
        return "\n".join(f"{finding.title}：{finding.text}" for finding in self.content.findings)

    @cached_property
    def _by_member(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for fact in self.content.facts:
            if fact.by is not None:
                found.setdefault(fact.by.label, []).append(fact)
        return found

    def of_member(self, label: str) -> list[Fact]:
        """Facts that are restricted to the member of this name; none for a name that is no member."""
        return self._by_member.get(label, [])

    def current(self, name: str, unit: str) -> list[Fact]:
        """Facts of one indicator for one unit (its shortest name) and the report's own period."""
        return [
            fact
            for fact in self._by_name.get(name, ())
            if fact.period.end == self.content.period.end
            and (fact.by is None or fact.by.dim == "org")
            and min(org_names(fact), key=len, default="") == unit
        ]

    @cached_property
    def _by_name(self) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for fact in self.content.facts:
            found.setdefault(fact.name, []).append(fact)
        return found

    @cached_property
    def _by_peers(self) -> dict[tuple[str, str, str, Period, str], list[Fact]]:
        found: dict[tuple[str, str, str, Period, str], list[Fact]] = {}
        for fact in self.content.facts:
            if fact.by is not None:
                found.setdefault(_peerage(fact), []).append(fact)
        return found

    def peers(self, fact: Fact) -> list[Fact]:
        """The facts that a fact can be ranked among: the same indicator of the other members, itself included."""
        if fact.by is None:
            alike = {item.org: item for item in self._by_name[fact.name] if item.by is None and item.has_value}
            return [
                item
                for org, item in (alike | {fact.org: fact}).items()
                if (item.indicator, item.period, len(org)) == (fact.indicator, fact.period, len(fact.org))
            ]
        return [item for item in self._by_peers[_peerage(fact)] if item.has_value]

    def spans(self, text: Text) -> list[Span]:
        """The text as printed; raises UnknownToken."""
        return render(with_references(text.source, self.names), self.facts, self.labels)

    def printed(self, text: Text) -> str:
        """The text as printed; "" while a token leads nowhere."""
        try:
            return "".join(span.text for span in self.spans(text))
        except UnknownToken:
            return ""


def _peerage(fact: Fact) -> tuple[str, str, str, Period, str]:
    assert fact.by is not None
    timed = fact.by.dim in {"month", "day"}
    any_time = Period(start=date.min, end=date.max, grain="range")
    org = "" if fact.by.dim == "org" else fact.org
    return fact.indicator, fact.name, fact.by.dim, any_time if timed else fact.period, org


def context_of(content: ReportContent, labels: Mapping[str, str] | None = None) -> Context:
    """`labels` default to those that follow from the unit and the period."""
    return Context(content, report_labels(content.org_name, content.period) | dict(labels or {}))


def without_references(text: str) -> str:
    return REFERENCE.sub("表", text)


def _texts(content: ReportContent) -> Iterator[Text]:
    yield Text("报告标题", content.title, "title")
    for section in content.sections:
        place = f"「{section.heading}」"
        yield Text(f"{place}标题", section.heading, "prose", section.id)
        if section.thin:
            yield Text(f"{place}从略说明", section.thin, "prose", section.id)
        paragraphs = 0
        sizes = [0, *map(listed_count, section.blocks), 0]
        for number, block in enumerate(section.blocks, 1):
            match block:
                case Paragraph(text=text):
                    paragraphs += 1
                    where = f"{place}第{paragraphs}段"
                    yield Text(where, text, "prose", section.id, (), sizes[number - 1], sizes[number + 1])
                case Listing(items=items):
                    for at, item in enumerate(items, 1):
                        yield Text(f"{place}第{at}条", item, "prose", section.id)
                case Table():
                    yield from _table(block, section.id)
                case Chart():
                    yield from _chart(block, section.id)
    for finding in content.findings:
        place = f"发现「{finding.title}」"
        yield Text(place, finding.title, "prose")
        yield Text(place, finding.text, "prose")
        if finding.suggestion:
            yield Text(f"{place}的建议", finding.suggestion, "advice")


def listed_count(block: Block) -> int:
    """How many things a block lists; a total is none of them."""
    match block:
        case Listing(items=items):
            return len(items)
        case Table(rows=rows, total=total):
            return len(rows) - total
    return 0


def _table(table: Table, section: str) -> Iterator[Text]:
    place = f"表「{table.caption}」"
    yield Text(f"{place}表题", table.caption, "caption", section)
    for note in (table.unit_note, *table.notes):
        if note:
            yield Text(f"{place}注", note, "header", section)
    for column in table.columns:
        yield Text(f"{place}表头", f"{column.header}{column.unit}", "header", section)
    for at, row in enumerate(table.rows, 1):
        ids = tuple(dict.fromkeys(name for cell in row for name in re.findall(r"\{\{\s*(F\d+)", cell)))
        for column, cell in zip(table.columns, row, strict=False):
            if column.header == "序号" and cell == str(at):
                continue
            yield Text(f"{place}第{at}行「{column.header}」", cell, "cell", section, ids)


def _chart(chart: Chart, section: str) -> Iterator[Text]:
    place = f"图「{chart.caption}」"
    for text in (chart.caption, chart.alt, chart.source, *(series.name for series in chart.series)):
        if text:
            yield Text(f"{place}文字", text, "caption", section)
    for at, category in enumerate(chart.categories):
        points = [series.points[at] for series in chart.series if at < len(series.points)]
        ids = tuple(point.fact for point in points if point)
        yield Text(f"{place}类别", category, "category", section, ids)
