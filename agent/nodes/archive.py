"""File the release in the knowledge base, where next month's draft finds it, and end the run."""

from __future__ import annotations

from agent.state import RunState
from agent.turn import Turn
from core.errors import Broken
from knowledge.archive import archive


def run(state: RunState, turn: Turn) -> RunState:
    report = state["report"]
    with turn.store.begin() as unit:
        release = unit.reports.release(report)
        if release is None:
            raise Broken(f"报告 {report} 没有发布记录，不能归档。", "请审计管理员核对发布台账。")
        content = unit.reports.content(report, release.version)
        reviewer = unit.accounts.name_of(release.reviewer)
    index = turn.services.index(house=False)
    sections = archive(content, report, release.version, release.hash, reviewer, release.at, index)
    turn.services.fault("inside:archive")
    with turn.store.begin() as unit:
        unit.reports.mark_archived(report, len(sections))
        unit.runs.mark(state["run"], status="done", node="archive", waits_for="")
    return {"done": "archive"}
