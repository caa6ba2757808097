"""`gma evals ask`: many conversations in one process, a line in and a line out (contract.md §2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agent.events import Answer, Done
from agent.runner import Runner
from core.errors import BadRequest


def conversations(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file: `{id, as, turns: [{text}]}`. Raises BadRequest with the line's number for a wrong one."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            yield {"id": item["id"], "as": item["as"], "turns": [str(turn["text"]) for turn in item["turns"]]}
        except (ValueError, KeyError, TypeError) as error:
            raise BadRequest(
                f"第 {number} 行不是约定的格式。", '请写成 {"id": …, "as": "analyst01", "turns": [{"text": "…"}]}。'
            ) from error


def run(runner: Runner, item: dict[str, Any], shape: Callable[[Answer], dict[str, Any]]) -> dict[str, Any]:
    """One conversation in a thread of its own; every turn gives the ask object, refusals and failures too."""
    actor = runner.actor(item["as"])
    thread: str | None = None
    turns = []
    for text in item["turns"]:
        last = list(runner.ask(actor, text, thread))[-1]
        assert isinstance(last, Done)
        thread = last.answer.thread or thread
        turns.append(shape(last.answer))
    return {"id": item["id"], "turns": turns}
