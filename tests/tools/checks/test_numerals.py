"""Which words count as numbers without a source: the table in tests/cases/checks/numerals.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from core.domain.tokens import TOKEN
from tools.checks.numerals import find

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "checks" / "numerals.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_numbers_in_words(case: dict[str, object]) -> None:
    assert find(TOKEN.sub("\ue001", str(case["text"]))) == case["found"]


def test_names_of_the_report_may_hold_digits() -> None:
    assert find("0%～2%区间的台区居多，七里铺供电所次之。", {"0%～2%", "七里铺供电所"}) == []
    assert find("七里铺供电所七户。", {"七里铺供电所"}) == ["七户"]
