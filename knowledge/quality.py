"""数据质量与跨系统核对的规则: loads `quality.yaml` and `reconcile.yaml` into frozen typed objects."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import Broken

HOME = Path(__file__).parent
Aspect = Literal["complete", "accurate", "timely", "unique", "shape"]
ASPECTS: dict[str, str] = {"complete": "完整", "accurate": "准确", "timely": "及时", "unique": "唯一"}


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DetectorSpec(Frozen):
    """What is to be known of one detector beside its statements."""

    code: str
    name: str
    dataset: str
    aspect: Aspect
    severity: Literal["提示", "关注", "异常", "严重"]
    alert: bool
    counted: str
    treatment: str
    limits: dict[str, Any] = Field(default_factory=dict)


class SourceSpec(Frozen):
    """How a source's main dataset is scored, row by row; the conditions are SQL in canonical names."""

    dataset: str
    missing: str
    wrong: str
    late: str
    late_days: int = 0


class CleanRule(Frozen):
    """`corrupt` rows count towards refusal; a value that merely never came does not."""

    name: str
    label: str
    when: str
    corrupt: bool = True


class CleanSpec(Frozen):
    """Rows that meet a rule are set aside under the first rule they meet; doubles are those after the best row."""

    key: str
    value: str
    best_first: str
    rules: tuple[CleanRule, ...]
    limits: dict[str, int]


class QualityRules(Frozen):
    version: str
    effective_from: Any
    owner: str
    weights: dict[str, Decimal]
    notice_below: Decimal
    refuse_above_pct: Decimal
    listed: int
    sources: dict[str, SourceSpec]
    detectors: dict[str, DetectorSpec]
    cleaning: dict[str, CleanSpec]


class CheckSpec(Frozen):
    """One cross-source check: what stands against what, within which tolerance, and the causes it can name.

    `datasets` must cover the whole period, else there is no verdict; `monthly` checks need whole months.
    """

    code: int
    name: str
    left: str
    right: str
    unit: str
    counted: str
    datasets: tuple[str, ...] = ()
    monthly: bool = False
    tolerance: dict[str, Decimal]
    causes: dict[str, str]
    limits: dict[str, Any] = Field(default_factory=dict)


class ReconcileRules(Frozen):
    version: str
    effective_from: Any
    owner: str
    listed: int
    checks: dict[str, CheckSpec]


Rules = TypeVar("Rules", bound=Frozen)


@cache
def quality_rules() -> QualityRules:
    """`quality.yaml`; raises Broken with the place of a mistake."""
    rules = _read("quality.yaml", QualityRules)
    if set(rules.weights) != set(ASPECTS) or sum(rules.weights.values()) != 1:
        raise Broken("quality.yaml 的 weights 应为完整、准确、及时、唯一四项，合计为一。", "请改正后重试。")
    return rules


@cache
def reconcile_rules() -> ReconcileRules:
    """`reconcile.yaml`; raises Broken with the place of a mistake."""
    return _read("reconcile.yaml", ReconcileRules)


def _read(name: str, kind: type[Rules]) -> Rules:
    data: Mapping[str, Any] = yaml.load((HOME / name).read_text("utf-8"), Loader=_Exact)
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(str(part) for part in first["loc"])
        raise Broken(f"{name} 的「{place}」有误：{first['msg']}", "请按文件开头的说明改正。") from error


class _Exact(yaml.SafeLoader):
    """Fractions as Decimal, so that 0.35 is 0.35."""


def _decimal(loader: Any, node: Any) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)))


_Exact.add_constructor("tag:yaml.org,2002:float", _decimal)
