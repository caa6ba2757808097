"""Check the draft; return it to drafting at most twice, then file it as version one with every result."""

from __future__ import annotations

from agent.drafting.outline import Outline
from agent.events import Step
from agent.nodes.draft import content_of
from agent.state import RunState
from agent.turn import Turn
from tools.checks import run_checks
from tools.review import alerts_of


def run(state: RunState, turn: Turn) -> RunState:
    outline = Outline.model_validate(turn.load("plan"))
    content = content_of(turn)
    results = run_checks(content, outline.labels())
    failed = [result for result in results if not result.passed and result.level == "error"]
    returns = state.get("returns", 0)
    label = f"校验 {len(results)} 项，未通过 {len(failed)} 项"
    turn.substep(Step(id=f"check.{returns}", parent="check", label=label, status="warn" if failed else "ok"))
    if failed and returns < 2 and turn.load("polish", {}):
        return {"route": "redraft", "returns": returns + 1}
    with turn.store.begin() as unit:
        row = unit.reports.file(state["run"], content, results, turn.actor.user)
        unit.quality.alert(content.org, content.period.code, alerts_of(content.facts))
        unit.runs.mark(state["run"], report=row.id, node="check")
        unit.runs.remember(state["thread"], unit.runs.context(state["thread"]) | {"report": row.id})
        unit.runs.save(state["run"], "labels", outline.labels())
        report = row.id
    return {"route": "filed", "report": report}
