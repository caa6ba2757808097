"""`gma reports | report | submit | decide | export | recompute`."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from core.domain.report import Chart, Listing, Paragraph, Table
from core.domain.tokens import plain
from core.errors import BadRequest, Refused
from core.store.reports import ReportDetail
from ui.cli.output import emit, finish, say
from ui.cli.session import open_runner, settle


def listing(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        found = runner.reports(runner.actor(arguments.user))
    if arguments.json:
        emit({"reports": [item.model_dump(mode="json") for item in found]})
    elif not found:
        print('还没有报告。用 gma ask "帮我做一份2026年10月云州公司的营销指标月报" --as analyst01 生成一份。')
    for item in [] if arguments.json else found:
        print(f"{item.id}  {item.state.label}  第{item.version}版  {item.hash[:12]}  {item.title}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    from agent.review import review_of

    with open_runner() as runner:
        actor = runner.actor(arguments.user)
        detail = runner.report(actor, arguments.id)
        labels = runner.labels(arguments.id)
        review = review_of(runner, actor, arguments.id)
    if arguments.json:
        emit({**report_body(detail, labels), **review})
        return 0
    summary = detail.summary
    print(f"{summary.title}\n{summary.id}  {summary.state.label}  第{summary.version}版\n哈希 {summary.hash}\n")
    for section in section_bodies(detail, labels):
        print(f"{'#' * section['level']} {section['heading']}")
        for block in section["blocks"]:
            print(block.get("text") or f"〔{block['kind']}：{block.get('caption', '')}〕")
        print()
    print("审核清单")
    for item in review["checklist"]["items"]:
        print(f"  ［{item['stateLabel']}］{item['label']}：{item['evidence']}")
        for remark in item["remarks"]:
            print(f"      {remark_line(remark)}")
    return 0


def remark_line(remark: dict[str, Any]) -> str:
    """One finding of the checklist with its key and what became of it."""
    level = {"error": "须改正", "warn": "请留意"}[remark["level"]]
    place = f"{remark['place']}：" if remark["place"] else ""
    waiver = f"（已豁免：{remark['waiver']['reason']}）" if remark["waiver"] else ""
    return f"{remark['key']}　{level}　{place}{remark['text']}{waiver}"


def report_body(detail: ReportDetail, labels: dict[str, str]) -> dict[str, Any]:
    """One report as JSON: rendered sections, facts, findings, checks, versions, decisions, state and hash."""
    content, summary = detail.content, detail.summary
    return {
        **summary.model_dump(mode="json"),
        "org_name": content.org_name,
        "sections": section_bodies(detail, labels),
        "facts": [fact.model_dump(mode="json") for fact in content.facts],
        "findings": [finding.model_dump(mode="json") for finding in content.findings],
        "checks": [check.model_dump(mode="json") for check in detail.checks],
        "sources": [source.model_dump(mode="json") for source in content.sources],
        "assumptions": list(content.assumptions),
        "baseline": content.baseline,
        "versions": [version.model_dump(mode="json") for version in detail.versions],
        "decisions": [decision.model_dump(mode="json") for decision in detail.decisions],
        "release": detail.release.model_dump(mode="json") if detail.release else None,
        "documents": detail.documents,
    }


def section_bodies(detail: ReportDetail, labels: dict[str, str]) -> list[dict[str, Any]]:
    facts = detail.content.fact_map()
    refs = references(detail)

    def text(raw: str) -> str:
        for name, shown in refs.items():
            raw = raw.replace(f"[[ref:{name}]]", shown)
        return plain(raw, facts, labels)

    out = []
    for section in detail.content.sections:
        blocks: list[dict[str, Any]] = []
        for block in section.blocks:
            match block:
                case Paragraph():
                    blocks.append({"kind": "paragraph", "text": text(block.text), "source": block.text})
                case Listing():
                    blocks.append({"kind": "listing", "text": "\n".join(map(text, block.items))})
                case Table():
                    rows = [[text(cell) for cell in row] for row in block.rows]
                    headers = [c.header + (f"（{c.unit}）" if c.unit else "") for c in block.columns]
                    blocks.append({"kind": "table", "caption": block.caption, "columns": headers, "rows": rows})
                case Chart():
                    blocks.append({"kind": "chart", "caption": block.caption, "chart": block.model_dump(mode="json")})
        out.append(
            {
                "id": section.id,
                "heading": section.heading,
                "level": section.level,
                "blocks": blocks,
                "thin": section.thin,
            }
        )
    return out


def references(detail: ReportDetail) -> dict[str, str]:
    """表1、图2 … in order of appearance."""
    names: dict[str, str] = {}
    counts = {"表": 0, "图": 0}
    for section in detail.content.sections:
        for block in section.blocks:
            if isinstance(block, Table | Chart):
                kind = "表" if isinstance(block, Table) else "图"
                counts[kind] += 1
                names[block.id] = f"{kind}{counts[kind]}"
    return names


def submit(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        return finish(settle(runner.submit(runner.actor(arguments.user), arguments.id), quiet=True), arguments.json)


def decide(arguments: argparse.Namespace) -> int:
    edit = None
    if arguments.edit:
        path = Path(arguments.edit)
        if not path.is_file():
            raise BadRequest(f"没有文件「{arguments.edit}」。", "请核对 --edit 的路径。")
        edit = path.read_text(encoding="utf-8")
    with open_runner() as runner:
        actor = runner.actor(arguments.user)
        events = runner.decide(actor, arguments.id, arguments.decision, arguments.digest, arguments.comment, edit)
        return finish(settle(events, quiet=arguments.json), arguments.json)


def export(arguments: argparse.Namespace) -> int:
    from core.clock import now
    from tools.documents.shells import Dress

    watermark = f"内部资料　{arguments.user}　{now():%Y-%m-%d %H:%M}" if arguments.watermark else ""
    dress = Dress(arguments.shell, arguments.number, watermark, arguments.to, arguments.copies)
    with open_runner() as runner:
        path = runner.document(runner.actor(arguments.user), arguments.id, arguments.format, dress)
    out = Path(arguments.out)
    if not out.parent.is_dir():
        raise BadRequest(f"没有目录「{out.parent}」。", "请先建好目录，或换一个 --out。")
    shutil.copyfile(path, out)
    body = {"status": "exported", "report": arguments.id, "format": arguments.format, "path": str(out)}
    if arguments.json:
        emit(body)
    else:
        say(f"已导出：{out}")
    return 0


def recompute(arguments: argparse.Namespace) -> int:
    from agent.recheck import recompute_report

    with open_runner() as runner:
        actor = runner.actor(arguments.user)
        if not actor.reads_data:
            raise Refused("该账号没有业务数据权限，不能重算。", "请用业务账号。")
        body = recompute_report(runner, actor, arguments.id)
    if arguments.json:
        emit(body)
    else:
        print(f"{arguments.id}：{body['same']} 项一致，{body['changed']} 项有变，{body['unavailable']} 项无法重算。")
        for item in body["facts"]:
            if item["result"] != "same":
                print(f"  {item['id']} {item['name']}：{item['reason']}")
    return 0
