"""The limits of an analysis's life (backtest, comparison, drift), from `analysis_life.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field


class LifeRules(BaseModel):
    """Percentages and 百分点 are numbers of percent; `psi_*` are population stability indices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str
    recent_months: int = Field(gt=0)
    backtest_months: int = Field(gt=0)
    fewest_positives: int = Field(gt=0)
    draws: int = Field(ge=100)
    confidence_pct: float = Field(gt=0, lt=100)
    promised_coverage_pct: float = Field(gt=0, lt=100)
    psi_watch: float
    psi_retrain: float
    calibration_gap_pp: float
    auc_drop_pp: float
    coverage_gap_pp: float
    max_age_days: int


@cache
def life_rules() -> LifeRules:
    return LifeRules.model_validate(yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")))
