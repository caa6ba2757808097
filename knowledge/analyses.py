"""What a template may ask of an analysis: the groups of facts it offers and the kinds of its findings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field


class Offer(BaseModel):
    """One entry of `knowledge/analyses.yaml`: `places` and `findings` by name, each with what it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    places: dict[str, str] = Field(default_factory=dict)
    findings: dict[str, str] = Field(default_factory=dict)


@cache
def analyses() -> Mapping[str, Offer]:
    """Every analysis by name."""
    raw = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {name: Offer.model_validate(item) for name, item in raw.items()}
