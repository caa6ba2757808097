"""Derived facts: the arithmetic, their parents, and what happens when a parent has no number."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest

from core.domain.fact import Compare, Fact
from core.domain.period import Period
from core.errors import BadRequest
from tools.indicators.derive import derive, ranked


def fact(ident: str, value: str | None, *, unit: str = "kWh", base: str | None = None, **more: object) -> Fact:
    return Fact(
        id=ident, indicator="A02", name="售电量", value=None if value is None else Decimal(value), unit=unit,
        period=Period.parse("2026-10"), org="99401", org_name="国网云州供电公司", source="marketing",
        datasets=("bill",),
        status="ok" if value is not None else "error", reason="" if value is not None else "营销2.0取数失败",
        compare=Compare(yoy_base=None if base is None else Decimal(base)), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def ids() -> str:
    return f"F{next(COUNT)}"


COUNT = count(100)
A, B = fact("F1", "63", base="60"), fact("F2", "105", base="100")


@pytest.mark.parametrize(
    ("how", "value", "unit"),
    [
        ("差值", "-42", "kWh"),
        ("占比", "60", "%"),
        ("倍数", "0.6", "倍"),
        ("贡献度", "3", "个百分点"),
        ("贡献率", "60", "%"),
        ("合计", "168", "kWh"),
        ("计数", "2", "个"),
        ("排名", "2", "位"),
    ],
)
def test_each_way(how: str, value: str, unit: str) -> None:
    found = derive(how, [A, B], ids)  # type: ignore[arg-type]
    assert (found.value, found.unit, found.status) == (Decimal(value), unit, "ok")
    assert found.parents == ("F1", "F2") and how in found.method and found.source == "marketing"


def test_a_difference_of_rates_is_in_points() -> None:
    found = derive("差值", [fact("F1", "2.31", unit="%"), fact("F2", "2.49", unit="%")], ids)
    assert (found.value, found.unit) == (Decimal("-0.18"), "个百分点")


def test_ranks_share_equal_values_and_may_count_from_below() -> None:
    facts = [fact(f"F{n}", value) for n, value in enumerate(("5", "9", "5", None), start=1)]
    assert [item.value for item in ranked(facts[:3], ids)] == [2, 1, 2]
    assert [item.value for item in ranked(facts[:3], ids, lowest=True)] == [1, 3, 1]
    assert [item.status for item in ranked(facts, ids)] == ["ok", "ok", "ok", "empty"]


def test_a_parent_without_a_number_is_named() -> None:
    found = derive("占比", [A, fact("F9", None)], ids)
    assert (found.value, found.status) == (None, "empty") and "营销2.0取数失败" in found.reason
    assert derive("计数", [A, fact("F9", None)], ids).value == 1


def test_an_unfinished_parent_makes_an_unfinished_child() -> None:
    half = fact("F3", "5").model_copy(update={"status": "partial", "reason": "数据截至2026-10-20"})
    found = derive("合计", [A, half], ids)
    assert found.status == "partial" and "2026-10-20" in found.reason


def test_impossible_derivations() -> None:
    assert derive("占比", [A, fact("F4", "0")], ids).status == "empty"
    assert derive("贡献率", [A, fact("F4", "100", base="100")], ids).status == "empty"
    assert derive("贡献度", [fact("F5", "1"), B], ids).status == "empty"
    with pytest.raises(BadRequest):
        derive("差值", [A], ids)
    with pytest.raises(BadRequest):
        derive("合计", [A, fact("F6", "1", unit="元")], ids)
