"""A report as the side panel shows it, and its card in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.domain.fact import STATUS_LABELS
from core.domain.lifecycle import State, Verb
from core.domain.report import Block, CheckResult, Paragraph, ReportContent, Table
from core.domain.report import Chart as ChartBlock
from core.domain.tokens import UnknownToken, used_facts
from tools.documents.numbering import exhibit_names, heading_number, with_references
from ui.views.fact_card import fact_cards, share_queries
from ui.views.figure import figure, figure_facts
from ui.views.spans import Spans, spans

if TYPE_CHECKING:
    from core.domain.actor import Actor
    from core.store.reports import ReportDetail

_TIME = "%Y-%m-%d %H:%M"


def report_card(detail: ReportDetail, actor: Actor, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """State, version, checks and what this actor may do; `names` gives people's names for account ids."""
    summary, content = detail.summary, detail.content
    failed = [check for check in detail.checks if not check.passed]
    errors = [check for check in failed if check.level == "error"]
    own = summary.author == actor.user
    waiting = summary.state is State.WAITING
    return {
        "id": summary.id,
        "title": summary.title,
        "template": summary.template,
        "state": summary.state.value,
        "stateLabel": summary.state.label,
        "version": summary.version,
        "hash": summary.hash,
        "orgName": content.org_name,
        "period": content.period.label,
        "author": _name(summary.author, names),
        "updatedAt": summary.updated_at.strftime(_TIME),
        "sections": [section.heading for section in content.sections if section.level == 1],
        "counts": {"facts": len(content.facts), "findings": len(content.findings), "checks": len(detail.checks)},
        "checks": [check_line(check) for check in failed],
        "errors": len(errors),
        "sources": [
            {"label": source.label, "status": source.status, "text": source.detail or STATUS_LABELS[source.status]}
            for source in content.sources
        ],
        "decisions": [
            {
                "verb": decision.verb.value,
                "label": Verb(decision.verb).label,
                "by": _name(decision.reviewer, names),
                "at": decision.at.strftime(_TIME),
                "comment": decision.comment,
                "version": decision.version,
                "hash": decision.hash[:12],
            }
            for decision in detail.decisions
        ],
        "mayView": own or actor.covers(summary.org),
        "maySubmit": own and summary.state is State.DRAFT and not errors,
        "mayDecide": waiting and actor.reviews and not own and actor.covers(summary.org),
        "own": own,
    }


def review_part(detail: ReportDetail, actor: Actor, review: Mapping[str, Any]) -> dict[str, Any]:
    """The checklist and the remarks of a card, and what this actor may do with them."""
    summary, checklist = detail.summary, review["checklist"]
    blocking = sum(
        remark["level"] == "error" and remark["waiver"] is None
        for item in checklist["items"]
        for remark in item["remarks"]
    )
    own, inside = summary.author == actor.user, actor.reads_data and actor.covers(summary.org)
    open_ = summary.state in {State.DRAFT, State.WAITING}
    return {
        "checklist": checklist,
        "comments": review["comments"],
        "blocking": blocking,
        "parts": [{"id": section.id, "heading": section.heading} for section in detail.content.sections],
        "maySubmit": own and summary.state is State.DRAFT and not blocking,
        "mayWaive": open_ and inside and actor.reviews and not own,
        "mayComment": open_ and inside,
        "evidence": "evidence" in detail.documents,
    }


def report_reading(detail: ReportDetail, labels: Mapping[str, str]) -> dict[str, Any]:
    """The whole text in blocks, and the cards of every fact that it prints."""
    content = detail.content
    printed = _Printed(content, labels)
    used: list[str] = []
    sections = []
    first = second = 0
    for section in content.sections:
        if section.level == 1:
            first, second = first + 1, 0
            mark = heading_number(1, first)
        else:
            second += 1
            mark = heading_number(2, second)
        shown = []
        for at, block in enumerate(section.blocks):
            shown.append({**printed.block(block), "at": at})
            used += _facts_of(block)
        heading = {"id": section.id, "level": section.level, "heading": mark + section.heading}
        sections.append({**heading, "thin": section.thin, "blocks": shown})
    findings = []
    for finding in content.findings:
        used += [*finding.facts, *used_facts(finding.text)]
        findings.append({"severity": finding.severity, "title": finding.title, "spans": printed.spans(finding.text)})
    cards = fact_cards(dict.fromkeys(used), content.fact_map())
    return {
        "sections": sections,
        "findings": findings,
        "assumptions": list(content.assumptions),
        "facts": cards,
        "queries": share_queries(cards),
    }


def editable(detail: ReportDetail) -> list[dict[str, Any]]:
    """Paragraphs that a reviewer may change, in token form so that every figure stays a fact."""
    return [
        {"section": section.id, "heading": section.heading, "block": at, "text": block.text}
        for section in detail.content.sections
        for at, block in enumerate(section.blocks)
        if isinstance(block, Paragraph)
    ]


def check_line(check: CheckResult) -> dict[str, str]:
    """One failed check as a line for people."""
    where = f"{check.place}：" if check.place else ""
    return {"level": check.level, "label": check.label, "text": where + check.text, "fix": check.fix}


class _Printed:
    """The blocks of one content with its fact tokens and its references to tables and figures resolved."""

    def __init__(self, content: ReportContent, labels: Mapping[str, str]) -> None:
        self._facts, self._labels = content.fact_map(), labels
        self._names = exhibit_names(content)

    def spans(self, text: str) -> Spans:
        try:
            return spans(with_references(text, self._names), self._facts, self._labels)
        except UnknownToken as error:
            return [{"t": f"［{error}］", "e": True}]

    def block(self, block: Block) -> dict[str, Any]:
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "spans": self.spans(block.text)}
        if isinstance(block, Table):
            return {
                "kind": "table",
                "caption": f"{self._names[block.id]}　{block.caption}",
                "unitNote": block.unit_note,
                "columns": [{"header": c.header, "unit": c.unit, "align": c.align} for c in block.columns],
                "rows": [[self.spans(cell) for cell in row] for row in block.rows],
                "notes": list(block.notes),
                "total": block.total,
            }
        if isinstance(block, ChartBlock):
            drawn = figure(block, self._facts)
            return {**drawn, "caption": f"{self._names[block.id]}　{block.caption}"}
        return {"kind": "numbers", "items": [self.spans(item) for item in block.items]}


def _facts_of(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return used_facts(block.text)
    if isinstance(block, Table):
        return [name for row in block.rows for cell in row for name in used_facts(cell)]
    if isinstance(block, ChartBlock):
        return figure_facts(block)
    return [name for item in block.items for name in used_facts(item)]


def _name(user: str, names: Mapping[str, str] | None) -> str:
    return (names or {}).get(user, user)
