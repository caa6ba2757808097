"""Which sentences the words around a figure make false: the table in tests/cases/checks/claims.yaml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.domain.report import Chart, CheckResult, Column, Paragraph, Point, ReportContent, Section, Series, Table
from tools.checks import run_checks

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "checks" / "claims.yaml").read_text("utf-8"))
RULES = {"directions", "attribution", "superlatives", "units"}

Judge = Callable[..., list[CheckResult]]


@pytest.fixture(scope="module")
def judge(content: ReportContent) -> Judge:
    """The gate's findings on the words of one block that stands alone in the sample report."""

    def run(block: Paragraph | Table | Chart) -> list[CheckResult]:
        section = Section(id="only", heading="总体情况", blocks=(block,))
        small = content.model_copy(update={"sections": (section,), "findings": ()})
        return [result for result in run_checks(small, {}) if not result.passed and result.rule in RULES]

    return run


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_words_around_figures(judge: Judge, case: dict[str, Any]) -> None:
    found = judge(Paragraph(text=case["text"]))
    assert [result.text for result in found] == case.get("says", [])
    assert {result.rule for result in found} == ({case["rule"]} if case["rule"] else set()), found
    assert all(result.level == "error" and result.place == "「总体情况」第1段" and result.fix for result in found)


def table(rows: tuple[tuple[str, ...], ...], units: tuple[str, ...] = ("", "万千瓦时", "%")) -> Table:
    heads = ("单位", "售电量", "同比")
    columns = tuple(Column(header=head, unit=unit) for head, unit in zip(heads, units, strict=True))
    return Table(id="t", caption="各单位售电量", columns=columns, rows=rows)


GOOD = (("{{F21.label}}", "{{F21:n:万千瓦时}}", "{{F21.yoy:n}}"), ("望湖区", "{{F22:n:万千瓦时}}", "{{F22.yoy:n}}"))


def test_a_table_of_its_own_members_passes(judge: Judge) -> None:
    assert judge(table(GOOD)) == []
    assert judge(table((("云湖区", "{{F22.period}}", "{{F22.name}}"), GOOD[1]))) == []


@pytest.mark.parametrize(
    ("rows", "units", "rule", "place"),
    [
        ((("望湖区", *GOOD[0][1:]), GOOD[1]), ("", "万千瓦时", "%"), "attribution", "第1行「售电量」"),
        (((GOOD[0][0], GOOD[1][1], GOOD[0][2]), GOOD[1]), ("", "万千瓦时", "%"), "attribution", "第1行「售电量」"),
        (GOOD, ("", "亿千瓦时", "%"), "units", "第1行「售电量」"),
        (GOOD, ("", "万千瓦时", "百分点"), "units", "第2行「同比」"),
        (((GOOD[0][0], "{{F21:n:亿千瓦时}}", GOOD[0][2]), GOOD[1]), ("", "万千瓦时", "%"), "units", "第1行"),
    ],
)
def test_a_table_with_a_strange_cell(
    judge: Judge, rows: tuple[tuple[str, ...], ...], units: tuple[str, ...], rule: str, place: str
) -> None:
    found = judge(table(rows, units))
    assert {result.rule for result in found} == {rule}, found
    assert any(place in result.place for result in found)


def chart(categories: tuple[str, ...], *, unit: str = "万千瓦时", right: str = "%", field: str = "yoy") -> Chart:
    facts = ("F21", "F22")
    bars = Series(name="售电量", points=tuple(Point(fact=fact) for fact in facts))
    changes = Series(
        name="同比", points=tuple(Point(fact=fact, field=field) for fact in facts), axis="right", mark="line"
    )
    return Chart(
        id="c",
        caption="各单位售电量",
        form="bar",
        categories=categories,
        series=(bars, changes),
        unit=unit,
        right_unit=right,
    )


def test_a_chart_of_its_own_members_passes(judge: Judge) -> None:
    assert judge(chart(("云湖区", "望湖区"))) == []


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (chart(("望湖区", "云湖区")), "attribution"),
        (chart(("云湖区", "望湖区"), right="个百分点"), "units"),
        (chart(("云湖区", "望湖区"), unit="万元"), "units"),
        (chart(("云湖区", "望湖区"), unit=""), "units"),
    ],
)
def test_a_chart_with_a_strange_name_or_axis(judge: Judge, made: Chart, rule: str) -> None:
    assert rule in {result.rule for result in judge(made)}


def heat(names: tuple[str, ...], period: str) -> Chart:
    rows = tuple(
        Series(name=name, points=(Point(fact=fact),)) for name, fact in zip(names, ("F21", "F22"), strict=True)
    )
    return Chart(id="h", caption="各单位售电量", form="heat", categories=(period,), series=rows, unit="万千瓦时")


@pytest.mark.parametrize(
    ("names", "period", "wrong"),
    [
        (("云湖区", "望湖区"), "2026年10月", 0),
        (("望湖区", "云湖区"), "2026年10月", 2),
        (("云湖区", "望湖区"), "2026年9月", 2),
    ],
)
def test_a_heat_map_keeps_rows_to_their_members_and_columns_to_their_periods(
    judge: Judge, names: tuple[str, ...], period: str, wrong: int
) -> None:
    assert [result.rule for result in judge(heat(names, period))] == ["attribution"] * wrong


def test_each_finding_has_a_name_of_its_own(judge: Judge) -> None:
    text = "云湖区售电量{{F22}}、{{F22}}，同比下降{{F14.yoy:abs}}。"
    found = judge(Paragraph(text=text))
    assert len({result.key for result in found}) == len(found) > 1
    assert [result.key for result in found] == [result.key for result in judge(Paragraph(text=text))]
