"""The map: nodes, edges, routing. No work in it.

understand ─┬─ plan → gather → analyse → draft → check ─ submit → approve ─┬─ publish → archive
            └─ answer                     ↑______│ (at most two returns)   └─ close (returned, rejected)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from agent.nodes import (
    analyse,
    answer,
    approve,
    archive,
    check,
    close,
    draft,
    gather,
    plan,
    publish,
    submit,
    understand,
)
from agent.state import RunState
from agent.turn import Turn

MAX_RETURNS = 2

NODES: dict[str, Callable[[RunState, Turn], RunState]] = {
    "understand": understand.run,
    "plan": plan.run,
    "gather": gather.run,
    "analyse": analyse.run,
    "draft": draft.run,
    "check": check.run,
    "submit": submit.run,
    "approve": approve.run,
    "publish": publish.run,
    "archive": archive.run,
    "answer": answer.run,
    "close": close.run,
}

LABELS = {
    "understand": "理解需求",
    "plan": "制定计划",
    "gather": "五系统取数",
    "analyse": "分析与发现",
    "draft": "撰写初稿",
    "check": "校验",
    "submit": "等待送审",
    "approve": "等待审批",
    "publish": "发布",
    "archive": "归档",
    "answer": "回答",
    "close": "结束",
}


def after_understand(state: RunState) -> Literal["plan", "answer"]:
    return "plan" if state["route"] == "report" else "answer"


def after_check(state: RunState) -> Literal["draft", "submit"]:
    return "draft" if state["route"] == "redraft" else "submit"


def after_approve(state: RunState) -> Literal["publish", "close"]:
    return "publish" if state["verb"] == "approve" else "close"


def build_graph(saver: BaseCheckpointSaver[Any]) -> CompiledStateGraph[RunState, Turn, RunState, RunState]:
    """Compile the map with a checkpointer; durability is chosen by the runner (`sync`)."""
    graph = StateGraph(RunState, context_schema=Turn)
    for name, step in NODES.items():
        graph.add_node(name, _node(name, step))  # type: ignore[call-overload]
    graph.add_edge(START, "understand")
    graph.add_conditional_edges("understand", after_understand)
    graph.add_edge("plan", "gather")
    graph.add_edge("gather", "analyse")
    graph.add_edge("analyse", "draft")
    graph.add_edge("draft", "check")
    graph.add_conditional_edges("check", after_check)
    graph.add_edge("submit", "approve")
    graph.add_conditional_edges("approve", after_approve)
    graph.add_edge("publish", "archive")
    for last in ("archive", "answer", "close"):
        graph.add_edge(last, END)
    return graph.compile(checkpointer=saver)


def _node(name: str, step: Callable[[RunState, Turn], RunState]) -> Callable[[RunState, Runtime[Turn]], RunState]:
    def node(state: RunState, runtime: Runtime[Turn]) -> RunState:
        with runtime.context.step(name, LABELS[name]):
            return step(state, runtime.context)

    node.__name__ = name
    return node
