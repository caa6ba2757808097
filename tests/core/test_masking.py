"""Masking rules, one table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.masking import find_personal, is_enterprise, mask, mask_phone, scrub_text

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "masking.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}:{case['value']}"[:50])
def test_rule(case: dict[str, Any]) -> None:
    shown = mask(case["kind"], case["value"], cust_type=case.get("cust_type"), outside=case.get("outside", False))
    assert shown == case["shown"]


def test_none_stays_none_and_unknown_kinds_are_errors() -> None:
    assert mask("phone", None) is None
    with pytest.raises(KeyError):
        mask("colour", "红")


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True))
def test_no_mobile_survives_a_text(number: str) -> None:
    text = f"客户来电（{number}），请回复{number}。"
    assert number not in scrub_text(text) and number not in mask_phone(number)
    assert [hit.kind for hit in find_personal(text)] == ["phone", "phone"]
    assert find_personal(scrub_text(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "2026年10月售电量12345678千瓦时",
        "同比增长3.25%，应收电费1234567890.12元",
        "10kV望湖一线停电",
        "户号9900001234567",
    ],
)
def test_figures_are_not_personal_data(text: str) -> None:
    assert find_personal(text) == [] and scrub_text(text) == text


def test_check_digits_decide() -> None:
    assert [hit.kind for hit in find_personal("身份证11010519491231002X")] == ["id_card"]
    assert find_personal("流水110105194912310021") == []
    assert [hit.kind for hit in find_personal("卡号6222021234567890128")] in ([], ["bank_card"])
    assert [hit.kind for hit in find_personal("卡号4111111111111111")] == ["bank_card"]
    assert [hit.kind for hit in find_personal("代码91350100M000100Y43")] == ["uscc"]
    assert find_personal("代码91350100M000100Y44") == []


def test_customer_type_decides_over_wording() -> None:
    assert not is_enterprise("李电厂", "低压居民")
    assert is_enterprise("李电厂") and is_enterprise("张记", "高压")
    assert not is_enterprise("王建国", "低压非居民")


@pytest.mark.parametrize(
    "name",
    [
        "云州![x](https://evil.invalid/a.png)有限公司",
        "<img src=x onerror=alert(1)>商贸公司",
        "[重要](javascript:alert(1))厂",
    ],
)
def test_a_name_is_no_link_and_no_tag(name: str) -> None:
    shown = str(mask("person_name", name, cust_type="高压"))
    assert shown.endswith(name[-2:]) and not re.search(r"<|\]\(|(?:https?|javascript):", shown)
    assert mask("person_name", "云州城北（集团）机械有限公司", cust_type="高压") == "云州城北（集团）机械有限公司"
