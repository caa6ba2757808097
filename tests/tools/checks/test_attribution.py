"""归属: whose figure may stand where, on facts and texts set for the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from core.domain.report import Chart, CheckResult, Column, Paragraph, Point, ReportContent, Series, Table

Judge = Callable[..., list[CheckResult]]
HOME, LAKE = "国网云州供电公司", "国网云州望湖区供电公司"


def sale(content: ReportContent, **more: Any) -> Fact:
    """The report's 售电量 (F14) with something else about it."""
    return content.facts[13].model_copy(update=more)


def said(found: list[CheckResult]) -> list[str]:
    assert all(item.level == "error" and item.fix for item in found)
    return [item.text for item in found]


@pytest.mark.parametrize(
    ("more", "text", "whose"),
    [
        ({}, "售电量{{F14}}。", ""),
        ({"org": "9940101", "org_name": LAKE}, "望湖区售电量{{F14}}。", ""),
        ({"org": "9940101", "org_name": LAKE}, "售电量{{F14}}。", f"{LAKE}的售电量，句中没有写明"),
        (
            {"org": "9940101", "org_name": LAKE, "by": By(dim="tariff_class", key="9", label="大工业")},
            "售电量{{F14}}。",
            f"{LAKE}的售电量，句中没有写明",
        ),
        ({"org": "9940101", "org_name": ""}, "售电量{{F14}}。", ""),
        ({"org": "9940101", "org_name": ""}, "{{org}}售电量{{F14}}。", ""),
        ({"by": By(dim="org", key="99401", label="云州")}, "售电量{{F14}}。", ""),
        ({"by": By(dim="org", key="9940101", label="望湖区")}, "售电量{{F14}}。", "望湖区的售电量，句中没有写明"),
        ({"by": By(dim="org", key="9940101", label="望湖区")}, "望湖区售电量{{F14}}。", ""),
        (
            {"by": By(dim="org", key="9940101", label="望湖区")},
            "{{org}}售电量{{F14}}。",
            f"望湖区的售电量，不是{HOME}的",
        ),
    ],
)
def test_a_figure_stands_under_its_own_unit(
    of: Judge, content: ReportContent, more: dict[str, Any], text: str, whose: str
) -> None:
    found = of("attribution", Paragraph(text=text), facts=(sale(content, **more),))
    assert said(found) == ([f"12.36亿千瓦时是{whose}"] if whose else [])


@pytest.mark.parametrize(
    ("more", "stopped"),
    [
        ({}, True),
        ({"parents": ("F1",)}, False),
        ({"name": "大工业售电量"}, False),
        ({"unit": "元"}, False),
        ({"kind": "count"}, False),
        ({"period": Period.month(2026, 9)}, False),
        ({"by": By(dim="tariff_class", key="9", label="居民生活")}, True),
        ({"by": By(dim="voltage", key="9", label="居民生活")}, False),
        ({"by": By(dim="tariff_class", key="9", label="大工业")}, False),
    ],
)
def test_a_total_is_no_figure_of_a_member(
    of: Judge, content: ReportContent, more: dict[str, Any], stopped: bool
) -> None:
    facts = (sale(content, **more), content.facts[26])
    found = of("attribution", Paragraph(text="大工业用电量{{F14}}。"), facts=facts)
    assert bool(found) is stopped and all(item.text.endswith("不是大工业的售电量") for item in found)


@pytest.mark.parametrize(
    ("period", "text", "stopped"),
    [
        (Period.month(2026, 10), "本月售电量{{F14}}。", False),
        (Period.month(2026, 9), "本月售电量{{F14}}。", True),
        (Period.month(2026, 9), "上月售电量{{F14}}。", False),
        (Period.month(2026, 10), "上月售电量{{F14}}。", True),
        (Period.quarter(2026, 3), "上季度售电量{{F14}}。", False),
    ],
)
def test_words_for_periods(of: Judge, content: ReportContent, period: Period, text: str, stopped: bool) -> None:
    found = of("attribution", Paragraph(text=text), facts=(sale(content, period=period),))
    word = text.partition("售")[0]
    assert said(found) == [f"12.36亿千瓦时是{period.label}的售电量，不是{word}的"] * stopped
    derived = sale(content, period=period, parents=("F1", "F2"))
    assert of("attribution", Paragraph(text=text), facts=(derived,)) == []


def test_the_year_to_date_begins_in_january(of: Judge, content: ReportContent) -> None:
    whole = sale(content, period=Period(start=date(2026, 1, 1), end=date(2026, 10, 31), grain="range"))
    late = sale(content, period=Period(start=date(2026, 2, 1), end=date(2026, 10, 31), grain="range"))
    early = sale(content, period=Period(start=date(2026, 1, 1), end=date(2026, 9, 30), grain="range"))
    text = Paragraph(text="{{ytd}}售电量{{F14}}。")
    assert [len(of("attribution", text, facts=(fact,))) for fact in (whole, late, early)] == [0, 1, 1]
    january = Period.month(2026, 1)
    fact = sale(content, period=january, compare=Compare(ytd=Decimal(1236000000)))
    for form in ("{{F14}}", "{{F14.ytd}}"):
        assert of("attribution", Paragraph(text=f"{{{{ytd}}}}售电量{form}。"), facts=(fact,), period=january) == []
    week = Period.week(date(2026, 1, 14))
    assert of("attribution", text, facts=(sale(content, period=week),), period=week) == []
    december = sale(content, period=Period.month(2025, 12))
    assert of("attribution", text, facts=(december,), period=january)


def table(rows: tuple[tuple[str, ...], ...], first: str = "单位") -> Table:
    heads = (Column(header=first), Column(header="本月"))
    return Table(id="t", caption="电量", columns=heads, rows=rows)


