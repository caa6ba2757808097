"""What the runner says while it works, and what it hands back at the end (contract.md §2 `ask --json`)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.period import Period

Intent = Literal[
    "query",
    "compare",
    "rank",
    "breakdown",
    "detect",
    "explain",
    "churn",
    "forecast",
    "report",
    "search",
    "revise",
    "export",
    "submit",
    "decide",
    "share",
    "smalltalk",
    "unclear",
    "refuse",
]
Status = Literal["answered", "clarify", "drafted", "waiting_approval", "published", "refused", "failed"]


class Choice(BaseModel):
    """One way to answer a question back: which slot it fills, with what, and how it reads. The first is the default."""

    model_config = ConfigDict(frozen=True)

    slot: Literal["indicator", "org", "period", "template", "intent"]
    value: str
    label: str


class Understood(BaseModel):
    """How the agent read the request. Codes, never names; lists where the request named several."""

    model_config = ConfigDict(frozen=True)

    intent: Intent
    indicator: str | list[str] | None = None
    org: str | list[str] | None = None
    period: Period | None = None
    by: str | None = None
    compare: str | None = None
    template: str | None = None
    clarify: str | None = None
    assumed: tuple[str, ...] = ()
    refusal: str | None = None
    report: str | None = None
    submit: bool = False
    top: int | None = None
    query: str | None = None
    order: Literal["asc", "desc"] | None = None
    choices: tuple[Choice, ...] = ()
    drilled: tuple[str, ...] = ()
    """The steps of drilling before this one: the dimension that was named, "" for the next one of the ranking."""

    @property
    def indicators(self) -> list[str]:
        return [self.indicator] if isinstance(self.indicator, str) else list(self.indicator or [])

    @property
    def orgs(self) -> list[str]:
        return [self.org] if isinstance(self.org, str) else list(self.org or [])

    def told(self) -> dict[str, Any]:
        """The contract's `understood`: codes of domain.md §1 only, a part such as `I01.capacity` as its indicator."""
        whole = list(dict.fromkeys(code.split(".")[0] for code in self.indicators))
        return {
            "intent": self.intent,
            "indicator": whole if isinstance(self.indicator, list) else (whole[0] if whole else None),
            "org": self.org,
            "period": self.period and {"start": str(self.period.start), "end": str(self.period.end)},
            "by": self.by,
            "compare": self.compare,
            "template": self.template,
            "clarify": self.clarify,
        }


class ReportRef(BaseModel):
    """The report that a turn made or concerns."""

    model_config = ConfigDict(frozen=True)

    id: str
    version: int
    hash: str
    state: str
    template: str
    title: str


class LlmUse(BaseModel):
    """Which llm worked, how much, and whether it fell back to the embedded rule model (and why)."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["rule", "endpoint"] = "rule"
    name: str = "rule"
    calls: int = 0
    tokens: int = 0
    fallback: str = ""


class ToolUse(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    args: dict[str, Any] = Field(default_factory=dict)
    status: str = "ok"
    seconds: float = 0.0


class Answer(BaseModel):
    """One turn's result; `text` is rendered (no tokens left), `marked` keeps the tokens so that figures open cards."""

    model_config = ConfigDict(frozen=True)

    status: Status
    text: str
    thread: str
    understood: Understood | None = None
    facts: list[Fact] = Field(default_factory=list)
    findings: list[Finding] = Field(default_factory=list)
    report: ReportRef | None = None
    tools: list[ToolUse] = Field(default_factory=list)
    llm: LlmUse = LlmUse()
    seconds: float = 0.0
    marked: str = ""
    charts: list[dict[str, Any]] = Field(default_factory=list)


class Step(BaseModel):
    """A node or a source began, moved on or ended; doors show it as a visible step."""

    model_config = ConfigDict(frozen=True)

    event: Literal["step"] = "step"
    id: str
    parent: str = ""
    label: str
    status: Literal["running", "ok", "warn", "error"] = "running"
    detail: str = ""
    progress: float | None = None
    seconds: float = 0.0


class Done(BaseModel):
    """The turn has ended; always the last event of a turn, also for refusals and failures."""

    model_config = ConfigDict(frozen=True)

    event: Literal["done"] = "done"
    answer: Answer


Event = Step | Done
