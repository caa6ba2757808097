"""The reviewer's checklist (审核清单): what the system found, with its evidence, for one exact version."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.domain.canon import canonical, sha256_of

ItemState = Literal["pass", "fail", "waived"]

STATE_LABELS: dict[str, str] = {"pass": "通过", "fail": "未通过", "waived": "已豁免"}


class Waiver(BaseModel):
    """A reviewer's reason to let one finding of one version stand. `text` is the finding as it read."""

    model_config = ConfigDict(frozen=True)

    finding: str
    version: int
    hash: str
    text: str
    actor: str
    reason: str
    at: datetime


class Comment(BaseModel):
    """A remark on a report (`section` empty) or on one section; unresolved while `resolved_by` is empty."""

    model_config = ConfigDict(frozen=True)

    id: str
    version: int
    section: str
    text: str
    actor: str
    at: datetime
    resolved_by: str = ""
    resolved_at: datetime | None = None
    answer: str = ""


class Remark(BaseModel):
    """One finding of an item. `key` names it for a waiver; `final` ones cannot be waived."""

    model_config = ConfigDict(frozen=True)

    key: str
    level: Literal["error", "warn"] = "warn"
    place: str = ""
    text: str
    fix: str = ""
    final: bool = False
    waiver: Waiver | None = None


class ItemResult(BaseModel):
    """One item: `fail` while a finding stands, `waived` when every finding is, `evidence` says what was looked at."""

    model_config = ConfigDict(frozen=True)

    id: str
    label: str
    state: ItemState
    evidence: str
    remarks: tuple[Remark, ...] = ()


class Checklist(BaseModel):
    """All items for one version, in the order a reviewer reads them."""

    model_config = ConfigDict(frozen=True)

    report: str
    version: int
    hash: str
    items: tuple[ItemResult, ...]

    def remarks(self) -> list[Remark]:
        return [remark for item in self.items for remark in item.remarks]

    def blocking(self) -> list[Remark]:
        """Errors that nobody waived: with one of them nothing is approved."""
        return [remark for remark in self.remarks() if remark.level == "error" and remark.waiver is None]

    def canonical(self) -> str:
        """Key-sorted JSON without whitespace."""
        return canonical(self.model_dump(mode="json"))

    def digest(self) -> str:
        """SHA-256 hex digest of the canonical form."""
        return sha256_of(self.model_dump(mode="json"))
