"""The archive (归档): a published report becomes searchable memory, and next month's draft finds its predecessor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from core.domain.fact import Fact
from core.domain.labels import report_labels
from core.domain.org import Org
from core.domain.report import Block, Chart, Listing, Paragraph, ReportContent, Section, Table
from core.domain.tokens import plain
from knowledge.search.document import Doc

if TYPE_CHECKING:
    from core.domain.actor import Actor
    from core.domain.period import Period
    from knowledge.search.index import Index
    from knowledge.template_grammar import Template

_PIECE = 600
_REFERENCE = re.compile(r"\[\[ref:([\w.-]+)\]\]")


class PriorReport(BaseModel):
    """The latest earlier published report of the same template and unit: the baseline of the next one.

    `sections` are its headings with their rendered text, in order.
    """

    model_config = ConfigDict(frozen=True)

    report_id: str
    title: str
    version: str
    hash: str
    period: str
    decided_by: str
    published_at: datetime
    sections: tuple[tuple[str, str], ...] = ()


def archive(
    content: ReportContent,
    report_id: str,
    version: int,
    hash: str,
    decided_by: str,
    published_at: datetime,
    index: Index,
    template: Template | None = None,
) -> list[str]:
    """File one published version and return the ids of its documents; filing it again changes nothing.

    `template` tells which questions its sections answer: people find them by these. The report is a baseline and can
    be searched for from now on; its vectors are owed (`Index.embed`).

    A later version of the same report replaces the earlier one, never the reverse. Every document carries the unit of
    the report as its access label. Raises UnknownToken when a text names a fact that the report does not have.
    """
    mine = _documents_of(index, report_id)
    if any(int(doc.facts["version"]) > version for doc in mine):
        return [doc.id for doc in mine]
    docs = list(_documents(content, report_id, version, hash, decided_by, published_at, template))
    ids = [doc.id for doc in docs]
    index.file(docs)
    index.delete([doc.id for doc in mine if doc.id not in ids])
    return ids


def prior(index: Index, actor: Actor, template: str, org: str, before: Period) -> PriorReport | None:
    """The published report of the same template, unit and grain that ended last before `before` began, or None.

    Found by metadata, not by likeness. A report outside the actor's scope does not exist here.
    """

    def earlier(doc: Doc) -> bool:
        return (
            doc.kind == "report"
            and doc.facts.get("part") == 0
            and doc.template == template
            and doc.org == org
            and doc.facts["grain"] == before.grain
            and date.fromisoformat(str(doc.facts["period_end"])) < before.start
        )

    found = index.select(earlier, actor=actor)
    if not found:
        return None
    last = max(found, key=lambda doc: (str(doc.facts["period_end"]), str(doc.facts["published_at"]), doc.id))
    report_id = str(last.facts["report"])
    parts = sorted(_documents_of(index, report_id), key=lambda doc: int(doc.facts["part"]))
    return PriorReport(
        report_id=report_id,
        title=str(last.facts["report_title"]),
        version=last.version,
        hash=last.hash,
        period=last.period,
        decided_by=str(last.facts["decided_by"]),
        published_at=datetime.fromisoformat(str(last.facts["published_at"])),
        sections=tuple((str(doc.facts["heading"]), doc.text) for doc in parts if doc.facts["part"]),
    )


def _documents_of(index: Index, report_id: str) -> list[Doc]:
    return index.select(lambda doc: doc.kind == "report" and doc.facts.get("report") == report_id)


def _documents(
    content: ReportContent,
    report_id: str,
    version: int,
    hash: str,
    decided_by: str,
    published_at: datetime,
    template: Template | None,
) -> Iterator[Doc]:
    """The report as a whole (part 0: what it is and its first paragraph), then its sections in pieces."""
    pieces = list(_pieces(content))
    subject = content.title.replace(content.org_name, "").replace(content.period.label, "")
    chapters, answers = _chapters(content), _answers(content, template)
    headings = "、".join(section.heading for section in content.sections if section.level == 1)
    opening = pieces[0][1] if pieces else ""
    whole = ("", f"{content.title}。统计期{content.period.label}，单位{content.org_name}。章节：{headings}。{opening}")
    short = Org(code=content.org, name=content.org_name).short
    for part, (heading, text) in enumerate([whole, *pieces]):
        named = (content.org_name, short, content.period.label, content.period.code)
        yield Doc(
            id=f"report/{report_id}/{part}",
            kind="report",
            title=f"{content.title} · {heading}" if heading else content.title,
            text=text,
            org=content.org,
            period=content.period.code,
            template=content.template,
            label=content.org,
            identifiers=(*named, heading) if heading else (report_id, *named),
            version=str(version),
            hash=hash,
            facts={
                "report": report_id,
                "report_title": content.title,
                "version": version,
                "part": part,
                "heading": heading,
                "chapter": chapters.get(heading, "") if heading else headings,
                "answers": answers.get(heading, ""),
                "subject": subject,
                "grain": content.period.grain,
                "period_end": content.period.end.isoformat(),
                "decided_by": decided_by,
                "published_at": published_at.isoformat(),
            },
        )


def _chapters(content: ReportContent) -> dict[str, str]:
    """The heading that each section of the second level stands under."""
    found, chapter = {}, ""
    for section in content.sections:
        chapter = section.heading if section.level == 1 else chapter
        found[section.heading] = chapter if section.level == 2 else ""
    return found


def _answers(content: ReportContent, template: Template | None) -> dict[str, str]:
    """The questions of each heading, one a line."""
    asked = {spec.id: "\n".join(spec.answers) for spec in template.sections} if template else {}
    return {section.heading: asked.get(section.id, "") for section in content.sections}


def _pieces(content: ReportContent) -> Iterator[tuple[str, str]]:
    """Each section's heading with its rendered text, cut between blocks at about 600 characters."""
    facts, labels = content.fact_map(), report_labels(content.org_name, content.period)
    shown = {
        block.id: block.caption
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Table | Chart)
    }
    for section in content.sections:
        piece = ""
        for raw in _texts(section, facts, labels):
            # numbers of tables belong to the printed document; here a reference says what it refers to
            text = _REFERENCE.sub(lambda found: f"「{shown.get(found[1], '')}」" if found[1] in shown else "", raw)
            if piece and len(piece) + len(text) > _PIECE:
                yield section.heading, piece
                piece = ""
            piece = f"{piece}\n{text}" if piece else text
        if piece:
            yield section.heading, piece


def _texts(section: Section, facts: Mapping[str, Fact], labels: Mapping[str, str]) -> Iterator[str]:
    for block in section.blocks:
        for text in _lines(block):
            yield plain(text, facts, labels)
    if section.thin:
        yield section.thin


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(text=text):
            yield text
        case Listing(items=items):
            yield from items
        case Table(caption=caption, columns=columns, rows=rows, unit_note=note):
            yield caption + (f"（{note}）" if note else "")
            yield "｜".join(column.header for column in columns)
            yield from ("｜".join(row) for row in rows)
        case Chart(caption=caption, alt=alt):
            yield f"{caption}。{alt}" if alt else caption
