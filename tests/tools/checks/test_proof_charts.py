"""Charts in files against the report's, on reports of one chart: what may differ, and what is said of the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.domain.fact import By, Fact
from core.domain.report import Chart, Point, ReportContent, Section, Series
from tools.charts.canvas import render_png
from tools.checks.context import context_of
from tools.checks.proof.drawings import drawings
from tools.checks.proof.expected import Expected
from tools.checks.reading import Drawing, Pages

Found = list[tuple[str, str]]


def chart(form: str, categories: tuple[str, ...], *rows: tuple[str, tuple[Point | None, ...]], **more: Any) -> Chart:
    series = tuple(Series(name=name, points=points) for name, points in rows)
    made: dict[str, Any] = {"id": "c", "caption": "电量对比", "form": form, "unit": "万千瓦时", "alt": "图"} | more
    return Chart(categories=categories, series=series, **made)


def expected_of(content: ReportContent, *charts: Chart, facts: tuple[Fact, ...] = ()) -> Expected:
    section = Section(id="s", heading="总体", blocks=charts)
    small = content.model_copy(update={"sections": (section,), "findings": (), "facts": (*content.facts, *facts)})
    return context_of(small).expected


def judged(expected: Expected, *drawn: Drawing, format: str = "docx", pictures: tuple[str, ...] = ()) -> Found:
    pages = Pages(
        "x",
        (),
        (),
        (),
        (),
        (),
        footer_fields=False,
        odd_even=False,
        format=format,
        drawings=drawn,
        pictures=pictures,
    )
    found = list(drawings(pages, expected))
    assert all(hit.fix and hit.place for hit in found)
    return [(hit.place.removeprefix("图1　电量对比"), hit.text) for hit in found]


BARS = chart("bar", ("云湖区", "望湖区"), ("本月", (Point(fact="F21"), Point(fact="F22"))), right_unit="%")
LINE = Series(
    name="同比", points=(Point(fact="F21", field="yoy"), Point(fact="F22", field="yoy")), axis="right", mark="line"
)
BARS = BARS.model_copy(update={"series": (*BARS.series, LINE)})
DRAWN = Drawing(
    "word/charts/chart1.xml",
    ("单位：万千瓦时　折线：%",),
    ("云湖区", "望湖区"),
    (("本月", ("14000.00", "20100.00")), ("同比", ("6.00", "3.30"))),
    workbook=(("", "本月", "同比"), ("云湖区", "14000", "6"), ("望湖区", "20100", "3.3")),
)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"titles": ("电量对比", "万千瓦时", "%", "单位：万千瓦时", "折线：%", "（右轴）%", "同比")}, []),
        ({"titles": ("单位：亿千瓦时",)}, [("", "图中文字「单位：亿千瓦时」与报告不一致")]),
        ({"strays": ("平川县",)}, [("", "各系列的类别不一致：平川县")]),
        ({"categories": ("云湖区", "平川县")}, [("", "类别与报告不一致：平川县")]),
        ({"categories": ("云湖区",)}, [("", "类别与报告不一致：")]),
        ({"categories": ("望湖区", "云湖区"), "series": tuple((n, v[::-1]) for n, v in DRAWN.series)}, []),
        (
            {"categories": ("望湖区", "云湖区")},
            [
                ("「望湖区」", "本月画成了14000.00"),
                ("「云湖区」", "本月画成了20100.00"),
                ("「望湖区」", "同比画成了6.00"),
                ("「云湖区」", "同比画成了3.30"),
            ],
        ),
        ({"series": DRAWN.series[:1]}, [("", "缺少系列「同比」")]),
        (
            {"series": (("当月", DRAWN.series[0][1]), DRAWN.series[1])},
            [("", "系列「当月」不是报告里的，或多出数据点"), ("", "缺少系列「本月」")],
        ),
        ({"series": (("本月", ("14000.00",)), DRAWN.series[1])}, [("「望湖区」", "本月画成了空")]),
        (
            {"series": (("本月", ("14000.00", "20100.00", "1")), DRAWN.series[1])},
            [("", "系列「本月」不是报告里的，或多出数据点")],
        ),
        ({"series": (("本月", ("-14000.00", "20100.0")), DRAWN.series[1])}, [("「云湖区」", "本月画成了-14000.00")]),
        (
            {"series": (("本月", ("甲", "NaN")), DRAWN.series[1])},
            [("「云湖区」", "本月画成了甲"), ("「望湖区」", "本月画成了NaN")],
        ),
        ({"labels": ("14000.00", "+6.00", "云湖区")}, []),
        ({"labels": ("14001.00",)}, [("标签", "报告里没有这句话，「14001.00」没有出处：14001.00")]),
        ({"workbook": (("-14000",), ("20100.000000000001",), ("",))}, []),
        (
            {"workbook": (("14001",), ("NaN",), ("平川县",))},
            [("数据表", f"「{x}」不是这张图的数据") for x in ("14001", "NaN", "平川县")],
        ),
    ],
)
def test_a_native_chart(content: ReportContent, change: dict[str, Any], found: Found) -> None:
    assert judged(expected_of(content, BARS), replace(DRAWN, **change)) == found


def test_a_point_without_a_number_is_drawn_as_none(content: ReportContent) -> None:
    gap = chart("bar", ("云湖区", "其他"), ("本月", (Point(fact="F21"), None)))
    for value, found in (("", []), ("0", [("「其他」", "本月画成了0")]), ("甲", [("「其他」", "本月画成了甲")])):
        drawn = replace(
            DRAWN, titles=(), categories=gap.categories, series=(("本月", ("14000.00", value)),), workbook=()
        )
        assert judged(expected_of(content, gap), drawn) == found


def test_a_category_that_stands_twice_keeps_its_turn(content: ReportContent) -> None:
    twice = chart(
        "bar", ("其他", "云湖区", "其他"), ("本月", tuple(Point(fact=fact) for fact in ("F22", "F21", "F23")))
    )
    drawn = replace(DRAWN, titles=(), categories=twice.categories, workbook=())
    for values, found in (
        (("20100.00", "14000.00", "26200.00"), []),
        (
            ("26200.00", "14000.00", "20100.00"),
            [("「其他」", "本月画成了26200.00"), ("「其他」", "本月画成了20100.00")],
        ),
    ):
        assert judged(expected_of(content, twice), replace(drawn, series=(("本月", values),))) == found


def test_a_ring_shows_its_parts_and_prints_their_numbers(content: ReportContent) -> None:
    facts = tuple(
        content.facts[13].model_copy(
            update={
                "id": f"F9{at}",
                "unit": "件",
                "decimals": 0,
                "value": Decimal(value),
                "by": By(dim="biz_type", key=str(at), label=str(at)),
            }
        )
        for at, value in enumerate((5, 0, 7))
    )
    names = ("咨询", "投诉", "报修", "意见")
    ring = chart("ring", names, ("本月", (*(Point(fact=fact.id) for fact in facts), None)), unit="件")
    drawn = replace(DRAWN, titles=(), workbook=(), series=(("本月", ("5", "7")),))
    expected = expected_of(content, ring, facts=facts)
    for shown in (("咨询5", "报修7"), ("咨询", "报修")):
        assert judged(expected, replace(drawn, categories=shown)) == []
    assert judged(expected, replace(drawn, categories=("咨询5", "报修8"))) == [("", "类别与报告不一致：报修8")]
    whole = replace(drawn, categories=names[:3], series=(("本月", ("5", "0", "7")),))
    assert judged(expected, whole) == [("", "类别与报告不一致：投诉")]


def test_a_waterfall_stands_on_the_levels_before(content: ReportContent) -> None:
    facts = ("F52", "F53", "F54", "F55")
    fall = chart(
        "waterfall",
        ("期初", "结构", "价格", "期末"),
        ("均价", tuple(Point(fact=fact) for fact in facts)),
        unit="元/千千瓦时",
    )
    rows = {
        "垫高": ("", "633.00", "632.00", ""),
        "均价": ("633.00", "", "", "632.00"),
        "增加": ("", "5.29", "", ""),
        "减少": ("", "", "6.29", ""),
    }
    drawn = replace(DRAWN, titles=(), categories=fall.categories, workbook=())
    expected = expected_of(content, fall)
    assert judged(expected, replace(drawn, series=tuple(rows.items()))) == []
    for name, values in rows.items():
        wrong = tuple((one, ("1.00", *own[1:]) if one == name else own) for one, own in rows.items())
        assert judged(expected, replace(drawn, series=wrong)) == [("「期初」", f"{name}画成了1.00")]
        assert len(values) == 4
    turned = rows | {"增加": rows["减少"], "减少": rows["增加"]}
    assert len(judged(expected, replace(drawn, series=tuple(turned.items())))) == 4


def test_each_drawing_is_held_against_the_chart_it_is_most_like(content: ReportContent) -> None:
    other = BARS.model_copy(
        update={"id": "d", "caption": "别的", "series": BARS.series[1:], "unit": "", "right_unit": "%"}
    )
    swapped = chart("bar", ("云湖区", "望湖区"), ("本月", (Point(fact="F31"), Point(fact="F32"))), id="e", caption="三")
    expected = expected_of(content, BARS, other, swapped)
    second = replace(DRAWN, titles=("%",), series=DRAWN.series[1:], workbook=())
    third = replace(DRAWN, titles=(), series=(("本月", ("4000.00", "7300.00")),), workbook=())
    assert judged(expected, DRAWN, second, third) == judged(expected, third, DRAWN, second) == []
    strange = Drawing("word/charts/chart9.xml", ("情况",), ("甲",), (("乙", ("1.00",)),))
    assert judged(expected, DRAWN, second, third, strange) == [("图（chart9.xml）", "报告里没有这张图")]
    lost = Drawing("word/charts/chart9.xml", ("情况",), (), ())
    assert ("图（chart9.xml）", "报告里没有这张图") in judged(expected, DRAWN, lost, third)
    assert judged(expected, DRAWN, second) == [("图3　三", "文件里没有这张图")]


def test_a_picture_must_be_the_drawing_of_its_numbers(content: ReportContent) -> None:
    sourced = BARS.model_copy(update={"source": "数据来源：营销2.0"})
    expected = expected_of(content, sourced)
    right = hashlib.sha256(render_png(BARS, expected.context.facts)).hexdigest()
    assert judged(expected, pictures=(right,)) == []
    strange, lost = ("图片", "文件里有一张不是由报告数据画出的图片"), ("", "文件里没有这张图")
    assert judged(expected, pictures=("0" * 64,)) == [strange, lost]
    assert judged(expected, pictures=(right, right)) == [strange]
    assert judged(expected, DRAWN, pictures=(right,)) == [strange]


PRINTED = ("云湖区", "望湖区", "14000.00", "20100.00", "6.00", "3.30", "单位：万千瓦时", "本月", "同比")


@pytest.mark.parametrize(
    ("more", "strange"),
    [
        ((), ()),
        (("合计", "首末柱未从零起绘", "电量对比", "折线：%"), ()),
        (("云湖…", "望 湖区"), ()),
        (("云河…", "增长"), ("云河…", "增长")),
        (("14000.00",), ("14000.00",)),
        (("−3.30",), ("−3.30",)),
        (("0", "5000", "10000"), ()),
        (("0%", "2%", "4%", "6%"), ()),
        (("−2", "0", "2"), ()),
        (("文字", "0", "5000", "10000", "10001"), ("文字", "10001")),
        (("10001", "文字", "0", "5000", "10000"), ("10001", "文字")),
        (("0", "5000"), ("0", "5000")),
        (("7", "7", "7"), ("7", "7", "7")),
        (("0", "123", "246"), ("0", "123", "246")),
        (("0", "5000", "10001"), ("0", "5000", "10001")),
        (("NaN",), ("NaN",)),
        (("", "14000"), ("14000",)),
    ],
)
def test_the_texts_of_a_chart_on_paper(content: ReportContent, more: tuple[str, ...], strange: tuple[str, ...]) -> None:
    expected = expected_of(content, BARS)
    for labels in ((*PRINTED, "；", *more),):
        found = judged(expected, replace(DRAWN, labels=labels), format="pdf")
        assert [text for _, text in found] == [f"图中「{text}」不是这张图的文字或数据" for text in ("；", *strange)]
        assert all(place == "" for place, _ in found)
    assert judged(expected, replace(DRAWN, labels=PRINTED[:-3]), format="pdf") == []


def test_a_printed_change_has_its_sign(content: ReportContent) -> None:
    fall = chart("bar", ("临江区",), ("同比", (Point(fact="F25", field="yoy"),)), unit="%")
    for label, found in (("-4.80", 0), ("−4.80", 0), ("4.80", 1), ("+4.80", 1)):
        assert len(judged(expected_of(content, fall), replace(DRAWN, labels=(label,)), format="pdf")) == found
    assert judged(expected_of(content, BARS), replace(DRAWN, labels=("+6.00", "3.30")), format="pdf") == []


def test_as_many_charts_on_paper_as_in_the_report(content: ReportContent) -> None:
    expected: Callable[..., Found] = lambda *drawn: judged(expected_of(content, BARS), *drawn, format="pdf")  # noqa: E731
    one = replace(DRAWN, labels=PRINTED)
    assert expected(one) == []
    assert expected() == [("图", "文件里有 0 张图，报告里是 1 张")]
    assert expected(one, one) == [("图", "文件里有 2 张图，报告里是 1 张")]


@pytest.mark.parametrize(
    ("form", "at", "to", "wrong"),
    [("bar", None, "", False), ("bar", 4, "1", True), ("bar", 1, "5", True), ("ring", None, "", False)],
)
def test_a_number_of_a_series_is_no_mark_of_an_axis(
    content: ReportContent, form: str, at: int | None, to: str, wrong: bool
) -> None:
    """0, 1, 2 in a series look like an axis and 9 stands on one: the series is read from end to end first."""
    counts = ("0", "1", "2", "4", "9")
    facts = tuple(
        content.facts[13].model_copy(update={"id": f"F{at}", "value": Decimal(count), "unit": "件", "decimals": 0})
        for at, count in enumerate(counts, 900)
    )
    months = tuple(f"{month}月" for month in range(1, 6))
    points = tuple(Point(fact=fact.id) for fact in facts)
    made = expected_of(content, chart(form, months, ("投诉量", points), unit="件"), facts=facts)
    shown = [text for trace in made.plots[0][2].traces for text in trace.printed]
    assert shown == list(counts)
    if at is not None:
        shown[at] = to
    labels = (*months, "0", "3", "6", "9", *shown)
    assert bool(judged(made, replace(DRAWN, labels=labels), format="pdf")) is wrong
