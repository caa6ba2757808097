"""How fact tokens print: units, decimals, comparison words, and errors for whatever leads nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from core.domain.tokens import UnknownToken, number, plain, render, used_facts

LABELS = {"period": "2026年10月"}


RATE: dict[str, Any] = {"unit": "%", "kind": "rate"}
DOWN, UP = RATE | {"direction": "down"}, RATE | {"direction": "up"}


def fact(value: str | None = "1236000000", unit: str = "kWh", **more: Any) -> Fact:
    compare = {key: Decimal(text) if key != "rule" else text for key, text in more.pop("compare", {}).items()}
    return Fact(
        id="F1", indicator="A02", name="售电量", value=None if value is None else Decimal(value), unit=unit,
        compare=Compare.model_validate(compare), period=Period.month(2026, 10), org="1", org_name="云州公司", **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("made", "token", "printed"),
    [
        (fact(), "{{F1}}", "12.36亿千瓦时"),
        (fact("45600"), "{{F1}}", "4.56万千瓦时"),
        (fact("123.4", decimals=0), "{{F1}}", "123千瓦时"),
        (fact(), "{{F1:万千瓦时}}", "123600.00万千瓦时"),
        (fact(), "{{F1:n:万千瓦时}}", "123600.00"),
        (fact(), "{{ F1 }}", "12.36亿千瓦时"),
        (fact("0.125", "%"), "{{F1}}", "0.13%"),
        (fact("-0.001", "%"), "{{F1}}", "0.00%"),
        (fact("3182", "件", decimals=0), "{{F1}}", "3182件"),
        (fact("-48000", "元"), "{{F1}}", "-4.80万元"),
        (fact("99.9712", "%", decimals=4, kind="rate"), "{{F1}}", "99.9712%"),
        (fact(compare={"yoy": "5.214"}), "{{F1.yoy}}", "同比增长5.21%"),
        (fact(compare={"yoy": "-3.4"}), "{{F1.yoy}}", "同比下降3.40%"),
        (fact(compare={"yoy": "-3.4"}), "{{F1.yoy:n}}", "-3.40"),
        (fact(compare={"yoy": "-3.4"}), "{{F1.yoy:abs}}", "3.40%"),
        (fact(compare={"yoy": "0.04"}), "{{F1.yoy}}", "同比基本持平"),
        (fact(compare={"mom": "2"}), "{{F1.mom}}", "环比增长2.00%"),
        (fact(compare={"ytd_yoy": "2"}), "{{F1.ytd_yoy}}", "累计同比增长2.00%"),
        (fact(compare={"ytd": "11872000000"}), "{{F1.ytd}}", "118.72亿千瓦时"),
        (fact("2", **DOWN, compare={"rule": "pp", "yoy": "-0.18"}), "{{F1.yoy}}", "同比下降0.18个百分点"),
        (fact("2", **DOWN, compare={"rule": "pp", "yoy": "0.18"}), "{{F1.yoy}}", "同比上升0.18个百分点"),
        (fact("2", **UP, compare={"rule": "pp", "yoy": "0.18"}), "{{F1.yoy}}", "同比提高0.18个百分点"),
        (fact("2.31", "%", compare={"rule": "pp", "yoy": "0.001"}), "{{F1.yoy}}", "同比持平"),
        (
            fact("50000", "元", compare={"yoy": "400", "yoy_base": "10000"}), "{{F1.yoy}}",
            "同比增长400.00%（增加4.00万元）",
        ),
        (fact("50000", "元", compare={"yoy": "400"}), "{{F1.yoy}}", "同比增长400.00%"),
        (fact(), "{{F1.yoy}}", "同比无可比数据"),
        (fact(), "{{F1.yoy:n}}", "—"),
        (fact(None, status="error"), "{{F1}}", "取数失败"),
        (fact(None, status="denied"), "{{F1}}", "无权限"),
        (fact(None, status="empty"), "{{F1:n}}", "—"),
        (fact("0", "户", decimals=0), "{{F1}}", "0户"),
        (fact(), "{{F1.label}}", "云州公司"),
        (fact(by=By(dim="industry", key="2", label="工业")), "{{F1.label}}", "工业"),
        (fact(), "{{F1.period}}{{F1.name}}", "2026年10月售电量"),
        (fact(), "{{period}}", "2026年10月"),
    ],
)  # fmt: skip
def test_printed(made: Fact, token: str, printed: str) -> None:
    assert plain(token, {"F1": made}, LABELS) == printed


@pytest.mark.parametrize(
    "text",
    ["{{F2}}", "{{F1.best}}", "{{F1:万元}}", "{{nobody}}", "{{F1", "F1}}", "{{F1.label:n}}", "{{period.yoy}}", "{{}}"],
)
def test_what_leads_nowhere_is_an_error(text: str) -> None:
    with pytest.raises(UnknownToken):
        plain(text, {"F1": fact()}, LABELS)


def test_spans_tell_figures_from_words() -> None:
    spans = render("{{F1.label}}售电量{{F1}}。", {"F1": fact()})
    assert [(span.text, span.fact, span.figure) for span in spans] == [
        ("云州公司", "F1", False), ("售电量", "", False), ("12.36亿千瓦时", "F1", True), ("。", "", False),
    ]  # fmt: skip
    (missing,) = render("{{F1}}", {"F1": fact(None, status="error")})
    assert not missing.figure


def test_numbers_round_half_up_once() -> None:
    assert number(fact("12345"), "万千瓦时") == Decimal("1.23")
    assert number(fact("12350"), "万千瓦时") == Decimal("1.24")
    with pytest.raises(UnknownToken):
        number(fact(None, status="empty"))


def test_used_facts_in_order() -> None:
    assert used_facts("{{F2.yoy}}，{{period}}，{{F1:n:万元}}") == ["F2", "F1"]
