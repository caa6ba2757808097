"""标准化率: passed weight over the weight of the rules that apply, in %; a rule with warnings alone keeps a share."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from core.domain.report import CheckResult
from knowledge.standards.packs import format_rules, warn_share


def standardization(results: Iterable[CheckResult]) -> Decimal | None:
    """The rate with one decimal; None when no format rule applies, as for a PDF. An error is never rounded away."""
    worst: dict[str, str] = {}
    for result in results:
        if result.rule in format_rules():
            now = "" if result.passed else result.level
            worst[result.rule] = max(worst.get(result.rule, ""), now, key=("", "warn", "error").index)
    total = sum(format_rules()[rule].weight for rule in worst)
    if not total:
        return None
    kept = {"": Decimal(1), "warn": Decimal(str(warn_share())), "error": Decimal(0)}
    passed = sum((format_rules()[rule].weight * kept[level] for rule, level in worst.items()), Decimal(0))
    rate = (100 * passed / total).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return min(rate, Decimal("99.9")) if passed < total else Decimal(100)
