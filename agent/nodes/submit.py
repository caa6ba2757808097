"""Wait for the author to send the draft to review. Holds nothing but the interrupt: its node runs again on resume."""

from __future__ import annotations

from langgraph.types import interrupt

from agent.state import RunState
from agent.turn import Turn


def run(state: RunState, turn: Turn) -> RunState:
    act: str = interrupt({"waits_for": "submission", "report": state["report"]})
    return {"submission": act}
