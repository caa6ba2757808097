"""A report as the side panel shows it, and its card in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.domain.fact import STATUS_LABELS, Fact
from core.domain.lifecycle import State, Verb
from core.domain.report import Block, CheckResult, Paragraph, Table
from core.domain.report import Chart as ChartBlock
from core.domain.tokens import used_facts
from ui.views.fact_card import fact_cards
from ui.views.figure import figure, figure_facts
from ui.views.spans import spans

if TYPE_CHECKING:
    from core.domain.actor import Actor
    from core.store.reports import ReportDetail

_DIGITS = "零一二三四五六七八九十"
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


def report_reading(detail: ReportDetail, labels: Mapping[str, str]) -> dict[str, Any]:
    """The whole text in blocks, and the cards of every fact that it prints."""
    content = detail.content
    facts = content.fact_map()
    used: list[str] = []
    sections = []
    first = second = 0
    for section in content.sections:
        if section.level == 1:
            first, second = first + 1, 0
            mark = f"{chinese(first)}、"
        else:
            second += 1
            mark = f"（{chinese(second)}）"
        shown = []
        for at, block in enumerate(section.blocks):
            shown.append({**_block(block, facts, labels), "at": at})
            used += _facts_of(block)
        heading = {"id": section.id, "level": section.level, "heading": mark + section.heading}
        sections.append({**heading, "thin": section.thin, "blocks": shown})
    findings = []
    for finding in content.findings:
        used += [*finding.facts, *used_facts(finding.text)]
        findings.append(
            {"severity": finding.severity, "title": finding.title, "spans": spans(finding.text, facts, labels)}
        )
    return {
        "sections": sections,
        "findings": findings,
        "assumptions": list(content.assumptions),
        "facts": fact_cards(dict.fromkeys(used), facts),
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


def chinese(count: int) -> str:
    """一 … 九十九, as headings are numbered."""
    tens, ones = divmod(count, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def _block(block: Block, facts: Mapping[str, Fact], labels: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "spans": spans(block.text, facts, labels)}
    if isinstance(block, Table):
        return {
            "kind": "table",
            "caption": block.caption,
            "unitNote": block.unit_note,
            "columns": [{"header": c.header, "unit": c.unit, "align": c.align} for c in block.columns],
            "rows": [[spans(cell, facts, labels) for cell in row] for row in block.rows],
            "notes": list(block.notes),
            "total": block.total,
        }
    if isinstance(block, ChartBlock):
        return figure(block, facts)
    return {"kind": "numbers", "items": [spans(item, facts, labels) for item in block.items]}


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
