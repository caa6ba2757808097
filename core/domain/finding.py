"""Findings (发现): what an analysis saw, with the facts that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Literal["关注", "异常", "严重"]


class Finding(BaseModel):
    """One observation. `text` is a sentence with fact tokens and no digits of its own; `facts` are its evidence.

    `cells` are further texts with tokens, by the name under which a table of findings shows them (验证方法, 责任人).
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    severity: Severity
    title: str
    text: str
    org: str
    facts: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    suggestion: str = ""
    cells: dict[str, str] = Field(default_factory=dict)

    def of_kind(self, kinds: Iterable[str]) -> bool:
        """Whether the kind is one of these or begins with one that ends in `_` (`cause_`)."""
        return any(self.kind == kind or (kind.endswith(("_", "_H")) and self.kind.startswith(kind)) for kind in kinds)

    def cell(self, name: str) -> str:
        """What a table shows of it: a cell of its own, or its title, text, severity or suggestion."""
        if name in self.cells:
            return self.cells[name]
        own = {"title": self.title, "text": self.text, "severity": self.severity, "suggestion": self.suggestion}
        return own.get(name, "")
