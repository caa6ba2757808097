"""One runner for one command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from agent.events import Answer, Done, Event, Step
from agent.runner import Runner
from core.errors import GmaError
from core.settings import Settings
from ui.cli.output import say


@contextmanager
def open_runner(settings: Settings | None = None) -> Iterator[Runner]:
    """The process's runner; runs that an earlier crash left open are finished first."""
    runner = Runner.open(settings or Settings())
    try:
        runner.recover()
        yield runner
    finally:
        runner.close()


def settle(events: Iterable[Event], *, quiet: bool) -> Answer:
    """Follow a turn to its answer; steps are told on standard error."""
    for event in events:
        if isinstance(event, Done):
            return event.answer
        if isinstance(event, Step) and not quiet and (event.status != "running" or not event.parent):
            mark = {"running": "…", "ok": "✓", "warn": "!", "error": "✗"}[event.status]
            if event.status != "running" or not event.parent:
                say(f"  {mark} {'　' if event.parent else ''}{event.label}")
    raise GmaError("流程没有给出结果。", "请重试；仍不行请联系系统管理员。")
