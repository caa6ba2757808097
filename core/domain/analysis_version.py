"""Analysis versions (分析版本): what an analysis learnt, from which data, how well it did on later data, and its state.

A version is one exact content under its hash; only its state moves: 候选 → 现行 → 已退役, and back on a rollback.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.domain.canon import canonical


class VersionState(StrEnum):
    CANDIDATE = "candidate"
    CURRENT = "current"
    RETIRED = "retired"

    @property
    def label(self) -> str:
        return {"candidate": "候选", "current": "现行", "retired": "已退役"}[self.value]


class VersionContent(BaseModel):
    """What is hashed. `first` … `last` are the days of the cases that it learnt from, `known_until` the last day whose
    data it has seen (outcomes included): it may speak of days from then on only.

    `body` is what the algorithm learnt, as plain JSON numbers (no code, no pickled object); `card` how it did in the
    backtest by time and how its features were spread.
    """

    model_config = ConfigDict(frozen=True)

    analysis: str
    label: str
    org: str
    algorithm: str
    algorithm_label: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    first: date
    last: date
    known_until: date
    cases: int
    features: tuple[str, ...]
    seed: int
    card: dict[str, Any] = Field(default_factory=dict)
    body: dict[str, Any] = Field(default_factory=dict)

    def text(self) -> str:
        """The one text that is stored and hashed."""
        return canonical(self.model_dump(mode="json"))


class AnalysisVersion(BaseModel):
    """One registered version: `id` such as `churn_risk-99401-3`; `by`, `at`, `reason` of its last act."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: int
    hash: str
    content: VersionContent
    state: VersionState
    made_by: str
    made_name: str
    made_at: datetime
    by: str = ""
    by_name: str = ""
    at: datetime | None = None
    reason: str = ""

    def said(self) -> str:
        """Which version it is, in one line: what cards and methods print."""
        data = self.content
        who = f"，{self.by_name or self.by}于{self.at:%Y-%m-%d}启用" if self.by and self.at else ""
        window = f"{data.first:%Y-%m-%d}至{data.last:%Y-%m-%d}"
        inside = f"{data.algorithm_label}，训练数据{window}{who}，校验码{self.hash[:12]}"
        return f"{data.label}分析第{self.number}版（{inside}）"


class VersionAct(BaseModel):
    """One act on the versions of an analysis: 启用 (promote) or 回退 (rollback), with the version before it."""

    model_config = ConfigDict(frozen=True)

    verb: str
    version: str
    before: str
    actor: str
    name: str
    reason: str
    at: datetime

    @property
    def label(self) -> str:
        return {"promote": "启用", "rollback": "回退"}[self.verb]
