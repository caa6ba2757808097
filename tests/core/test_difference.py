"""The difference of two versions: texts by section, facts by field."""

from __future__ import annotations

from decimal import Decimal

from core.domain.difference import difference
from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from core.domain.report import Chart, Column, Listing, Paragraph, Point, ReportContent, Section, Series, Table

OCTOBER = Period.parse("2026-10")


def fact(id: str, value: str = "1", **more: object) -> Fact:
    fields: dict[str, object] = {"indicator": "A02", "name": "售电量", "unit": "kWh", "org": "99401", **more}
    return Fact(id=id, value=Decimal(value), period=OCTOBER, **fields)  # type: ignore[arg-type]


def report(*sections: Section, facts: tuple[Fact, ...] = (fact("F1"), fact("F2"))) -> ReportContent:
    return ReportContent(
        title="月报", template="R1", org="99401", org_name="云州", period=OCTOBER, sections=sections, facts=facts
    )


def section(id: str, *blocks: object, heading: str = "总体情况", thin: str = "") -> Section:
    return Section(id=id, heading=heading, blocks=blocks, thin=thin)  # type: ignore[arg-type]


TABLE = Table(
    id="t",
    caption="分单位",
    columns=(Column(header="单位"), Column(header="电量", unit="kWh")),
    rows=(("甲", "{{F1:n}}"),),
)
CHART = Chart(
    id="c",
    caption="走势",
    form="bar",
    categories=("甲", "乙"),
    series=(Series(name="电量", points=(Point(fact="F1"), None)),),
)


def told(old: ReportContent, new: ReportContent) -> list[tuple[str, str, str, str]]:
    return [(item.section, item.change, item.old, item.new) for item in difference(old, new).texts]


def test_equal_contents_have_no_difference() -> None:
    one = report(section("a", Paragraph(text="甲"), TABLE, CHART, Listing(items=("一", "二"))))
    found = difference(one, one.model_copy())
    assert found.texts == () and found.facts == ()


def test_each_kind_of_text_is_told() -> None:
    old = report(
        section("a", Paragraph(text="甲"), Paragraph(text="乙"), TABLE, CHART, Listing(items=("一", "二"))),
        section("gone", Paragraph(text="旧")),
    )
    table = TABLE.model_copy(update={"rows": (("甲", "{{F2:n}}"),)})
    chart = CHART.model_copy(
        update={"series": (CHART.series[0].model_copy(update={"points": (None, Point(fact="F1"))}),)}
    )
    new = report(
        section("a", Paragraph(text="甲"), Paragraph(text="丙"), table, chart, Listing(items=("一",)), heading="概述"),
        section("added", thin="从略"),
    ).model_copy(update={"title": "新月报"})
    assert told(old, new) == [
        ("", "changed", "月报", "新月报"),
        ("a", "changed", "总体情况", "概述"),
        ("a", "changed", "乙", "丙"),
        ("a", "changed", "甲｜{{F1:n}}", "甲｜{{F2:n}}"),
        ("a", "changed", "电量：{{F1.value}}、—", "电量：—、{{F1.value}}"),
        ("a", "removed", "二", ""),
        ("gone", "removed", "旧", ""),
        ("added", "added", "", "从略"),
    ]


def test_facts_are_compared_by_what_the_ledger_holds() -> None:
    old = report(section("a"), facts=(fact("F1"), fact("F2"), fact("F3"), fact("F5")))
    new = report(
        section("a"),
        facts=(
            fact("F1", "2", compare=Compare(yoy=Decimal(3))),
            fact("F2", by=By(dim="org", key="1", label="甲"), status="partial"),
            fact("F4"),
            fact("F5", row_count=7),
        ),
    )
    found = {item.id: (item.change, item.fields) for item in difference(old, new).facts}
    assert found == {
        "F1": ("changed", ("value", "compare")),
        "F2": ("changed", ("status", "by")),
        "F3": ("removed", ()),
        "F4": ("added", ()),
    }
