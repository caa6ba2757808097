"""Read the request: intent, 单位, 期间, 指标, template; what is assumed is said, what is unclear is asked once."""

from __future__ import annotations

from agent.state import RunState
from agent.turn import Turn
from agent.understanding import Context


def run(state: RunState, turn: Turn) -> RunState:
    with turn.store.begin() as unit:
        context = Context.model_validate(unit.runs.context(state["thread"]))
    context = context.model_copy(update={"known_names": tuple(unit.name for unit in turn.known_units())})
    understood, use = turn.services.llm.read(
        turn.text, today=turn.today, actor=turn.actor, tree=turn.tree, indicators=turn.catalog, context=context
    )
    turn.llm_use = turn.note_llm(use)
    after = context.after(turn.text, understood)
    with turn.store.begin() as unit:
        unit.runs.save(state["run"], "understood", understood.model_dump(mode="json"))
        unit.runs.remember(state["thread"], after.model_dump(mode="json", exclude={"known_names"}))
        unit.runs.mark(state["run"], node="understand")
    return {"route": "report" if understood.intent == "report" else "answer"}
