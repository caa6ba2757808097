"""Reports (报告): sections of blocks whose every figure is a fact token, and the hash that a decision binds to."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.domain.canon import canonical
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.period import Period
from core.domain.tokens import used_facts


class Paragraph(BaseModel):
    """One paragraph of text with fact tokens (`core.domain.tokens`).

    `[[ref:ID]]` refers to a table or chart of the report; the exporter prints its number (表3、图2).
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["paragraph"] = "paragraph"
    text: str


class Column(BaseModel):
    """One table column; `unit` is the single unit of all its figures (domain.md §1.1)."""

    model_config = ConfigDict(frozen=True)

    header: str
    unit: str = ""
    align: Literal["left", "center", "right"] = "right"
    width: float = 1.0


class Table(BaseModel):
    """A table; cells are text or number tokens such as `{{F3:n:万千瓦时}}` and `{{F3.yoy:n}}`."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["table"] = "table"
    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    unit_note: str = ""
    notes: tuple[str, ...] = ()
    total: bool = False


class Point(BaseModel):
    """One chart value: a fact and which of its numbers (`value`, `yoy`, `mom`, `ytd_yoy`)."""

    model_config = ConfigDict(frozen=True)

    fact: str
    field: Literal["value", "yoy", "mom", "ytd", "ytd_yoy"] = "value"


class Series(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    points: tuple[Point | None, ...]
    mark: Literal["bar", "line"] = "bar"
    axis: Literal["left", "right"] = "left"


ChartForm = Literal["trend", "bar", "barh", "stack", "ring", "histogram", "waterfall", "heat", "tiles"]
"""走势、柱、横条、堆积、环形、分布、分解、热力图（一行一个系列）、单位网格图."""


class Chart(BaseModel):
    """One chart description for every output: docx, chat, html. `unit` is the display unit of the left axis."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["chart"] = "chart"
    id: str
    caption: str
    form: ChartForm
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    right_unit: str = ""
    source: str = ""
    alt: str = ""


class Listing(BaseModel):
    """Numbered items (问题, 措施), each a sentence with tokens."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["listing"] = "listing"
    items: tuple[str, ...]


Block = Annotated[Paragraph | Table | Chart | Listing, Field(discriminator="kind")]


def shown_facts(block: Block) -> list[str]:
    """Ids of the facts that a block prints or draws, in order."""
    match block:
        case Paragraph():
            return used_facts(block.text)
        case Listing():
            return [name for item in block.items for name in used_facts(item)]
        case Table():
            return [name for row in block.rows for cell in row for name in used_facts(cell)]
        case Chart():
            return [point.fact for series in block.series for point in series.points if point]


class Section(BaseModel):
    """A heading with its blocks; level 1 prints 一、, level 2 prints （一）. Numbers are added by the exporter."""

    model_config = ConfigDict(frozen=True)

    id: str
    heading: str
    level: Literal[1, 2] = 1
    blocks: tuple[Block, ...] = ()
    thin: str = ""


class SourceState(BaseModel):
    """How one source answered while the report was made (`ok`, `partial`, `empty`, `error`, `denied`)."""

    model_config = ConfigDict(frozen=True)

    source: str
    label: str
    status: Literal["ok", "empty", "denied", "error", "partial"]
    detail: str = ""
    as_of: datetime | None = None
    seconds: float = 0.0


class Restated(BaseModel):
    """A value that the approved report before published and that its sources tell differently now (重述).

    `old` and `new` are facts of this report: what was published, and what the same query gives now.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    old: str
    new: str
    why: str


class CheckResult(BaseModel):
    """One check: `level` error blocks submission and approval, warn is shown to the reviewer.

    `final` findings cannot be waived: a text that names an unknown fact cannot be printed at all. `fixable` ones can be
    mended in the file without a person's judgement.
    """

    model_config = ConfigDict(frozen=True)

    rule: str
    label: str
    passed: bool
    level: Literal["error", "warn"] = "error"
    place: str = ""
    text: str = ""
    fix: str = ""
    final: bool = False
    fixable: bool = False

    @property
    def key(self) -> str:
        """A short name of this finding that stays the same for the same rule, place and text."""
        return finding_key(self.rule, self.place, self.text)


def finding_key(*parts: str) -> str:
    """The first twelve hex digits of SHA-256 over the parts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


class ReportContent(BaseModel):
    """Everything that a version says. Its canonical hash is what a reviewer approves."""

    model_config = ConfigDict(frozen=True)

    title: str
    template: str
    template_version: str = ""
    org: str
    org_name: str
    period: Period
    sections: tuple[Section, ...]
    facts: tuple[Fact, ...]
    findings: tuple[Finding, ...] = ()
    sources: tuple[SourceState, ...] = ()
    assumptions: tuple[str, ...] = ()
    approvers: int = 1
    shell: str = "internal"
    baseline: str = ""
    continuity: str = ""
    restated: tuple[Restated, ...] = ()
    llm: str = ""

    def fact_map(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    def canonical(self) -> str:
        """Key-sorted JSON without whitespace; timings are not content, and what a version does not use is not in it."""
        data: dict[str, Any] = self.model_dump(mode="json")
        for source in data["sources"]:
            source.pop("seconds", None)
        if data["approvers"] == 1:
            data.pop("approvers")
        if data["shell"] == "internal":
            data.pop("shell")
        for finding in data["findings"]:
            if not finding["cells"]:
                finding.pop("cells")
        return canonical(data)

    def hash(self) -> str:
        """SHA-256 hex digest of the canonical form."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()
