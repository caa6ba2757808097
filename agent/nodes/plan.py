"""Decide what the report needs before anything is fetched: sections, indicators, sources, the prior report."""

from __future__ import annotations

from agent.drafting.outline import Outline, outline
from agent.events import Step
from agent.state import RunState
from agent.turn import Turn
from core.quoting import inert
from knowledge.archive import prior
from knowledge.experience import advice


def run(state: RunState, turn: Turn) -> RunState:
    understood = turn.understood()
    template = turn.library[understood.template or "R1"]
    org = turn.tree.get(understood.orgs[0])
    assert org is not None and understood.period is not None
    made: Outline = outline(template, org, understood.period, turn.tree)
    before = prior(turn.services.index(house=False), turn.actor, template.id, org.code, understood.period)
    said = advice(turn.services.index(house=False), turn.actor, template.id, org.code)
    body = made.model_dump(mode="json") | {"baseline": before.report_id if before else ""}
    body["advice"] = [inert(doc.text) for doc in said]
    with turn.store.begin() as unit:
        unit.runs.save(state["run"], "plan", body)
        unit.runs.mark(state["run"], node="plan")
    turn.substep(Step(id="plan.outline", parent="plan", label=made.summary(), status="ok"))
    baseline = f"上期报告：{before.title}" if before else "上期报告：知识库中没有，按首期处理"
    turn.substep(Step(id="plan.baseline", parent="plan", label=baseline, status="ok"))
    for at, doc in enumerate(said):
        told = Step(id=f"plan.advice.{at}", parent="plan", label=f"往期意见：{inert(doc.text)[:80]}", status="ok")
        turn.substep(told)
    return {"returns": 0}
