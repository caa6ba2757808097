"""Publish one approved version: documents first (same bytes each time), then one transaction for everything else,
the evidence pack among it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agent.state import RunState
from agent.turn import Turn
from core.domain.lifecycle import Verb
from core.domain.report import ReportContent
from core.errors import Broken
from core.evidence import keep
from tools.checks import check_file
from tools.checks.readers import readers
from tools.documents.library import folder_of, make_documents


def run(state: RunState, turn: Turn) -> RunState:
    with turn.store.begin() as unit:
        act = unit.reports.act_by_id(state["decision"])
        if act is None or act.verb != Verb.APPROVE or act.report != state["report"]:
            raise Broken(f"没有报告 {state['report']} 的批准记录，拒绝发布。", "请审计管理员核对审批台账。")
        detail = unit.reports.content(act.report, act.version)
        report = unit.reports.row(act.report)
        author, reviewer = unit.accounts.name_of(report.author), unit.accounts.name_of(act.actor)
        released = unit.reports.documents(act.report, act.version)
    if released and all(Path(path).is_file() for path, _ in released.values()):
        return {"done": "publish"}  # committed before a crash: what was released is not written again
    documents = make_documents(
        turn.settings,
        act.report,
        act.version,
        detail,
        author=author,
        reviewer=reviewer,
        approved_at=act.at,
        digest=act.hash,
    )
    _reread(act.report, detail, documents)
    turn.services.fault("inside:publish")
    with turn.store.begin() as unit:
        if unit.reports.publish(act, documents):
            keep(unit, act, folder_of(turn.settings, act.report))
    turn.services.fault("committed:publish")
    return {"done": "publish"}


def _reread(report: str, content: ReportContent, documents: Mapping[str, tuple[Path, str]]) -> None:
    """The files themselves pass the numeral gate before they are released; raises Broken with the first finding."""
    for path, _ in documents.values():
        if path.suffix not in readers():
            continue
        wrong = [item for item in check_file(path, content) if item.rule == "rendered_gate" and not item.passed]
        failed = [item for item in wrong if item.level == "error"]
        if failed:
            first = f"{failed[0].place}{failed[0].text}"
            raise Broken(
                f"报告 {report} 的{path.suffix.removeprefix('.')}文件与批准的内容不一致，没有发布：{first}",
                "请把这句话告诉系统管理员；报告内容和批准记录都已保存。",
            )
