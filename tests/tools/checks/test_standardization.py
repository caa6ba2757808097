"""标准化率: the weight of what passed over the weight of the rules that apply."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.domain.report import CheckResult
from knowledge.standards.packs import format_rules, warn_share
from tools.checks.standardization import standardization


def result(rule: str, level: str = "") -> CheckResult:
    told = {"rule": rule, "label": "规则", "passed": not level}
    return CheckResult.model_validate(told | ({"level": level} if level else {}))


def share(rules: list[str], kept: Decimal) -> Decimal:
    """`kept` of the first rule and all of the others, in %, to one decimal."""
    weights = [format_rules()[rule].weight for rule in rules]
    return round(100 * (weights[0] * kept + sum(weights[1:])) / sum(weights), 1)


@pytest.mark.parametrize(("level", "kept"), [("error", Decimal(0)), ("warn", Decimal(str(warn_share())))])
def test_a_rule_loses_its_weight_and_keeps_a_share_when_it_only_warns(level: str, kept: Decimal) -> None:
    assert 0 < warn_share() < 1
    rules = ["F04", "F01", "F02"]
    assert standardization([result("F04", level), result("F01"), result("F02")]) == share(rules, kept)


def test_the_worst_finding_of_a_rule_counts_wherever_it_stands() -> None:
    two = share(["F04", "F01"], Decimal(0))
    for levels in (("warn", "error"), ("error", "warn"), ("error", "")):
        assert standardization([result("F01"), *(result("F04", level) for level in levels)]) == two


def test_all_passed_is_a_hundred_and_a_single_finding_never_rounds_up_to_it() -> None:
    rules = list(format_rules())
    assert standardization([result(rule) for rule in rules]) == Decimal(100)
    light = min(rules, key=lambda rule: format_rules()[rule].weight)
    others = [result(rule) for rule in rules if rule != light]
    rate = standardization([result(light, "warn"), *others])
    assert rate is not None and rate <= Decimal("99.9")


def test_rules_that_are_no_format_rules_do_not_count() -> None:
    assert standardization([result("numeral_gate", "error"), result("F01")]) == Decimal(100)
    assert standardization([result("numeral_gate", "error")]) is None and standardization([]) is None
