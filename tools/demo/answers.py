"""The answer key: what was planted, for evaluations only. No part of the product reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tools.demo.window import iso


@dataclass
class Item:
    """One planted thing. ``end`` is the last day (inclusive), None while it lasts."""

    type: str
    org_code: str
    ids: list[str]
    start: int | None
    end: int | None
    note: str
    kwh: float | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def content(self) -> dict[str, Any]:
        """As it stands in the JSON file."""
        return {
            "type": self.type,
            "org_code": self.org_code,
            "ids": self.ids,
            "start": None if self.start is None else iso(self.start),
            "end": None if self.end is None else iso(self.end),
            "kwh": None if self.kwh is None else round(self.kwh, 2),
            "note": self.note,
            **self.extra,
        }


@dataclass
class Answers:
    """Everything planted."""

    defects: list[Item] = field(default_factory=list)
    events: list[Item] = field(default_factory=list)
    churn: list[Item] = field(default_factory=list)

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """File name (without ending) → items."""
        return {
            "defects": [i.content() for i in self.defects],
            "events": [i.content() for i in self.events],
            "churn": [i.content() for i in self.churn],
        }
