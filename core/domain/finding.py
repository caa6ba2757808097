"""Findings (发现): what an analysis saw, with the facts that prove it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Severity = Literal["关注", "异常", "严重"]


class Finding(BaseModel):
    """One observation. `text` is a sentence with fact tokens and no digits of its own; `facts` are its evidence."""

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
