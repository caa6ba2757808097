"""What one conversation remembers between turns: the last slots, the report at hand, and a question still open."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from agent.events import Understood
from agent.understanding.deeper import DEEPER
from agent.understanding.pending import Pending, chosen
from core.domain.period import Period

DATA_INTENTS = frozenset({"query", "compare", "rank", "breakdown", "detect", "explain", "churn", "forecast"})


class Context(BaseModel):
    """Serialisable; a follow-up inherits what it does not say. `known_names` are all units that exist (to tell
    无权限 from 不存在), `earlier` the units before they last changed,
    `data_until` the last day with data where it is known, `drilled` the steps of drilling into a change so far."""

    model_config = ConfigDict(frozen=True)

    intent: str | None = None
    org: tuple[str, ...] = ()
    period: Period | None = None
    indicator: tuple[str, ...] = ()
    by: str | None = None
    compare: str | None = None
    template: str | None = None
    top: int | None = None
    order: str | None = None
    report: str | None = None
    pending: Pending | None = None
    earlier: tuple[str, ...] = ()
    known_names: tuple[str, ...] = ()
    data_until: date | None = None
    drilled: tuple[str, ...] = ()

    def after(self, text: str, understood: Understood, report: str | None = None) -> Context:
        """The context of the next turn; refusals, searches and small talk leave the slots as they were,
        but an indicator whose meaning was looked up is what the next turn is about."""
        kept: dict[str, Any] = {"report": report or understood.report or self.report, "pending": None}
        if understood.clarify and understood.choices:
            kept["pending"] = self._pending(text, understood)
        if understood.intent == "search" and len(understood.indicators) == 1:
            kept["indicator"] = tuple(understood.indicators)
        if understood.intent not in DATA_INTENTS and understood.intent != "report":
            return self.model_copy(update=kept)
        slots: dict[str, Any] = {
            "intent": understood.intent,
            "org": tuple(understood.orgs) or self.org,
            "earlier": self.org if tuple(understood.orgs) not in {(), self.org} else self.earlier,
            "period": understood.period or self.period,
            "indicator": tuple(understood.indicators) or self.indicator,
            "by": understood.by,
            "compare": understood.compare,
            "template": understood.template,
            "top": understood.top,
            "order": understood.order,
            "drilled": (*understood.drilled, understood.by or "") if understood.query == DEEPER else (),
        }
        return self.model_copy(update=kept | slots)

    def _pending(self, text: str, understood: Understood) -> Pending:
        asked, settled = text, {}
        picked = chosen(text, self.pending) if self.pending else None
        if self.pending and picked:
            asked, settled = self.pending.text, {**self.pending.settled, picked.slot: picked.value}
        return Pending(text=asked, question=understood.clarify or "", choices=understood.choices, settled=settled)
