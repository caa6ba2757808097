"""One turn in the chat: every node and source as a visible step, then the answer with its elements."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import chainlit as cl

from agent.events import Answer, Step
from core.domain.actor import Actor
from ui.desk import desk
from ui.meters import count_turn
from ui.report_desk import card_of
from ui.views.answering import answer_view

if TYPE_CHECKING:
    from agent.events import Event

AUTHOR = "gma"
CHUNK = 24
_FACE = {"avatarName": AUTHOR}


class StepTree:
    """Steps of one turn, nested as their events name their parents; created on first sight, updated afterwards."""

    def __init__(self, title: str) -> None:
        self._steps: dict[str, Any] = {}
        run = cl.context.current_run
        parent = run.id if run else None
        self._root: Any = cl.Step(
            name=title,
            type="tool",
            parent_id=parent,
            show_input=False,
            default_open=True,
            auto_collapse=True,
            metadata=dict(_FACE),
        )
        self._begun = False

    async def show(self, event: Step) -> None:
        """Create or update the step of one event."""
        if not self._begun:
            self._begun = True
            self._root.start = cl_now()
            await self._root.send()
        known = self._steps.get(event.id)
        step = known or self._new(event)
        step.name = _title(event)
        step.output = event.detail
        step.is_error = event.status == "error"
        if event.status != "running":
            step.end = cl_now()
        await (step.update() if known else step.send())

    async def close(self, *, failed: bool = False) -> None:
        """End what still runs, so that no step spins for ever."""
        for step in self._steps.values():
            if step.end is None:
                step.end = cl_now()
                await step.update()
        if self._begun:
            self._root.end = cl_now()
            self._root.is_error = failed
            await self._root.update()

    def _new(self, event: Step) -> Any:
        above = self._steps.get(event.parent, self._root)
        step = cl.Step(
            name=_title(event),
            type="tool",
            parent_id=above.id,
            show_input=False,
            default_open=True,
            metadata=dict(_FACE),
        )
        step.start = cl_now()
        self._steps[event.id] = step
        return step


async def run_turn(kind: str, title: str, start: Callable[[], Iterator[Event]]) -> Answer:
    """Show the steps of a runner call and return its answer. Errors of the program itself are raised."""
    tree, begun = StepTree(title), time.monotonic()
    answer: Answer | None = None
    try:
        async for event in _events(start):
            if isinstance(event, Step):
                await tree.show(event)
            else:
                answer = event.answer
    finally:
        await tree.close(failed=answer is None or answer.status == "failed")
        count_turn(kind, answer.status if answer else "broken", time.monotonic() - begun)
    if answer is None:
        raise RuntimeError("the runner ended without an answer")
    return answer


def _events(start: Callable[[], Iterator[Event]]) -> AsyncIterator[Event]:
    return desk().events(start)


async def show_answer(actor: Actor, answer: Answer) -> None:
    """Stream the text, then attach clickable figures, charts and the report card."""
    message = cl.Message(content="", author=AUTHOR)
    for at in range(0, len(answer.text), CHUNK):
        await message.stream_token(answer.text[at : at + CHUNK])
    elements: list[Any] = []
    view = await desk().call(lambda: answer_view(answer))
    if view is not None:
        elements.append(cl.CustomElement(name="FactText", props=view, display="inline"))
    if answer.report is not None and answer.status != "refused":
        report = answer.report.id
        card = await desk().call(lambda: card_of(desk().runner, actor, report))
        elements.append(cl.CustomElement(name="ReportCard", props=card, display="inline"))
    message.elements = elements
    await message.send()  # type: ignore[no-untyped-call]


async def say(text: str, elements: Sequence[Any] = (), actions: Sequence[Any] = ()) -> None:
    """One message of ours, with its elements and buttons."""
    message = cl.Message(content=text, author=AUTHOR, elements=list(elements), actions=list(actions))
    await message.send()  # type: ignore[no-untyped-call]


def cl_now() -> str:
    """Now, as Chainlit writes times."""
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _title(event: Step) -> str:
    share = f"（{event.progress:.0%}）" if event.progress is not None and event.status == "running" else ""
    took = f"　{event.seconds:.1f} 秒" if event.status != "running" and event.seconds >= 0.05 else ""
    return f"{event.label}{share}{took}"
