"""Periods: codes, labels and the periods they are compared with."""

from __future__ import annotations

from datetime import date

import pytest

from core.domain.period import Period, shift_months

CASES = [
    # code, label, previous, year before, year so far
    ("2026-10", "2026年10月", "2026-09", "2025-10", "2026年1—10月"),
    ("2026-01", "2026年1月", "2025-12", "2025-01", "2026年1月"),
    ("2024-02", "2024年2月", "2024-01", "2023-02", "2024年1—2月"),
    ("2026-Q1", "2026年第一季度", "2025-Q4", "2025-Q1", "2026年1—3月"),
    ("2026", "2026年", "2025", "2025", "2026年1—12月"),
    ("2026-10-05", "2026年10月5日", "2026-10-04", "2025-10-05", "2026年1月1日—10月5日"),
    ("2026-10-01..2026-10-15", "2026年10月1日—15日", "2026-09-16..2026-09-30", "2025-10-01..2025-10-15", None),
]


@pytest.mark.parametrize(("code", "label", "mom", "yoy", "ytd"), CASES)
def test_period_names_and_bases(code: str, label: str, mom: str, yoy: str, ytd: str | None) -> None:
    period = Period.parse(code)
    assert period.code == code
    assert period.label == label
    assert period.mom().code == mom
    assert period.yoy().code == yoy
    if ytd is not None:
        assert period.ytd().label == ytd


def test_leap_february_compares_whole_months() -> None:
    assert Period.parse("2024-02").yoy().end == date(2023, 2, 28)
    assert Period.parse("2025-02").yoy().end == date(2024, 2, 29)
    assert shift_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


def test_trailing_months_end_with_the_period() -> None:
    codes = [month.code for month in Period.parse("2026-02").trailing_months(13)]
    assert codes[0] == "2025-02" and codes[-1] == "2026-02" and len(codes) == 13


@pytest.mark.parametrize("text", ["", "十月", "2026-13", "2026-10-32", "2026-10-15..2026-10-01", "2026-Q5", "a..b"])
def test_nonsense_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match="统计期"):
        Period.parse(text)