@pytest.mark.parametrize(
    ("row", "said_of"),
    [
        (("云湖区", "{{F21}}"), ""),
        ((" 云湖区 ", "{{F21}}"), ""),
        (("国网云州云湖区供电公司", "{{F21}}"), ""),
        (("{{F21.label}}", "{{F22}}"), "这个数是望湖区的，不是云湖区的"),
        (("国网云州云湖区供电公司", "{{F22}}"), "这个数是望湖区的，不是国网云州云湖区供电公司的"),
        (("大工业", "{{F27}}"), ""),
        (("大工业", "{{F28}}"), "这个数是一般工商业的，不是大工业的"),
        (("大工业", "{{F14}}"), "这个数是售电量的，不是大工业的"),
        (("2%～4%", "{{F48}}"), ""),
        (("2%～4%", "{{F49}}"), "这个数是4%～6%的，不是2%～4%的"),
        (("售电量", "{{F14}}"), ""),
        (("售电量", "{{F27}}"), ""),
        (("售电量", "{{F15}}"), "这个数是应收电费的，不是售电量的"),
        (("售电量", "{{F21}}"), "这个数是云湖区的，不是售电量的"),
        (("云州", "{{F14}}"), ""),
        (("合计", "{{F14}}"), ""),
        (("云湖区", "{{F22.label}}"), ""),
        (("云湖区", "另有{{F22}}"), ""),
        (("{{F999}}", "{{F22}}"), ""),
        (("云湖区",), ""),
        ((), ""),
        (("云湖区", "{{F21}}", "{{F22}}"), ""),
    ],
)
def test_a_row_belongs_to_what_its_first_cell_names(of: Judge, row: tuple[str, ...], said_of: str) -> None:
    found = of("attribution", table((("青石县", "{{F23}}"), row)))
    assert said(found) == ([said_of] if said_of else [])
    assert all(item.place == "表「电量」第2行「本月」" for item in found)


def test_a_row_of_a_member_that_no_sentence_names(of: Judge, content: ReportContent) -> None:
    ages = tuple(
        sale(content, id=f"F{at}", by=By(dim="age", key=str(at), label=label))
        for at, label in ((1, "一年内"), (2, "更早"))
    )
    assert of("attribution", table((("一年内", "{{F1}}"), ("更早", "{{F2}}"))), facts=ages) == []
    found = of("attribution", table((("一年内", "{{F2}}"), ("别的", "{{F1}}"))), facts=ages)
    assert said(found) == ["这个数是更早的，不是一年内的"]


def chart(form: str, categories: tuple[str, ...], *rows: tuple[str, tuple[str | None, ...]]) -> Chart:
    series = tuple(
        Series(name=name, points=tuple(Point(fact=fact) if fact else None for fact in facts)) for name, facts in rows
    )
    made: dict[str, Any] = {"id": "c", "caption": "电量", "form": form, "unit": "万千瓦时"}
    return Chart(categories=categories, series=series, **made)


@pytest.mark.parametrize(
    ("made", "places"),
    [
        (chart("bar", ("云湖区", "望湖区"), ("本月", ("F21", "F22"))), []),
        (chart("bar", ("云湖区", "望湖区"), ("本月", ("F21", None))), []),
        (chart("bar", ("云湖区", "望湖区"), ("本月", ("F21", "F999"))), []),
        (chart("bar", ("云湖区", "望湖区"), ("本月", ("F21",))), []),
        (chart("bar", ("云湖区",), ("本月", ("F14",))), []),
        (chart("bar", ("某地",), ("本月", ("F21",))), []),
        (
            chart("bar", ("大工业",), ("本月", ("F28",))),
            [("类别「大工业」", "这一点是一般工商业的售电量，不是大工业的")],
        ),
        (chart("heat", ("2026年10月",), ("云湖区", ("F21",)), ("某地", ("F14",)), ("望湖区", (None,))), []),
        (chart("heat", ("2026年10月",), ("云湖区", ("F999",)), ("0%以下", ("F46",))), []),
        (
            chart("heat", ("2026年10月",), ("某地", ("F21",))),
            [("第「某地」行「2026年10月」", "这一格是云湖区2026年10月的售电量")],
        ),
        (
            chart("heat", ("2026年9月", "2026年10月"), ("云湖区", ("F21", "F21"))),
            [("第「云湖区」行「2026年9月」", "这一格是云湖区2026年10月的售电量")],
        ),
        (chart("heat", ("2026年9月", "2026年10月"), ("云湖区", (None,))), []),
    ],
)
def test_a_point_belongs_to_what_its_category_names(of: Judge, made: Chart, places: list[tuple[str, str]]) -> None:
    found = of("attribution", made)
    assert [(item.place, item.text) for item in found] == [(f"图「电量」{place}", text) for place, text in places]
    assert len(said(found)) == len(places)


@pytest.mark.parametrize(("kind", "stopped"), [("F1", False), ("F2", True)])
def test_a_word_of_another_split_between_hides_no_name(
    of: Judge, content: ReportContent, kind: str, stopped: bool
) -> None:
    """Of 服务态度类投诉2件 the kind is said first, then 投诉, itself a member of a split of all requests."""
    kinds = [By(dim="sub_type", key=name, label=name) for name in ("办理超时", "服务态度")]
    whole = sale(content, id="F3", by=By(dim="biz_type", key="投诉", label="投诉"))
    facts = (sale(content, id="F1", by=kinds[0]), sale(content, id="F2", by=kinds[1]), whole)
    assert (
        bool(of("attribution", Paragraph(text=f"本期{{{{{kind}.label}}}}类投诉{{{{F1}}}}。"), facts=facts)) is stopped
    )
