"""Answers of external question sets: every expected value must be there, numbers within their printed precision."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any


def wrong(expected: Any, got: Sequence[Any]) -> str:
    """What differs; `expected` is one value, a list of values, or DABench's list of [name, value] pairs."""
    values = _values(expected)
    if len(values) != len(got):
        return f"应有 {len(values)} 个答案，给出 {len(got)} 个"
    for want, have in zip(values, got, strict=True):
        if not _same(str(want).strip(), "" if have is None else str(have).strip()):
            return f"应为 {want}，答 {have}"
    return ""


def _values(expected: Any) -> list[Any]:
    if not isinstance(expected, list):
        return [expected]
    return [item[1] if isinstance(item, list) and len(item) == 2 else item for item in expected]


def _same(want: str, have: str) -> bool:
    try:
        left, right = Decimal(want), Decimal(have)
    except InvalidOperation:
        return want.casefold() == have.casefold()
    half = Decimal(1).scaleb(int(left.as_tuple().exponent)) / 2
    return left == right or (left.as_tuple().exponent < 0 and abs(left - right) <= half)  # type: ignore[operator]
