"""Earlier texts for a question about them: the latest published sections on the subject, or what reviewers said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.understanding.precedents import lessons
from knowledge.search.document import Hit

if TYPE_CHECKING:
    from agent.events import Understood
    from core.domain.actor import Actor
    from knowledge.search.index import Index

_SHOWN, _WIDE = 3, 60


def earlier(index: Index, actor: Actor, text: str, understood: Understood) -> list[Hit]:
    """At most three texts that the actor may read: one a heading, of the period asked or else the newest.

    A period of which nothing is published is not a reason to say nothing: the newest before it is shown then.
    """
    kinds = ["experience"] if lessons(text) else ["report"]
    org = understood.orgs[0] if understood.orgs else None
    period = understood.period.code if understood.period else None
    for when in dict.fromkeys((period, None)):
        hits = index.search(text, actor=actor, kinds=kinds, org=org, period=when, template=understood.template, k=_WIDE)
        if hits:
            return _latest(hits) if kinds == ["report"] else hits[:_SHOWN]
    return []


def _latest(hits: list[Hit]) -> list[Hit]:
    """The best headings, each in its newest report; a report as a whole only where no section is found."""
    sections = [hit for hit in hits if hit.doc.facts.get("part")] or hits
    newest: dict[str, Hit] = {}
    for hit in sections:
        heading = str(hit.doc.facts.get("heading", ""))
        held = newest.get(heading)
        if held is None or _when(hit) > _when(held):
            newest[heading] = hit
    return list(newest.values())[:_SHOWN]


def _when(hit: Hit) -> tuple[str, int]:
    """By the end of its period; of one report the better place."""
    return str(hit.doc.facts.get("period_end", "")), -hit.rank
