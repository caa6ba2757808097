"""挽回策略库: what may be done for a customer at risk, chosen by the cause of the risk (knowledge/strategies.yaml)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Strategy(BaseModel):
    """One cause: actions, who answers for them, what is done within how many working days, cost, measure.

    `retain_pct` is the expected share of the customer's energy at risk that is kept (percent, an assumption).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    actions: str
    owner: str
    days: int = Field(gt=0)
    deadline: str
    cost: str
    kpi: str
    retain_pct: int = Field(ge=0, le=100)


class OutcomeRules(BaseModel):
    """How recorded outcomes are used: fewer than `fewest` of a measure give no success rate; those of the last
    `look_back_months` count; an effect is measured over `effect_months` whole months after the measure, against the
    level of as many months before it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fewest: int = Field(gt=1)
    look_back_months: int = Field(gt=0)
    effect_months: int = Field(gt=0)


class Strategies(BaseModel):
    """The catalogue; `compliance` binds every one of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    owner: str
    causes: Mapping[str, Strategy]
    compliance: str
    outcomes: OutcomeRules


@cache
def strategies() -> Strategies:
    return Strategies.model_validate(yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")))
