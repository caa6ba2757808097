"""Reading without answering: one actor's sentences, turn by turn, as the graph's first node reads them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.events import LlmUse, Understood
from agent.limits import Limits
from agent.turn import Turn
from agent.understanding import Context

if TYPE_CHECKING:
    from agent.runner import Runner


@dataclass(frozen=True)
class Reading:
    understood: Understood
    use: LlmUse
    seconds: float

    @property
    def told(self) -> dict[str, Any]:
        """The contract's object, with `refused` beside it."""
        return self.understood.told() | {"refused": bool(self.understood.refusal)}


class Reader:
    """One actor's reader; units are looked up once. `read` keeps the conversation, `fresh` begins another."""

    def __init__(self, runner: Runner, user: str) -> None:
        actor = runner.actor(user)
        self._turn = Turn(runner.services, actor, "", "", "", lambda event: None, Limits.from_settings(runner.settings))
        self.actor = actor
        self._names = tuple(unit.name for unit in self._turn.known_units())
        self.context = Context(known_names=self._names)

    def fresh(self) -> None:
        self.context = Context(known_names=self._names)

    def slots(self) -> dict[str, Any]:
        """The keyword arguments that every reader of sentences takes."""
        turn = self._turn
        return {
            "today": turn.today,
            "actor": turn.actor,
            "tree": turn.tree,
            "indicators": turn.catalog,
            "context": self.context,
        }

    def limits(self) -> Limits:
        """Fresh ceilings for one request, without one on time: slowness is reported, not judged here."""
        settings = self._turn.settings
        return Limits(settings.max_steps, settings.max_tokens, float("inf"))

    def read(self, text: str) -> Reading:
        begun = time.monotonic()
        understood, use = self._turn.services.llm.read(text, **self.slots())
        seconds = time.monotonic() - begun
        self.keep(text, understood)
        return Reading(understood, use, seconds)

    def keep(self, text: str, understood: Understood) -> None:
        self.context = self.context.after(text, understood)
