"""数字门: which typed numbers, periods and missing figures are stopped, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from core.domain.period import Period
from core.domain.report import CheckResult, Paragraph, Point, ReportContent, Series
from tests.tools.checks.exhibits import CHART, TABLE

Judge = Callable[..., list[CheckResult]]


def test_a_total_since_january_that_does_not_exist(of: Judge, content: ReportContent) -> None:
    facts = tuple(
        fact.model_copy(update={"compare": fact.compare.model_copy(update={"ytd": Decimal(3)})})
        if fact.id == "F18"
        else fact
        for fact in content.facts
    )
    assert of("numeral_gate", Paragraph(text="累计{{F18.ytd}}。"), facts=facts) == []
    (found,) = of("numeral_gate", Paragraph(text="累计{{F18.ytd}}。"))
    assert "没有可比数据" in found.text or "没有累计值" in found.text


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("停电时户数{{F19}}。", True),
        ("停电时户数{{F19.yoy}}。", True),
        ("停电时户数{{F19.name}}。", False),
        ("采集成功率{{F20.mom}}。", False),
        ("采集成功率{{F20.mom:abs}}。", True),
        ("采集成功率{{F20.yoy:abs}}。", False),
    ],
)
def test_a_figure_that_does_not_exist(of: Judge, text: str, stopped: bool) -> None:
    assert bool(of("numeral_gate", Paragraph(text=text))) is stopped


@pytest.mark.parametrize(
    ("kind", "text", "stopped"),
    [
        ("unit_note", "单位：%", False),
        ("unit_note", "单位：百分点、‰", False),
        ("unit_note", "单位：百分点，合计3项", True),
        ("notes", ("线损率的变动以百分点计。",), False),
        ("notes", ("线损率变动两个百分点。",), True),
        ("notes", ("线损率变动三％。",), True),
        ("caption", "近三个月电量", False),
        ("caption", "前10户电量", False),
        ("caption", "2026年10月电量", False),
        ("caption", "2026年9月31日电量", True),
        ("caption", "三成电量", True),
    ],
)
def test_captions_and_notes(of: Judge, kind: str, text: object, stopped: bool) -> None:
    table = TABLE.model_copy(update={kind: text})
    assert bool(of("numeral_gate", table)) is stopped


@pytest.mark.parametrize(
    ("cell", "stopped"),
    [
        *(("百分点", False), ("%", False), ("—", False), ("", False), ("三成", True), ("12%", True)),
        *(("2026年10月", True), ("2025年11月", False), ("变动百分点", True), ("三个百分点", True)),
    ],
)
def test_cells(of: Judge, cell: str, stopped: bool) -> None:
    table = TABLE.model_copy(update={"rows": (("{{F2.label}}", cell),)})
    assert bool(of("numeral_gate", table)) is stopped


@pytest.mark.parametrize(
    ("category", "stopped"),
    [
        ("2025年11月", False),
        ("11月", False),
        ("25年11月", False),
        ("2025-11", False),
        ("2025年12月", True),
        ("12月", True),
    ],
)
def test_categories_are_the_periods_of_their_points(of: Judge, category: str, stopped: bool) -> None:
    series = Series(name="电量", points=(Point(fact="F2"),))
    chart = CHART.model_copy(update={"categories": (category,), "series": (series,), "unit": "万千瓦时"})
    assert bool(of("numeral_gate", chart)) is stopped


@pytest.mark.parametrize(
    ("period", "own", "others"),
    [
        (Period.day(date(2026, 10, 5)), ("2026年10月5日", "10月5日", "10-05", "5日"), ("10月", "2026-10", "6日")),
        (Period.quarter(2026, 3), ("2026年第三季度", "2026-Q3"), ("7月", "26年7月", "2026-07")),
        (Period.month(2026, 10), ("2026-10", "10月"), ("10月1日", "1日", "10-01")),
        (Period.parse("2026-10-01..2026-10-31"), ("2026-10", "26年10月"), ("11月", "10月1日")),
        (Period.parse("2025-10-01..2026-10-31"), ("2025年10月—2026年10月",), ("10月", "2025-10")),
    ],
)
def test_a_point_may_print_its_period_in_every_form_and_no_other(
    of: Judge, content: ReportContent, period: Period, own: tuple[str, ...], others: tuple[str, ...]
) -> None:
    fact = content.facts[13].model_copy(update={"period": period})
    for category, stopped in (*((name, False) for name in own), *((name, True) for name in others)):
        found = of("numeral_gate", CHART.model_copy(update={"categories": (category,)}), facts=(fact,))
        assert bool(found) is stopped, category


def test_a_row_without_figures_may_print_any_period_of_the_report(of: Judge) -> None:
    for cell, stopped in (("2025年11月", False), ("2024年11月", True)):
        assert bool(of("numeral_gate", TABLE.model_copy(update={"rows": (("甲", cell),)}))) is stopped


def test_what_is_said_of_a_typed_number(of: Judge) -> None:
    text = "营销服务质量总体平稳向好，新增专变用户共17户，其余客户的用电情况均无明显变化。"
    (found,) = of("numeral_gate", Paragraph(text=text))
    assert found.text == "「17」没有出处：平稳向好，新增专变用户共17户，其余客户的用电情况均"
    assert found.fix.startswith("把数字换成") and not found.final and found.place == "「总体情况」第1段"
    (found,) = of("numeral_gate", Paragraph(text="17户客户的用电情况均无明显变化。"))
    assert found.text == "「17」没有出处：17户客户的用电情况均无明显"


def test_only_a_number_of_a_typed_label_is_told_the_label(of: Judge) -> None:
    found = of("numeral_gate", Paragraph(text="2026年10月新增17户。"))
    assert [item.fix for item in found] == ["改用标签「{{period}}」。"] * 2 + [
        "把数字换成数据事实的记号，或删去这个数字。"
    ]
    (found,) = of("numeral_gate", Paragraph(text="另有10个台区。"))
    assert found.fix.startswith("把数字换成")


def test_what_leads_nowhere_cannot_be_waived(of: Judge) -> None:
    (found,) = of("numeral_gate", Paragraph(text="售电量{{F999}}。"))
    assert found.final and "F999" in found.text and found.fix
    for change in ({"unit": "件"}, {"series": (Series(name="电量", points=(Point(fact="F999"),)),)}):
        chart = of("numeral_gate", CHART.model_copy(update=change))
        assert [(item.place, item.final) for item in chart] == [("图「电量」", True)] and all(
            item.fix for item in chart
        )


@pytest.mark.parametrize("status", ["empty", "denied", "error"])
def test_a_missing_figure_is_named_with_its_state(of: Judge, content: ReportContent, status: str) -> None:
    fact = content.facts[18].model_copy(update={"status": status})
    for form in ("", ".yoy", ".mom:abs", ".ytd"):
        (found,) = of("numeral_gate", Paragraph(text=f"停电时户数{{{{F19{form}}}}}。"), facts=(fact,))
        assert found.text == f"F19 停电时户数没有数值（{status}）" and found.fix
    caption = TABLE.model_copy(update={"rows": (("甲", "{{F19:n}}"),)})
    assert of("numeral_gate", caption, facts=(fact,)) == []
