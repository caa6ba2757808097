"""How fact tokens print: units, decimals, comparison words, and errors for whatever leads nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from core.domain.tokens import UnknownToken, number, plain, render, unit_scale, used_facts

LABELS = {"period": "2026年10月"}


RATE: dict[str, Any] = {"unit": "%", "kind": "rate"}
DOWN, UP = RATE | {"direction": "down"}, RATE | {"direction": "up"}


def fact(value: str | None = "1236000000", unit: str = "kWh", **more: Any) -> Fact:
    compare = {key: Decimal(text) if key != "rule" else text for key, text in more.pop("compare", {}).items()}
    return Fact(
        id="F1", indicator="A02", name="售电量", value=None if value is None else Decimal(value), unit=unit,
        compare=Compare.model_validate(compare), period=Period.month(2026, 10), org="1",
        **{"org_name": "云州公司"} | more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("made", "token", "printed"),
    [
        (fact(), "{{F1}}", "12.36亿千瓦时"),
        (fact("45600"), "{{F1}}", "4.56万千瓦时"),
        (fact("123.4", decimals=0), "{{F1}}", "123千瓦时"),
        (fact("45600", decimals=0), "{{F1}}", "4.56万千瓦时"),
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
        (fact("2", **DOWN, compare={"rule": "pp", "yoy": "0.18"}), "{{F1.yoy:n}}", "0.18"),
        (fact("2", **UP, compare={"rule": "pp", "yoy": "0.04"}), "{{F1.yoy}}", "同比提高0.04个百分点"),
        (fact("2", **UP, decimals=3, compare={"rule": "pp", "yoy": "0.1234"}), "{{F1.yoy}}", "同比提高0.123个百分点"),
        (fact("2", **UP, decimals=0, compare={"rule": "pp", "yoy": "0.12"}), "{{F1.yoy}}", "同比提高0.12个百分点"),
        (fact(decimals=0, compare={"yoy": "5.214"}), "{{F1.yoy:abs}}", "5.21%"),
        (fact(decimals=4, compare={"yoy": "5.2143"}), "{{F1.yoy:abs}}", "5.21%"),
        (fact("2", "‰", compare={"rule": "pp", "yoy": "-1.2"}), "{{F1.yoy}}", "同比下降1.20个千分点"),
        (fact("500", "元", kind="price", compare={"rule": "diff", "yoy": "3"}), "{{F1.yoy}}", "同比上涨3.00元"),
        (fact("500", "元", compare={"rule": "diff", "yoy": "3"}), "{{F1.yoy}}", "同比提高3.00元"),
        (fact("5", "%", kind="price", compare={"rule": "pp", "yoy": "3"}), "{{F1.yoy}}", "同比提高3.00个百分点"),
        (fact("2", "h", kind="duration", compare={"rule": "diff", "yoy": "3"}), "{{F1.yoy}}", "同比上升3.00小时"),
        (fact(compare={"yoy": "0.05"}), "{{F1.yoy}}", "同比增长0.05%"),
        (fact(compare={"yoy": "-0.05"}), "{{F1.yoy}}", "同比下降0.05%"),
        (fact(compare={"mom_daily": "2"}), "{{F1.mom_daily}}", "日均环比增长2.00%"),
        (fact("50000", "元", compare={"mom": "400", "mom_base": "10000"}), "{{F1.mom:abs}}", "400.00%"),
        (
            fact("50000", "元", compare={"mom": "400", "mom_base": "10000"}), "{{F1.mom}}",
            "环比增长400.00%（增加4.00万元）",
        ),
        (
            fact("-50000", "元", compare={"yoy": "-400", "yoy_base": "-10000"}), "{{F1.yoy}}",
            "同比下降400.00%（减少4.00万元）",
        ),
        (fact("40", "元", compare={"yoy": "300", "yoy_base": "10"}), "{{F1.yoy}}", "同比增长300.00%"),
        (fact("5", **UP, compare={"rule": "pp", "yoy": "400", "yoy_base": "1"}), "{{F1.yoy:n}}", "400.00"),
        (
            fact("5", **UP, compare={"rule": "pp", "yoy": "400", "yoy_base": "1"}), "{{F1.yoy}}",
            "同比提高400.00个百分点",
        ),
        (fact("5", compare={"yoy": "400", "yoy_base": "1"}), "{{F1.yoy}}", "同比增长400.00%（增加4.00千瓦时）"),
        (fact("-48000", "元"), "{{F1:abs}}", "4.80万元"),
        (fact("-48000", "元"), "{{F1:n}}", "-48000.00"),
        (fact("48000", "元"), "{{F1:n:}}", "48000.00"),
        (fact("-5.49", "元"), "{{F1:pull}}", "拉低5.49元"),
        (fact("5.49", "元"), "{{F1:pull}}", "拉高5.49元"),
        (fact(), "{{F1.ytd}}", "—"),
        (fact(compare={"ytd": "-48000"}), "{{F1.ytd:abs}}", "4.80万千瓦时"),
        (fact(None, status="error"), "{{F1.yoy}}", "取数失败"),
        (fact(None, status="error"), "{{F1.yoy:n}}", "—"),
        (fact("5", "件", decimals=0, supplement="李敏2026-11-02依据台账"), "{{F1}}", "5件（人工补录）"),
        (fact("5", "件", decimals=0, supplement="含李敏补录"), "{{F1:n}}", "5（含人工补录）"),
        (fact(), "{{F1.org}}", "云州公司"),
        (fact(org_name=""), "{{F1.org}}", "1"),
        (fact(org_name=""), "{{F1.label}}", "售电量"),
        (fact(), "{{F1.unit}}", "亿千瓦时"),
        (fact("3", "件"), "{{F1.unit}}", "件"),
        (fact(None, status="empty"), "{{F1.unit}}", "千瓦时"),
        (fact("2.5", "件"), "{{F1:件}}", "3件"),
        (fact("1.2", "次", decimals=1), "{{F1}}", "1次"),
    ],
)  # fmt: skip
def test_printed(made: Fact, token: str, printed: str) -> None:
    assert plain(token, {"F1": made}, LABELS) == printed


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{{F2}}",
            "{{F1.best}}",
            "{{F1:万元}}",
            "{{nobody}}",
            "{{F1",
            "F1}}",
            "{{F1.label:n}}",
            "{{period.yoy}}",
            "{{}}",
        ),
        *("{{period:n}}", "{{F1.value}}", "{{F1:net}}", "{{F1:n:万元}}", "{{F1.yoy:万元}}", "{{F1.yoy:n:万元}}"),
    ],
)
def test_what_leads_nowhere_is_an_error(text: str) -> None:
    with pytest.raises(UnknownToken):
        plain(text, {"F1": fact()}, LABELS)


def test_an_error_says_what_is_missing() -> None:
    for text, words in (("{{F2}}", "没有事实 F2"), ("{{nobody}}", "不认识的记号：{{nobody}}"), ("5}}", "写法有误")):
        with pytest.raises(UnknownToken, match=words):
            plain(text, {"F1": fact()}, LABELS)


@pytest.mark.parametrize(
    ("unit", "value", "printed"),
    [
        ("kWh", "100000000", "1.00亿千瓦时"),
        ("kWh", "99999999", "10000.00万千瓦时"),
        ("kWh", "10000", "1.00万千瓦时"),
        ("kWh", "9999", "9999.00千瓦时"),
        ("kWh", "0.5", "0.50千瓦时"),
        ("元", "100000000", "1.00亿元"),
        ("元", "10000", "1.00万元"),
        ("元", "-9999", "-9999.00元"),
        ("kVA", "10000", "1.00万千伏安"),
        ("kVA", "9999", "9999.00千伏安"),
        ("kW", "10000", "1.00万千瓦"),
        ("kW", "9999", "9999.00千瓦"),
        ("h", "2.5", "2.50小时"),
        ("h/户", "2.5", "2.50小时/户"),
        ("min", "2.5", "2.50分钟"),
        ("件", "20000", "20000件"),
    ],
)
def test_a_value_is_printed_in_the_unit_of_its_magnitude(unit: str, value: str, printed: str) -> None:
    assert plain("{{F1}}", {"F1": fact(value, unit)}) == printed
    assert unit_scale(unit, "") == unit_scale(unit, unit) == 1


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
    for field in ("ytd", "yoy", "mom", "ytd_yoy", "mom_daily"):
        with pytest.raises(UnknownToken, match="没有"):
            number(fact(), field=field)
        assert number(fact(compare={field: "-3.456"}), field=field) == Decimal("-3.46")


def test_used_facts_in_order() -> None:
    assert used_facts("{{F2.yoy}}，{{period}}，{{F1:n:万元}}") == ["F2", "F1"]


def test_text_without_tokens_is_one_span() -> None:
    assert [span.text for span in render("平稳。", {})] == ["平稳。"] and render("", {}) == []
    assert [span.text for span in render("{{F1}}{{F1.name}}", {"F1": fact()})] == ["12.36亿千瓦时", "售电量"]
