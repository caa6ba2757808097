"""Earlier texts for a question about them: the latest published sections on the subject, or what reviewers said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.understanding.precedents import lessons, season, subject
from knowledge.search.document import Hit

if TYPE_CHECKING:
    from agent.events import Understood
    from core.domain.actor import Actor
    from knowledge.search.index import Index

_SHOWN, _WIDE = 3, 60
_ALL = 100_000


def earlier(index: Index, actor: Actor, text: str, understood: Understood) -> list[Hit]:
    """At most three texts that the actor may read: one a heading, of the period asked or else the newest.

    A period of which nothing is published is not a reason to say nothing: the newest before it is shown then. A season
    (迎峰度夏) keeps the reports of its months where there are some. Who names no subject is shown whole reports.
    """
    kinds = ["experience"] if lessons(text) else ["report"]
    org = understood.orgs[0] if understood.orgs else None
    template, asked = understood.template, understood.period

    def found(period: str | None, k: int) -> list[Hit]:
        return index.search(text, actor=actor, kinds=kinds, org=org, period=period, template=template, k=k)

    hits = found(asked.code, _WIDE) if asked else []
    if not hits:
        months = season(text)
        hits = found(None, _ALL if asked or months else _WIDE)
        inside = [hit for hit in hits if asked and asked.start.isoformat() <= _ended(hit) <= asked.end.isoformat()]
        hits = inside or [hit for hit in hits if int(_ended(hit)[5:7] or 0) in months] or hits
    if kinds != ["report"]:
        return hits[:_SHOWN]
    return _wholes(hits) if not subject(text) and not template else _latest(hits)


def _wholes(hits: list[Hit]) -> list[Hit]:
    """Whole reports, the newest first; sections where no whole is found."""
    wholes = [hit for hit in hits if not hit.doc.facts.get("part")]
    return sorted(wholes, key=_ended, reverse=True)[:_SHOWN] or _latest(hits)


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
    return _ended(hit), -hit.rank


def _ended(hit: Hit) -> str:
    return str(hit.doc.facts.get("period_end", ""))
