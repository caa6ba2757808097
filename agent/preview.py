"""A template tried out on real data without filing anything: the draft as it would be, with its checks."""

from __future__ import annotations

from collections.abc import Sequence

from agent.drafting.compose import compose
from agent.drafting.outline import outline
from agent.limits import Limits
from agent.nodes.analyse import examine
from agent.nodes.gather import collect
from agent.runner import Runner
from agent.turn import Turn
from core.access import may
from core.domain.actor import Actor
from core.domain.labels import report_labels
from core.domain.period import Period
from core.domain.report import CheckResult, ReportContent
from core.domain.tokens import plain
from core.errors import BadRequest, NotFound, Refused
from knowledge.template_grammar import Template
from tools.checks import run_checks
from tools.documents.numbering import exhibit_names, with_references


def preview(
    runner: Runner, actor: Actor, template: Template, unit: str, period: Period
) -> tuple[ReportContent, Sequence[CheckResult]]:
    """The content and its checks; nothing is written to the record but the audit rows of the queries.

    Raises Refused without the right to read, NotFound for an unknown unit, BadRequest for a period that does not fit.
    """
    verdict = may(actor, "ask", actor.org)
    if not verdict.allowed:
        raise Refused(verdict.reason, "请用业务账号预览。")
    turn = Turn(runner.services, actor, "", "", "", lambda event: None, Limits.from_settings(runner.settings))
    from agent.desk import named

    org = named(unit, turn.tree.orgs)
    if org is None:
        names = "、".join(item.short for item in turn.tree.orgs if item.level != "station")
        raise NotFound(f"没有单位「{unit}」，或它不在您的权限范围内。", f"可预览的单位：{names}。")
    fits = period.fitting(template.grains)
    if fits is None:
        raise BadRequest(
            f"{template.name}不按「{period.label}」这样的期间编制。", f"可用：{'、'.join(template.grains)}。"
        )
    plan = outline(template, org, fits, turn.tree)
    facts, places = collect(plan, turn)
    findings = examine(plan, template, turn, facts, places)
    by_id = {fact.id: fact for fact in facts}
    books = {section: {alias: [by_id[i] for i in ids] for alias, ids in got.items()} for section, got in places.items()}
    content = compose(template, plan, books, facts, findings, (), ())
    return content, run_checks(content, plan.labels())


def printed(content: ReportContent) -> str:
    """The draft as plain text: headings, paragraphs, items, and the names of tables and figures."""
    facts, labels = content.fact_map(), report_labels(content.org_name, content.period)
    names = exhibit_names(content)
    lines = [content.title]
    for section in content.sections:
        lines.append(("" if section.level == 1 else "　") + section.heading)
        lines += [f"　　{section.thin}"] if section.thin else []
        for block in section.blocks:
            texts = [block.text] if block.kind == "paragraph" else block.items if block.kind == "listing" else []
            lines += ["　　" + plain(with_references(text, names), facts, labels) for text in texts]
            if block.kind in {"table", "chart"}:
                lines.append(f"　　〔{names[block.id]} {block.caption}〕")
    return "\n".join(lines)
