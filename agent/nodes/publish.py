"""Publish one approved version: documents first (same bytes each time), then one transaction for everything else,
the evidence pack among it."""

from __future__ import annotations

from agent.state import RunState
from agent.turn import Turn
from core.domain.lifecycle import Verb
from core.errors import Broken
from core.evidence import keep
from tools.documents.library import folder_of, make_documents


def run(state: RunState, turn: Turn) -> RunState:
    with turn.store.begin() as unit:
        act = unit.reports.act_by_id(state["decision"])
        if act is None or act.verb != Verb.APPROVE or act.report != state["report"]:
            raise Broken(f"没有报告 {state['report']} 的批准记录，拒绝发布。", "请审计管理员核对审批台账。")
        detail = unit.reports.content(act.report, act.version)
        report = unit.reports.row(act.report)
        author, reviewer = unit.accounts.name_of(report.author), unit.accounts.name_of(act.actor)
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
    turn.services.fault("inside:publish")
    with turn.store.begin() as unit:
        if unit.reports.publish(act, documents):
            keep(unit, act, folder_of(turn.settings, act.report))
    turn.services.fault("committed:publish")
    return {"done": "publish"}
