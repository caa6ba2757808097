"""End a run whose report was returned or rejected."""

from __future__ import annotations

from agent.state import RunState
from agent.turn import Turn


def run(state: RunState, turn: Turn) -> RunState:
    with turn.store.begin() as unit:
        unit.runs.mark(state["run"], status="done", node="close", waits_for="")
    return {"done": "close"}
