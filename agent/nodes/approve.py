"""Wait for a reviewer's recorded decision. Nothing but the interrupt: its resume carries the id and verb."""

from __future__ import annotations

from langgraph.types import interrupt

from agent.state import RunState
from agent.turn import Turn


def run(state: RunState, turn: Turn) -> RunState:
    act: dict[str, str] = interrupt({"waits_for": "decision", "report": state["report"]})
    return {"decision": act["id"], "verb": act["verb"]}
