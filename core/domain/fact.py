"""Facts (数据事实): the only carriers of numbers. Minted by tools, printed by the renderer, never typed by an llm."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, field_serializer, model_serializer

from core.domain.period import Period

FactStatus = Literal["ok", "empty", "denied", "error", "partial"]

STATUS_LABELS: dict[str, str] = {
    "ok": "正常",
    "empty": "无数据",
    "denied": "无权限",
    "error": "取数失败",
    "partial": "数据不完整",
}


class By(BaseModel):
    """The member of a dimension that a fact is restricted to, e.g. dim=industry key=2 label=工业."""

    model_config = ConfigDict(frozen=True)

    dim: str
    key: str
    label: str


class Compare(BaseModel):
    """Comparisons by the indicator's own rule; None where the base is missing, zero or of another sign.

    `yoy` and `mom` are percent for amounts and 百分点 for rates (`rule` says which); `ytd` is the accumulated value in
    the fact's unit and `ytd_yoy` its change; `mom_daily` is 日均环比 in percent. The bases are kept so that every
    comparison can be recomputed.
    """

    model_config = ConfigDict(frozen=True)

    rule: Literal["pct", "pp", "diff"] = "pct"
    yoy: Decimal | None = None
    mom: Decimal | None = None
    ytd: Decimal | None = None
    ytd_yoy: Decimal | None = None
    mom_daily: Decimal | None = None
    yoy_base: Decimal | None = None
    mom_base: Decimal | None = None
    ytd_base: Decimal | None = None

    @field_serializer("yoy", "mom", "ytd", "ytd_yoy", "mom_daily", "yoy_base", "mom_base", "ytd_base", when_used="json")
    def _number(self, value: Decimal | None) -> float | int | None:
        return json_number(value)


_LATER = frozenset({"supplement", "computed_by", "inputs"})
"""Fields that came after the first records; left out while they are blank."""


class Fact(BaseModel):
    """One number with its whole provenance (contract.md §2 `ask --json`).

    `value` is in base units (kWh, 元, %, 户, 件, h, kW, kVA, 元/千千瓦时 for prices); None unless status is ok or
    partial. `query` is the canonical SQL (one statement per line for several sources) and `params` what it was bound
    with, enough to run it again. Derived facts name their `parents` and say in `method` how they were computed.
    `supplement` marks a value that a person supplied (人工补录): who, when and from where; '' for all others.
    `computed_by` is who computed it with the version (`engine/1`, `derive/1`, `analysis.outlook/1`, `record/1`), and
    `inputs` what an analysis was given, so that it can be done again.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    indicator: str
    name: str
    value: Decimal | None
    unit: str
    decimals: int = 2
    kind: str = "amount"
    direction: str = "neutral"
    period: Period
    org: str
    org_name: str = ""
    by: By | None = None
    compare: Compare = Compare()
    caliber: str = ""
    caliber_version: str = ""
    source: str = ""
    datasets: tuple[str, ...] = ()
    query: str = ""
    params: dict[str, Any] = Field(default_factory=dict)
    row_count: int = 0
    as_of: datetime | None = None
    status: FactStatus = "ok"
    reason: str = ""
    parents: tuple[str, ...] = ()
    method: str = ""
    supplement: str = ""
    computed_by: str = ""
    inputs: dict[str, Any] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _without_blanks(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Facts of older versions are written as they always were, so that stored hashes still hold."""
        data: dict[str, Any] = handler(self)
        return {name: value for name, value in data.items() if value or name not in _LATER}

    @field_serializer("value", when_used="json")
    def _value(self, value: Decimal | None) -> float | int | None:
        return json_number(value)

    @property
    def has_value(self) -> bool:
        return self.value is not None and self.status in {"ok", "partial"}


def quotable(reason: str) -> str:
    """A fact's reason as prose may quote it: '' when it has figures, which only facts may give."""
    return "" if any(letter.isdigit() for letter in reason) else reason


def json_number(value: Decimal | None) -> float | int | None:
    """A JSON number of a Decimal: an int where it is whole, else the shortest float."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
