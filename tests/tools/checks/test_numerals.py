"""Which words count as numbers without a source: the table in tests/cases/checks/numerals.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.domain.tokens import TOKEN
from tools.checks.numerals import find, places

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "checks" / "numerals.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_numbers_in_words(case: dict[str, object]) -> None:
    assert find(TOKEN.sub("\ue001", str(case["text"]))) == case["found"]


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("0%～2%区间的台区居多，七里铺供电所次之。", {"0%～2%", "七里铺供电所"}, []),
        ("七里铺供电所七户。", {"七里铺供电所"}, ["七户"]),
        ("两个山台区停电，线损率%为负。", {"两个山台区", "线损率%"}, []),
        ("三户厂区三个月停产。", {"三户", "三户厂区三个"}, []),
        ("12026年10月与2026年10月。", {"2026年10月"}, ["12026", "10"]),
    ],
)
def test_names_of_the_report_may_hold_digits(text: str, names: set[str], found: list[str]) -> None:
    assert find(text, names) == found


def test_a_name_without_a_numeral_excuses_nothing_but_itself() -> None:
    assert find("今年装机翻番。", {"装机翻番"}) == ["翻番"]
    assert find("装机翻番", {"装机翻番"}) == []


def test_numbers_are_placed_in_the_text_as_it_stands() -> None:
    assert places("七里铺供电所统一核查五户、5户、五户。", {"七里铺供电所"}) == [(10, "五户"), (13, "5"), (16, "五户")]
