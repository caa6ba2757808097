"""One question through the whole agent, with the answer in the shape that outsiders see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.events import Answer, Done, Step

if TYPE_CHECKING:
    from agent.runner import Runner


@dataclass(frozen=True)
class Answered:
    """An answer as JSON (`facts`), the tools beside the fetches, and the top steps that ran, in order."""

    answer: Answer
    facts: list[dict[str, Any]]
    tools: list[str]
    steps: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.answer.text

    @property
    def status(self) -> str:
        return self.answer.status

    @property
    def tokens(self) -> int:
        return self.answer.llm.tokens


def ask(runner: Runner, user: str, text: str, thread: str | None = None) -> Answered:
    """Ask as a user; refusals and failures are answers too."""
    steps: list[str] = []
    answer: Answer | None = None
    for event in runner.ask(runner.actor(user), text, thread):
        if isinstance(event, Step) and not event.parent and event.status == "running":
            steps.append(event.id)
        if isinstance(event, Done):
            answer = event.answer
    assert answer is not None, "a turn always ends with its answer"
    tools = [tool.name for tool in answer.tools if not tool.name.startswith("fetch.")]
    return Answered(answer, [fact.model_dump(mode="json") for fact in answer.facts], tools, steps)
