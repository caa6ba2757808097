"""Indicator definitions (指标): what a number means, how it is computed and how it is compared."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["amount", "count", "rate", "price", "duration", "load"]
Dim = Literal["org", "industry", "tariff_class", "voltage", "tg", "month", "day", "biz_type", "customer", "cause"]
Clock = Literal["date", "timestamp", "ym"]
Coverage = Literal["daily", "month", "event", "stock"]


class Measure(BaseModel):
    """One aggregate over one dataset; the engine compiles it for every compared period at once.

    Row expressions name columns of the dataset without prefix, caliber values as `:group_key` binds, and columns of the
    `join` dataset (same source) as `j.column`. `among` says which rows are data for this measure at all (none of them:
    no data), `where` which of those are counted (none: zero). The rows of a period are chosen by `date` (in the
    period), `since` (not after its end) and `until` (null or after its end): a flow has `date`, a stock `since`.
    `fold` names a column over which rows are summed before `agg` is taken (the peak of a sum).

    `sql` instead gives a whole SELECT in canonical names, run once per period with the binds `:start :end :after
    :start_ym :end_ym` (each also `…_minus_12months` or `…_minus_<caliber bind>`) and the places `{key}` and `{group}`
    for the unit; it returns one column named like each measure that shares it, and `n`, its base rows.
    `lookback_months` says how far before the period it reads. Blanks are filled in from `knowledge/datasets.yaml`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    source: str = ""
    agg: Literal["sum", "count", "distinct", "max"] = "sum"
    expr: str = "1"
    where: str | None = None
    among: str | None = None
    stock: bool = False
    date: str | None = None
    date_kind: Clock = "date"
    since: str | None = None
    since_kind: Literal["date", "timestamp", "ym", "cutoff"] = "date"
    until: str | None = None
    fold: str | None = None
    join: str | None = None
    sql: str | None = None
    as_of: str | None = None
    lookback_months: int = 0
    coverage: Coverage | None = None


class CompareRule(BaseModel):
    """How the indicator is compared: `pct` (amounts, prices), `pp` (rates, in 百分点) or `diff` (in the unit itself).

    `ytd` says what a year's figure is: `sum` and `ratio` evaluate the value over the year so far (a ratio from summed
    numerators and denominators), `last` is the figure at the period's end, `none` has no meaning for the indicator.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    change: Literal["pct", "pp", "diff"] = "pct"
    ytd: Literal["sum", "ratio", "last", "none"] = "sum"
    daily: bool = False


class Part(BaseModel):
    """A further number of the same indicator (户数/容量); becomes the indicator `<id>.<key>` of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind
    unit: str
    decimals: int = 2
    direction: Literal["up", "down", "neutral"] | None = None
    caliber: str
    formula: str = ""
    value: str
    compare: CompareRule | None = None
    dims: tuple[Dim, ...] | None = None
    thresholds: dict[str, str] = Field(default_factory=dict)


class Indicator(BaseModel):
    """One indicator: one YAML of `knowledge/indicators/` (house.md rule 2). Units are base units (contract.md §2).

    `value` is arithmetic over the names of `measures` and the period's `days` and `hours`. `thresholds` name keys of
    `knowledge/caliber.yaml`, never numbers. `span: ytd` takes the value over the year up to the period's end.
    `base` is set on the indicators made from `parts`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    group: str
    kind: Kind
    unit: str
    decimals: int = 2
    direction: Literal["up", "down", "neutral"] = "neutral"
    caliber: str
    formula: str
    measures: dict[str, Measure | str]
    value: str
    compare: CompareRule = CompareRule()
    dims: tuple[Dim, ...] = ()
    default_by: Dim | None = None
    span: Literal["period", "ytd"] = "period"
    grains: tuple[Literal["day", "week", "month", "quarter", "year", "range"], ...] = (
        "month",
        "quarter",
        "year",
        "range",
    )
    sources: tuple[str, ...] = ()
    thresholds: dict[str, str] = Field(default_factory=dict)
    parts: dict[str, Part] = Field(default_factory=dict)
    base: str = ""
    version: str
    effective_from: date
    notes: str = ""
