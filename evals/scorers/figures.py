"""Are the figures right: the asked fact against a second count, and every number of the text against some fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

NEAR = Decimal("1e-9")
"""Relative tolerance: facts leave as JSON numbers of double precision."""
_SCALES = {"亿": Decimal(10**8), "万": Decimal(10**4), "": Decimal(1)}
_UNITS = r"千瓦时|千千瓦时|元/千千瓦时|元|千伏安|千瓦|户|件|个|次|小时|分钟|天|%|‰|百分点|时·户"
_NUMBER = re.compile(rf"(?<![\d.])(\d+(?:\.\d+)?)(亿|万)?(个)?({_UNITS})(?!月|季)")
_NAMES = re.compile(r"\d+(?:kV|千伏)|(?:十|二十|前\d+)|95598|12398|12345|\d+年|\d+月|\d+日")


def wrong_value(facts: Sequence[Mapping[str, Any]], want: Mapping[str, Any], due: Decimal | None) -> str:
    """What is wrong with the fact that answers `want` (indicator, org, by, key); empty when it is the second count.

    A second count of None asks for a fact without a value: `empty`, never a zero.
    """
    found = [fact for fact in facts if _is(fact, want)]
    if not found:
        return f"没有 {want['indicator']} 的数据事实"
    value, status = found[0]["value"], found[0]["status"]
    if due is None:
        return "" if value is None and status in {"empty", "error"} else f"应为无数据，却是 {value}"
    if value is None:
        return f"应为 {due:f}，却没有数值（{status}）"
    return "" if near(Decimal(str(value)), due) else f"应为 {due:f}，却是 {value}"


def _is(fact: Mapping[str, Any], want: Mapping[str, Any]) -> bool:
    by = fact.get("by") or {}
    return bool(
        fact["indicator"] == want["indicator"]
        and ("org" not in want or fact["org"] == want["org"])
        and (by.get("key") if by else None) == want.get("key")
    )


def near(left: Decimal, right: Decimal) -> bool:
    return abs(left - right) <= NEAR * max(abs(left), abs(right), Decimal(1))


def unsupported(text: str, facts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Numbers with a unit in an answer that no fact supports at the precision they are printed with."""
    known = list(_values(facts))
    found = []
    for match in _NUMBER.finditer(_NAMES.sub("", text)):
        printed, scale = Decimal(match[1]), _SCALES[match[2] or ""]
        half = Decimal(1).scaleb(min(0, int(printed.as_tuple().exponent))) / 2
        if not any(abs(abs(value) / scale - printed) <= half * Decimal("1.000001") for value in known):
            found.append(match.group())
    return found


def _values(facts: Sequence[Mapping[str, Any]]) -> Iterator[Decimal]:
    for fact in facts:
        numbers = {name: _decimal(value) for name, value in {"value": fact["value"], **fact["compare"]}.items()}
        yield from (value for value in numbers.values() if value is not None)
        # an increase is told beside a percentage that says little: 同比增长300%（增加6户）
        for now, then in (("value", "yoy_base"), ("value", "mom_base"), ("ytd", "ytd_base")):
            left, right = numbers.get(now), numbers.get(then)
            if left is not None and right is not None:
                yield left - right


def _decimal(value: Any) -> Decimal | None:
    plain = isinstance(value, int | float | str) and re.fullmatch(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", str(value))
    return Decimal(str(value)) if plain else None


def shown(text: str, due: Decimal) -> bool:
    """Whether the text prints the second count itself, at some magnitude and its own precision."""
    for match in _NUMBER.finditer(text):
        printed, scale = Decimal(match[1]), _SCALES[match[2] or ""]
        half = Decimal(1).scaleb(min(0, int(printed.as_tuple().exponent))) / 2
        if abs(abs(due) / scale - printed) <= half * Decimal("1.000001"):
            return True
    return False
