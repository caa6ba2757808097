"""The signals of churn and their weights, from `churn_signals.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import Broken


class Signal(BaseModel):
    """One signal: 0 points at `start` and below, full points at `full`, linear between (either direction)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    label: str
    unit: str
    weight: float = Field(gt=0)
    start: float = Field(alias="from")
    full: float = Field(alias="to")
    cause: str


class ChurnRules(BaseModel):
    """`lost_ratio`: at or below it a customer has gone already; `outcome_ratio`: what counts as gone when learning."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    lost_ratio: float
    outcome_ratio: float
    signals: tuple[Signal, ...]
    consultation: tuple[str, ...]


@cache
def churn_rules() -> ChurnRules:
    """The rules that ship with the house; raises Broken when the file is wrong."""
    try:
        return ChurnRules.model_validate(
            yaml.safe_load(files("knowledge").joinpath("churn_signals.yaml").read_text("utf-8"))
        )
    except ValidationError as error:
        place = " → ".join(str(part) for part in error.errors()[0]["loc"])
        raise Broken(f"流失信号文件的「{place}」有误。", "请修正 knowledge/churn_signals.yaml。") from error
