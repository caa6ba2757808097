"""A template tried out on real data without filing anything: the draft as it would be, with its checks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
from core.domain.report import Chart, CheckResult, ReportContent, Table
from core.domain.tokens import plain
from core.errors import BadRequest, NotFound, Refused
from core.settings import Settings
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


def drawn(content: ReportContent, path: Path, settings: Settings) -> None:
    """The draft as a file of the format that the name ends in, marked as a preview; raises BadRequest for another."""
    from tools.documents import DocumentMeta, export, exporters
    from tools.documents.standard import pack_of_report

    found = next((one for one in exporters().values() if one.suffix == path.suffix.casefold()), None)
    if found is None:
        can = "、".join(item.suffix for item in exporters().values())
        raise BadRequest(f"不能把预览写成「{path.name}」。", f"文件名要以 {can} 结尾。")
    meta = DocumentMeta(
        report="预览",
        version=0,
        hash=content.hash(),
        state="预览",
        label="模板预览，未入库、未审核，不作为报告使用",
        watermark="模板预览" if found.format == "pdf" else "",
        font_dir=settings.font_dir,
        shell=content.shell,
        standard=pack_of_report(content, content.shell, settings).id,
    )
    export(found.format, content, report_labels(content.org_name, content.period), meta, path)


def printed(content: ReportContent) -> str:
    """The draft as plain text: headings, paragraphs, items, tables row by row, and what each figure draws."""
    facts, labels = content.fact_map(), report_labels(content.org_name, content.period)
    names = exhibit_names(content)
    lines = [content.title]
    for section in content.sections:
        lines.append(("" if section.level == 1 else "　") + section.heading)
        lines += [f"　　{section.thin}"] if section.thin else []
        for block in section.blocks:
            texts = [block.text] if block.kind == "paragraph" else block.items if block.kind == "listing" else []
            lines += ["　　" + plain(with_references(text, names), facts, labels) for text in texts]
            if isinstance(block, Table):
                lines.append(f"　　〔{names[block.id]} {block.caption}〕")
                rows = [[column.header for column in block.columns]]
                rows += [[plain(cell, facts, labels) for cell in row] for row in block.rows]
                lines += ["　　　" + "　|　".join(cell or "—" for cell in row) for row in rows]
            elif isinstance(block, Chart):
                drawn_of = "、".join(series.name for series in block.series)
                lines.append(f"　　〔{names[block.id]} {block.caption}：{drawn_of}〕")
    return "\n".join(lines)
