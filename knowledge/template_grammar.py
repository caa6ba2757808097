"""The words of a report template (报告模板): what an office worker may write in a YAML file.

A section names the facts it needs under aliases and writes sentences with those aliases as tokens. Grammar of a
sentence: `{{alias}}`, `{{alias.yoy}}`, `{{alias:n:万元}}` as in `core.domain.tokens`; `[[…]]` marks a clause that is
left out when one of its tokens has no number; a sentence whose other tokens have none is left out whole.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from core.domain.report import ChartForm

Grain = Literal["week", "month", "quarter", "year", "range"]
Rank = Literal["", "value", "yoy", "mom"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Need(Frozen):
    """One request to the indicator engine.

    `months` or `days` ask for that many months or days up to the report's last one, one fact each. `over` moves the
    request from the report's period to another: `last_month`, the last whole month that has ended by then;
    `last_year`, the same period one year before.
    """

    indicator: str
    part: str | None = None
    by: str | None = None
    months: int = Field(0, ge=0, le=36)
    days: int = Field(0, ge=0, le=92)
    limit: int | None = None
    over: Literal["", "last_month", "last_year"] = ""


class Each(Frozen):
    """A sentence made of one item per member of a group, e.g. per county.

    `where` keeps members whose number (that of `sort`) is above or below zero.
    """

    each: str
    item: str
    lead: str = ""
    join: str = "，"
    end: str = "。"
    sort: Rank = ""
    order: Literal["desc", "asc"] = "desc"
    limit: int = 20
    where: Literal["", "above", "below"] = ""


class When(Frozen):
    """One of two sentences: `then` when the fact is above zero, `otherwise` when it is zero."""

    when: str
    then: str = ""
    otherwise: str = ""


class Quote(Frozen):
    """What the findings of one kind say, as a sentence; `lead` stands before it, and only with it."""

    finding: str
    lead: str = ""


def _kind(value: Any) -> str:
    """Which form of sentence a list item is."""
    if isinstance(value, dict):
        return next((form for form in ("when", "finding") if form in value), "each")
    forms: dict[type, str] = {Each: "each", When: "when", Quote: "finding"}
    return forms.get(type(value), "text")


Sentence = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[Each, Tag("each")]
    | Annotated[When, Tag("when")]
    | Annotated[Quote, Tag("finding")],
    Discriminator(_kind),
]


class ColumnSpec(Frozen):
    """`of` names the group a figure comes from; in a table of findings `cell` names what a column shows of each."""

    header: str
    of: str = ""
    field: Literal["label", "name", "unit", "period", "org", "value", "yoy", "mom", "ytd", "ytd_yoy"] = "value"
    cell: str = ""
    unit: str = ""
    width: float = 1.0


class TableSpec(Frozen):
    """`rows`: one fact a row. `each`: one member of a group a row. `findings`: one finding of these kinds a row."""

    id: str
    caption: str
    rows: tuple[str, ...] = ()
    each: str = ""
    findings: tuple[str, ...] = ()
    columns: tuple[ColumnSpec, ...]
    total: dict[str, str] = Field(default_factory=dict)
    total_label: str = "合计"
    sort: Rank = ""
    order: Literal["desc", "asc"] = "desc"
    limit: int = 40
    notes: tuple[str, ...] = ()


class SeriesSpec(Frozen):
    name: str
    of: str
    field: Literal["value", "yoy", "mom", "ytd", "ytd_yoy"] = "value"
    mark: Literal["bar", "line"] = "bar"
    axis: Literal["left", "right"] = "left"


class ChartSpec(Frozen):
    """`auto` takes the form that suits the shape of the data. A `heat` map takes one series `of` a need with `by` and
    `months`: a row for each member, a column for each month."""

    id: str
    caption: str
    form: Literal[ChartForm, "auto"] = "auto"
    series: tuple[SeriesSpec, ...]
    unit: str = ""
    right_unit: str = ""
    limit: int = 31


class ListingSpec(Frozen):
    """Numbered items from findings: `problems` what was found, `measures` what is to be done; `kinds` keeps some.

    `review` shows the cross-source checks and the data quality instead (of the analysis `data_review`).
    """

    show: Literal["problems", "measures", "review"]
    kinds: tuple[str, ...] = ()
    lead: str = ""
    none: str = ""


class SectionSpec(Frozen):
    """One section; `analysis` names analyses whose facts and findings it also shows.

    `answers` are the questions it answers in everyday words; earlier sections are found by them.

    `thin` is said when there is nothing to say; with `optional` the section is then left out whole, also when its
    listing has no item.
    """

    id: str
    heading: str
    level: Literal[1, 2] = 1
    answers: tuple[str, ...] = ()
    need: dict[str, Need] = Field(default_factory=dict)
    analysis: tuple[str, ...] = ()
    write: tuple[tuple[Sentence, ...], ...] = ()
    tables: tuple[TableSpec, ...] = ()
    charts: tuple[ChartSpec, ...] = ()
    listing: ListingSpec | None = None
    thin: str = ""
    optional: bool = False


class Template(Frozen):
    """`anchors` are indicators of which at least one must have a number: without any there is nothing to report.

    `grain` is the period that is taken where none is named, `grains` are all that fit. `approvers` is how many
    different reviewers decide. `shell` and `rules` name the look of its documents and the pack that checks them.
    `reconcile` says what a cross-source check beyond its tolerance does: `block` keeps the draft from review,
    `annotate` (also for checks that are not named) shows it to the reviewer.
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,19}$")
    name: str
    title: str
    description: str = ""
    version: str
    grain: Grain = "month"
    grains: tuple[Grain, ...] = ("month",)
    audience: str = ""
    synonyms: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    approvers: Literal[1, 2] = 1
    shell: Literal["internal", "official", "brief"] = "internal"
    rules: str = "gbt9704"
    reconcile: dict[str, Literal["block", "annotate"]] = Field(default_factory=dict)
    sections: tuple[SectionSpec, ...] = Field(min_length=1)
