"""比较与排名: what proves a rank or a comparison, on facts, findings and texts set for the case."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.domain.fact import By, Compare, Fact
from core.domain.finding import Finding
from core.domain.report import CheckResult, Listing, Paragraph, ReportContent
from tests.tools.checks.exhibits import TABLE

Judge = Callable[..., list[CheckResult]]
UNITS = ("云湖区", "望湖区", "青石县")


def units(content: ReportContent, *values: int | None, **more: Any) -> tuple[Fact, ...]:
    """售电量 of several units, each a fact of its own unit without a member."""
    return tuple(
        content.facts[13].model_copy(
            update={
                "id": f"F{at + 1}",
                "value": None if value is None else Decimal(value),
                "org": f"994010{at + 1}",
                "org_name": f"国网云州{UNITS[at]}供电公司",
                "status": "error" if value is None else "ok",
            }
            | more
        )
        for at, value in enumerate(values)
    )


def members(content: ReportContent, *values: int | None) -> tuple[Fact, ...]:
    made = units(content, *values)
    return tuple(
        fact.model_copy(update={"by": By(dim="org", key=fact.org, label=UNITS[at])}) for at, fact in enumerate(made)
    )


@pytest.mark.parametrize(
    ("values", "text", "said"),
    [
        ((30, 20, 10), "云湖区售电量{{F1}}，居首位。", ""),
        ((30, 20, 10), "望湖区售电量{{F2}}，居首位。", "与数据不符：国网云州望湖区供电公司不是这一项"),
        ((30, 30, 10), "望湖区售电量{{F2}}，居首位。", ""),
        ((30, 20, 10), "青石县售电量{{F3}}，为各县最低。", ""),
        ((30, 20, 10), "青石县售电量{{F3}}，为各行业最低。", "所比的范围没有数据事实"),
        ((30, None, None), "云湖区售电量{{F1}}，居首位。", "没有可以比较的数据事实"),
        ((30, 10, None), "云湖区售电量{{F1}}，居首位。", ""),
        ((30,), "云湖区售电量{{F1}}，居首位。", "没有可以比较的数据事实"),
        ((30, 20, 10), "售电量最高的是云湖区。", ""),
        ((30, 20, 10), "售电量最高的是青石县。", "与数据不符：国网云州青石县供电公司不是这一项"),
    ],
)
def test_units_are_ranked_among_each_other(
    of: Judge, content: ReportContent, values: tuple[int | None, ...], text: str, said: str
) -> None:
    found = of("superlatives", Paragraph(text=text), facts=units(content, *values))
    assert [item.text.partition("」")[2] for item in found] == ([said] if said else [])
    assert all(item.level == "error" and item.fix and item.place == "「总体情况」第1段" for item in found)


def test_a_member_of_a_split_is_ranked_in_its_split(of: Judge, content: ReportContent) -> None:
    """A unit that has a figure of its own and one as a member of the split is ranked by the latter."""
    alone = units(content, 5)[0].model_copy(update={"id": "F9"})
    facts = (alone, *members(content, 30, 20))
    for text, hits in (("售电量最高的是云湖区。", 0), ("售电量最高的是望湖区。", 1)):
        assert len(of("superlatives", Paragraph(text=text), facts=facts)) == hits


@pytest.mark.parametrize(("changed", "stopped"), [((1, 2), True), ((1, 2, 3), False)])
def test_the_least_of_some_changes_is_not_the_last_of_all(
    of: Judge, content: ReportContent, changed: tuple[int, ...], stopped: bool
) -> None:
    """Three units sold, of the two whose change was worked out neither is the last of the three."""
    sold = members(content, 30, 20, 10)
    changes = tuple(
        sold[at - 1].model_copy(
            update={"id": f"F{at + 10}", "name": "同比变化量", "value": Decimal(10 - at), "parents": (f"F{at}",)}
        )
        for at in changed
    )
    for word, hit in (("末位", stopped), ("首位", False)):
        at = changed[0] if word == "首位" else changed[-1]
        told = Paragraph(text=f"{UNITS[at - 1]}增加{{{{F{at + 10}:abs}}}}，排名{word}。")
        assert bool(of("superlatives", told, facts=(*sold, *changes))) is hit


@pytest.mark.parametrize(
    ("values", "word", "order", "stopped"),
    [
        ((30, 20, 10), "居前", (1, 2), False),
        ((30, 20, 10), "居前", (1, 3), True),
        ((30, 20, 20), "居前", (1, 3), False),
        ((30, 20, 10), "靠后", (2, 3), False),
        ((30, 20, 10), "靠后", (1, 3), True),
        ((20, 20, 10), "靠后", (1, 3), False),
        ((30, None, 10), "居前", (1,), False),
        ((30, None, 10), "靠后", (3,), False),
        ((None, 20, 10), "居前", (1, 2), False),
        ((None, 20, 10), "居前", (1,), True),
    ],
)
def test_those_in_front_stand_before_all_others(
    of: Judge, content: ReportContent, values: tuple[int | None, ...], word: str, order: tuple[int, ...], stopped: bool
) -> None:
    listed = "、".join(f"{UNITS[at - 1]}{{{{F{at}}}}}" for at in order)
    found = of("superlatives", Paragraph(text=f"售电量{word}的是{listed}。"), facts=members(content, *values))
    assert bool(found) is stopped


def test_a_member_without_the_change_stands_nowhere(of: Judge, content: ReportContent) -> None:
    def grown(*changes: int | None) -> tuple[Fact, ...]:
        facts = zip(members(content, *(10 for _ in changes)), changes, strict=True)
        return tuple(
            fact.model_copy(update={"compare": Compare(yoy=None if yoy is None else Decimal(yoy))})
            for fact, yoy in facts
        )

    first, both = "增速居前的是云湖区{{F1.yoy}}。", "增速居前的是云湖区{{F1.yoy}}、望湖区{{F2.yoy}}。"
    for changes, text, hits in (
        ((5, None, 3), first, 0),
        ((3, None, 5), first, 1),
        ((5, None, 3), both, 0),
        ((2, None, 3), both, 1),
        ((5, None, None), first, 0),
    ):
        assert len(of("superlatives", Paragraph(text=text), facts=grown(*changes))) == hits


@pytest.mark.parametrize(
    ("caption", "stopped"),
    [
        *(("各单位售电量居前情况", False), ("售电量靠后的单位", False), ("由高到低排列", False)),
        *(("由低到高排列", False), ("高于阈值的台区", False), ("低于阈值的台区", False)),
        *(("线损率最高的台区", True), ("历史新高", True), ("连年情况", True)),
    ],
)
def test_a_caption_may_name_what_it_lists(of: Judge, caption: str, stopped: bool) -> None:
    assert bool(of("superlatives", TABLE.model_copy(update={"caption": caption}))) is stopped
    assert of("superlatives", Paragraph(text=f"{caption}。"))


def test_a_threshold_is_one_of_a_finding(of: Judge, content: ReportContent) -> None:
    base = content.findings[0].model_dump()
    said = Finding.model_validate(base | {"title": "高损台区", "text": "线损率高于关注阈值。台区{{F46}}需要核查。"})
    for text, stopped in (
        ("线损率高于关注阈值。台区{{F46}}需要核查。", False),
        ("线损率高于关注阈值。", False),
        ("情况平稳。线损率高于关注阈值。", False),
        ("线损率高于考核阈值。", True),
        ("情况平稳。线损率高于考核阈值。", True),
    ):
        found = of("superlatives", Paragraph(text=text), findings=(said,))
        assert bool([item for item in found if item.place == "「总体情况」第1段"]) is stopped, text
    assert of("superlatives", Paragraph(text="平稳。"), findings=(said,)) == []


def test_an_advice_that_is_listed_again_claims_nothing(of: Judge, content: ReportContent) -> None:
    advice = "优先治理线损率最高的台区。"
    said = Finding.model_validate(content.findings[0].model_dump() | {"suggestion": advice})
    assert of("superlatives", Listing(items=(advice,)), findings=(said,)) == []
    (found,) = of("superlatives", Listing(items=(advice,)))
    assert found.place == "「总体情况」第1条"


@pytest.mark.parametrize(
    ("name", "stopped"),
    [
        ("国网云州供电公司", False),
        ("国网云州望湖区供电公司", True),
        ("国网云州临江市供电公司", True),
        ("江口供电所", True),
    ],
)
def test_a_county_has_no_figures_of_the_whole_city(of: Judge, content: ReportContent, name: str, stopped: bool) -> None:
    facts = members(content, 30, 20)
    told = Paragraph(text="云湖区售电量{{F1}}，领跑全市。")
    assert bool(of("superlatives", told, facts=facts, org_name=name)) is stopped
    assert not of("superlatives", Paragraph(text="云湖区售电量{{F1}}，领跑各单位。"), facts=facts, org_name=name)
