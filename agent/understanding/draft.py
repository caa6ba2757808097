"""The draft of an `Understood` while its slots are settled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from agent.events import Choice, Understood
from agent.understanding.context import Context
from agent.understanding.glossary import IndicatorLookup
from agent.understanding.moments import Clock
from agent.understanding.slots import Slots
from core.domain.actor import Actor
from core.domain.org import OrgTree


@dataclass
class Draft:
    """An `Understood` in the making; `stop` holds the finished one as soon as a question or a refusal ends the work."""

    slots: Slots
    clock: Clock
    actor: Actor
    tree: OrgTree
    lookup: IndicatorLookup
    context: Context
    settled: dict[str, str]
    intent: str = "unclear"
    values: dict[str, Any] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)

    def ask(self, question: str, choices: tuple[Choice, ...] = ()) -> Understood:
        return self._done(clarify=question, choices=choices)

    def refuse(self, sentence: str) -> Understood:
        return Understood(**{**self.values, "intent": "refuse", "refusal": sentence, "assumed": tuple(self.assumed)})

    def done(self) -> Understood:
        return self._done()

    def _done(self, **more: Any) -> Understood:
        return Understood(
            **{**self.values, "intent": self.intent, "assumed": tuple(dict.fromkeys(self.assumed)), **more}
        )


def one_or_list(codes: tuple[str, ...]) -> str | list[str]:
    return codes[0] if len(codes) == 1 else list(codes)
