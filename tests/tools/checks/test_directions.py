"""方向: what a comparison must look like to carry a word of direction, on facts whose changes are set for the case."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.domain.fact import Compare, Fact
from core.domain.finding import Finding
from core.domain.report import CheckResult, Listing, Paragraph, ReportContent

Judge = Callable[..., list[CheckResult]]


def sale(content: ReportContent, compare: dict[str, Any], **more: Any) -> Fact:
    """The report's 售电量 (F14) with these changes."""
    return content.facts[13].model_copy(update={"compare": Compare(**compare)} | more)


@pytest.mark.parametrize(
    ("rule", "change", "real"),
    [
        ("pct", "0.04", "持平"),
        ("pct", "-0.04", "持平"),
        ("pct", "0.05", "上升"),
        ("pct", "-0.05", "下降"),
        ("pp", "0.04", "上升"),
        ("pp", "-0.04", "下降"),
        ("pp", "0.004", "持平"),
        ("diff", "0.04", "上升"),
    ],
)
@pytest.mark.parametrize(
    ("field", "name"), [("yoy", "同比"), ("mom", "环比"), ("ytd_yoy", "累计同比"), ("mom_daily", "日均环比")]
)
def test_a_word_must_say_what_the_change_prints(
    of: Judge, content: ReportContent, rule: str, change: str, real: str, field: str, name: str
) -> None:
    fact = sale(content, {"rule": rule, field: Decimal(change)})
    for word, way in (("增长", "上升"), ("减少", "下降"), ("基本持平", "持平")):
        figure = f"{{{{F14.{field}:abs}}}}"
        found = of("directions", Paragraph(text=f"售电量{name}{word}{figure}。"), facts=(fact,))
        said = [item.text.partition("」")[2] for item in found]
        assert said == ([] if way == real else [f"方向不符：售电量{name}实为{real}"])
        apart = of("directions", Paragraph(text=f"售电量{name}{word}。"), facts=(fact,))
        assert [item.text for item in apart] == [f"「{word}」与数据不符：售电量{name}{real}"] * (way != real)


def test_without_a_named_base_every_change_counts(of: Judge, content: ReportContent) -> None:
    fact = sale(content, {"yoy": Decimal(2), "mom": Decimal("0.01"), "ytd_yoy": Decimal(-3)})
    for word, said in (("增长", ""), ("持平", ""), ("下降", "「下降」与数据不符：售电量同比上升、环比持平")):
        found = of("directions", Paragraph(text=f"售电量{word}。"), facts=(fact,))
        assert [item.text for item in found] == ([said] if said else [])
    bare = sale(content, {"mom": Decimal(1)})
    assert of("directions", Paragraph(text="售电量同比下降。"), facts=(bare,)) == []
    (found,) = of("directions", Paragraph(text="售电量下降。"), facts=(bare,))
    assert found.text == "「下降」与数据不符：售电量环比上升"
    (found,) = of("directions", Paragraph(text="售电量降至{{F14}}。"), facts=(bare,))
    assert found.text == "「降至12.36亿千瓦时」方向不符：售电量没有这样的变动"


def test_a_difference_is_a_change_itself(of: Judge, content: ReportContent) -> None:
    fact = sale(content, {"yoy": Decimal(-2), "ytd": Decimal(5)}, parents=("F1", "F2"))
    assert of("directions", Paragraph(text="售电量增加{{F14}}。"), facts=(fact,)) == []
    for form in ("{{F14}}", "{{F14:n}}千瓦时", "{{F14:abs}}"):
        (found,) = of("directions", Paragraph(text=f"售电量减少{form}。"), facts=(fact,))
        assert found.text.endswith("方向不符：售电量实为上升")
    (found,) = of("directions", Paragraph(text="售电量增加{{F14.ytd}}。"), facts=(fact,))
    assert "是总量，不是变化量" in found.text
    assert of("directions", Paragraph(text="相差{{F14}}，同比上升。"), facts=(fact,)) == []
    whole = sale(content, {"yoy": Decimal(-2)})
    assert of("directions", Paragraph(text="售电量{{F14}}，同比上升。"), facts=(whole,))


def test_an_advice_that_is_listed_again_speaks_of_the_future(of: Judge, content: ReportContent) -> None:
    advice = "推动售电量同比下降的单位整改。"
    said = Finding.model_validate(content.findings[0].model_dump() | {"suggestion": advice})
    assert of("directions", Listing(items=(advice,)), findings=(said,)) == []
    (found,) = of("directions", Listing(items=(advice,)))
    assert found.place == "「总体情况」第1条" and found.fix and found.level == "error"
