"""What one conversation remembers between turns: the last slots, the report at hand, and a question still open."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from agent.events import Choice, Understood
from core.domain.period import Period

DATA_INTENTS = frozenset({"query", "compare", "rank", "breakdown", "detect", "explain", "churn", "forecast"})


class Pending(BaseModel):
    """A question put back: the text it was about, the choices offered, and what earlier answers have settled."""

    model_config = ConfigDict(frozen=True)

    text: str
    question: str
    choices: tuple[Choice, ...] = ()
    settled: dict[str, str] = Field(default_factory=dict)


class Context(BaseModel):
    """Serialisable; a follow-up inherits what it does not say. `known_names` are all units that exist (to tell
    无权限 from 不存在), `data_until` the last day with data where it is known."""

    model_config = ConfigDict(frozen=True)

    intent: str | None = None
    org: tuple[str, ...] = ()
    period: Period | None = None
    indicator: tuple[str, ...] = ()
    by: str | None = None
    compare: str | None = None
    template: str | None = None
    top: int | None = None
    report: str | None = None
    pending: Pending | None = None
    known_names: tuple[str, ...] = ()
    data_until: date | None = None

    def after(self, text: str, understood: Understood, report: str | None = None) -> Context:
        """The context of the next turn; refusals and small talk leave the slots as they were."""
        kept = {"report": report or understood.report or self.report, "pending": None}
        if understood.clarify and understood.choices:
            settled = dict(self.pending.settled) if self.pending else {}
            asked = self.pending.text if self.pending and understood.query == self.pending.text else text
            if self.pending and asked == self.pending.text:
                settled |= {choice.slot: choice.value for choice in self.pending.choices[:0]}
            kept["pending"] = Pending(text=asked, question=understood.clarify, choices=understood.choices, settled=settled)
        if understood.intent not in DATA_INTENTS and understood.intent != "report":
            return self.model_copy(update=kept)
        slots = {
            "intent": understood.intent,
            "org": tuple(understood.orgs) or self.org,
            "period": understood.period or self.period,
            "indicator": tuple(understood.indicators) or self.indicator,
            "by": understood.by,
            "compare": understood.compare,
            "template": understood.template,
            "top": understood.top,
        }
        return self.model_copy(update=kept | slots)
