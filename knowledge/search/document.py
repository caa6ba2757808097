"""What is indexed and what a search returns."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from core.domain.actor import Actor

Kind = Literal["template", "report", "caliber", "standard", "experience"]
KINDS: tuple[str, ...] = get_args(Kind)

KIND_LABELS: dict[str, str] = {
    "template": "报告模板",
    "report": "往期报告",
    "caliber": "指标口径",
    "standard": "规范标准",
    "experience": "经验做法",
}

_SNIPPET = 120
_PASSAGE, _OPENING = 400, 50
_FIGURES = re.compile(r"[\d.,，%％|｜\s]+")


class Doc(BaseModel):
    """One searchable piece.

    `org` is the unit it speaks of ("" = public knowledge) and `label` the unit whose scope is needed to read it ("" =
    that of `org`). `period` is a `Period.code`, `identifiers` are the exact names that people search it by, `hash` the
    hash of the approved version it came from, `facts` what a metadata query needs back (dates as ISO text), and the
    questions that a section answers (`answers`, one a line).
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Kind
    title: str
    text: str
    org: str = ""
    period: str = ""
    template: str = ""
    label: str = ""
    identifiers: tuple[str, ...] = ()
    version: str = ""
    hash: str = ""
    facts: dict[str, str | int] = Field(default_factory=dict)

    def digest(self) -> str:
        """SHA-256 of every field: equal digests need no new embedding."""
        data = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(data.encode()).hexdigest()

    def passages(self) -> tuple[str, ...]:
        """The words that stand for the document in the vector space, which holds the mean of their vectors; the engine
        costs about 1 ms a token.

        What a section of a report is about stands in its headings, in the questions it answers and in its first words.
        Unit, period and figures are left out: they would make all sections of one report alike, and no two months of
        one section.
        """
        path = self._path()
        if not path:
            return (f"{self.title}。{self.text}"[:_PASSAGE],)
        if not self.facts.get("heading"):
            return (f"{self.facts.get('subject', '')} {path}".strip()[:_PASSAGE],)
        opening = _FIGURES.sub("", self.text)[:_OPENING]
        said = (path, f"{self.facts.get('subject', '')} {path}".strip(), *self._answers(), f"{path}。{opening}")
        return tuple(dict.fromkeys(said))

    def gist(self) -> str:
        """What it is about: of a report its subject, headings and questions, else all its words."""
        if not self._path():
            return self.wording()
        return " ".join((str(self.facts.get("subject", "")), self._path(), *self._answers()))

    def _path(self) -> str:
        return " ".join(filter(None, (str(self.facts.get("chapter", "")), str(self.facts.get("heading", "")))))

    def _answers(self) -> list[str]:
        return str(self.facts.get("answers", "")).splitlines()

    def wording(self) -> str:
        """The words that take part in the lexical score."""
        return "\n".join((self.title, " ".join(self.identifiers), self.text))


def visible(actor: Actor, org: str, label: str) -> bool:
    """Whether the actor may see a document of this unit and label; administrators see public knowledge only."""
    return all(not scope or (actor.reads_data and actor.covers(scope)) for scope in (org, label))


class Hit(BaseModel):
    """One result. `match` says why: `identifier` (named exactly) or `meaning` (wording and sense); `rank` starts at 1.

    `score` orders the hits of one query only: it is not a probability and must not be compared with a threshold.
    """

    model_config = ConfigDict(frozen=True)

    doc: Doc
    rank: int
    score: float
    match: Literal["identifier", "meaning"]

    @property
    def snippet(self) -> str:
        text = " ".join(self.doc.text.split())
        return text if len(text) <= _SNIPPET else text[:_SNIPPET] + "…"
