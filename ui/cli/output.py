"""Printing: one JSON object with `--json`, Chinese text otherwise."""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import BaseModel

from agent.events import Answer
from core.errors import GmaError

OK_STATUSES = {"answered", "clarify", "drafted", "waiting_approval", "published"}


def emit(body: BaseModel | dict[str, Any] | list[Any]) -> None:
    """Exactly one JSON object on standard output."""
    data = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
    print(json.dumps(data, ensure_ascii=False, default=str))


def fail(error: GmaError, as_json: bool) -> int:
    if as_json:
        emit({"status": "failed" if error.http >= 500 else "refused", "error": error.code, "text": str(error)})
    else:
        print(str(error), file=sys.stderr)
    return 1


def answer_body(answer: Answer) -> dict[str, Any]:
    """The ask object of contract.md §2; `charts` and token forms are for the chat only."""
    body = answer.model_dump(mode="json", exclude={"marked", "charts"})
    if answer.understood:
        body["understood"] = answer.understood.told()
    return body


def finish(answer: Answer, as_json: bool) -> int:
    """Print an answer; 0 unless it was refused or failed."""
    if as_json:
        emit(answer_body(answer))
    else:
        print(answer.text)
        if answer.report:
            print(f"\n报告 {answer.report.id} 第 {answer.report.version} 版 哈希 {answer.report.hash}")
        print(f"（会话 {answer.thread}，用时 {answer.seconds:.1f} 秒）", file=sys.stderr)
    return 0 if answer.status in OK_STATUSES else 1


def say(text: str) -> None:
    """Progress for people, on standard error so that output stays clean."""
    print(text, file=sys.stderr, flush=True)
