"""Supplements (人工补录): a value that a business user supplies where a source has none, with where it came from."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, field_serializer

from core.domain.fact import json_number


class Supplement(BaseModel):
    """One supplied value, in the indicator's base unit; it counts until it is withdrawn."""

    model_config = ConfigDict(frozen=True)

    id: str
    indicator: str
    org: str
    period: str
    value: Decimal
    unit: str
    note: str
    actor: str
    name: str
    at: datetime
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None

    @field_serializer("value", when_used="json")
    def _value(self, value: Decimal) -> float | int | None:
        return json_number(value)

    def said(self) -> str:
        """Who supplied it, when and from where: what every card and appendix line shows."""
        return f"人工补录：{self.name}，{self.at:%Y-%m-%d %H:%M}，依据：{self.note}"


class Alert(BaseModel):
    """One quality problem that 数据运维员 is told of; a new one only where the count changed. A low score is one."""

    model_config = ConfigDict(frozen=True)

    id: int
    org: str
    period: str
    detector: str
    severity: str
    objects: int
    text: str
    at: datetime
