"""Totals equal their parts, down and across, in a report and in a file that comes without one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.domain.fact import By, Fact
from core.domain.period import Period
from core.domain.report import CheckResult, Column, ReportContent, Section, Table
from tools.checks import check_pages, run_checks
from tools.checks.reading import Grid, Pages


def fact(at: int, value: str | None, **more: object) -> Fact:
    own: dict[str, object] = {
        "id": f"F{at}",
        "indicator": "B08",
        "name": "欠费余额",
        "value": None if value is None else Decimal(value),
        "unit": "元",
        "period": Period.month(2026, 10),
        "org": "99401",
        "by": By(dim="age", key=str(at), label=f"档{at}"),
    }
    return Fact.model_validate(own | more)


def judged(facts: list[Fact], rows: list[tuple[str, ...]], heads: tuple[str, ...], **more: object) -> list[CheckResult]:
    columns = tuple(Column(header=head) for head in heads)
    table = Table.model_validate({"id": "t", "caption": "欠费", "columns": columns, "rows": tuple(rows)} | more)
    report = ReportContent(
        title="月报",
        template="R1",
        org="99401",
        org_name="国网云州供电公司",
        period=Period.month(2026, 10),
        sections=(Section(id="s", heading="欠费", blocks=(table,)),),
        facts=tuple(facts),
    )
    return [item for item in run_checks(report, {}) if item.rule == "table_sums" and not item.passed]


def cell(at: int, form: str = ":n:万元") -> str:
    return "{{" + f"F{at}{form}" + "}}"


@pytest.mark.parametrize(
    ("total", "caught"),
    [
        ("60003", False),
        ("60150", False),  # 0.015 of a last place of 0.01: three parts and the whole may be off by 0.02
        ("60253", True),
        ("59703", True),
        ("600003", True),
    ],
)
@pytest.mark.parametrize("name", ["合计", "总计", " 小计 "])
@pytest.mark.parametrize("flag", [True, False])
def test_a_total_row(total: str, caught: bool, name: str, flag: bool) -> None:
    facts = [fact(1, "10001"), fact(2, "20001"), fact(3, "30001"), fact(4, total)]
    rows = [(f"档{at}", cell(at)) for at in (1, 2, 3)] + [(name, cell(4))]
    found = judged(facts, rows, ("档", "欠费"), total=flag)
    assert [item.place for item in found] == ["表「欠费」列「欠费」"] * caught
    assert all(item.level == "error" and "6.00" in item.text and item.fix for item in found)


def test_a_last_row_of_another_name_is_no_total() -> None:
    facts = [fact(1, "10000"), fact(2, "20000")]
    assert judged(facts, [("档1", cell(1)), ("其他", cell(2))], ("档", "欠费")) == []


def test_one_part_must_equal_its_total() -> None:
    facts = [fact(1, "10000"), fact(2, "20000")]
    assert judged(facts, [("档1", cell(1)), ("合计", cell(2))], ("档", "欠费"))
    assert judged(facts, [("合计", cell(2))], ("档", "欠费")) == []
    assert judged(facts, [], ("档", "欠费")) == []


@pytest.mark.parametrize(
    "more", [{"kind": "rate", "unit": "%"}, {"kind": "price"}, {"unit": "%"}, {"kind": "duration", "unit": "h"}]
)
def test_what_cannot_be_added_is_not_added(more: dict[str, object]) -> None:
    facts = [fact(1, "10", **more), fact(2, "20", **more), fact(3, "15", **more)]
    rows = [("档1", cell(1, ":n")), ("档2", cell(2, ":n")), ("合计", cell(3, ":n"))]
    assert judged(facts, rows, ("档", "欠费")) == []


@pytest.mark.parametrize("kind", ["amount", "count", "load"])
def test_amounts_counts_and_loads_are_added(kind: str) -> None:
    facts = [fact(at, value, kind=kind) for at, value in ((1, "10"), (2, "20"), (3, "15"))]
    rows = [("档1", cell(1, ":n")), ("档2", cell(2, ":n")), ("合计", cell(3, ":n"))]
    assert len(judged(facts, rows, ("档", "欠费"))) == 1


def test_changes_and_missing_parts_are_not_added() -> None:
    compare = {"rule": "pct", "yoy": Decimal(3)}
    facts = [fact(1, "10000", compare=compare), fact(2, None, status="error"), fact(3, "70000", compare=compare)]
    rows = [("档1", cell(1, ".yoy:n"), cell(1)), ("档2", "—", cell(2)), ("合计", cell(3, ".yoy:n"), cell(3))]
    assert judged(facts, rows, ("档", "同比", "欠费")) == []
    rows[1] = ("档2", "—", "—")
    assert judged(facts, rows, ("档", "同比", "欠费")) == []
    both = [fact(1, "10000", compare=compare), fact(2, "20000", compare=compare), fact(3, "30000", compare=compare)]
    rows = [(name, cell(at, ".yoy:n"), cell(at)) for at, name in ((1, "甲"), (2, "乙"), (3, "合计"))]
    assert judged(both, rows, ("档", "同比", "欠费")) == []


def test_totals_since_january_are_added() -> None:
    facts = [fact(at, "1", compare={"rule": "pct", "ytd": Decimal(ytd)}) for at, ytd in ((1, 10), (2, 20), (3, 40))]
    rows = [("档1", cell(1, ".ytd:n")), ("档2", cell(2, ".ytd:n")), ("合计", cell(3, ".ytd:n"))]
    (found,) = judged(facts, rows, ("档", "累计"))
    assert "30.00" in found.text and "40.00" in found.text


@pytest.mark.parametrize(("whole", "caught"), [("30002", False), ("30102", False), ("30202", True), ("20002", True)])
def test_a_total_column(whole: str, caught: bool) -> None:
    facts = [fact(1, "10001"), fact(2, "20001"), fact(3, whole)]
    for heads, row in (
        (("单位", "当月", "隔月", "合计"), ("甲", cell(1), cell(2), cell(3))),
        (("单位", "合计", "当月", "隔月"), ("甲", cell(3), cell(1), cell(2))),
    ):
        found = judged(facts, [row], heads)
        assert [item.place for item in found] == ["表「欠费」列「合计」"] * caught


def test_a_total_column_beside_other_kinds_is_left_alone() -> None:
    for other in (fact(2, "20000", unit="kWh"), fact(2, "20000", kind="count")):
        facts = [fact(1, "10000"), other, fact(3, "90000")]
        form = ":n"
        row = ("甲", cell(1, form), cell(2, form), cell(3, form))
        assert judged(facts, [row], ("单位", "当月", "户数", "合计")) == []
    facts = [fact(1, "10000"), fact(3, "90000")]
    assert judged(facts, [("甲", cell(1), "—", cell(3))], ("单位", "当月", "隔月", "合计")) == []
    assert judged(facts, [("甲", cell(1))], ("单位", "当月", "隔月", "合计")) == []


def test_short_rows_and_a_lone_total_are_left_alone() -> None:
    facts = [fact(1, "10000"), fact(2, "20000"), fact(3, "90000")]
    short = [("档1",), ("档2", cell(2)), ("合计", cell(3))]
    assert judged(facts, short, ("档", "欠费")) == []
    assert judged(facts, [("档1", cell(1)), ("档2", cell(2)), ("合计",)], ("档", "欠费")) == []
    assert judged(facts, [("甲", cell(3))], ("单位", "合计")) == []
    unknown = [("档1", "{{F99:n}}"), ("档2", cell(2)), ("合计", cell(3))]
    assert judged(facts, unknown, ("档", "欠费")) == []
    assert judged(facts, [("档1", cell(1, ":n:户")), ("合计", cell(3, ":n:户"))], ("档", "欠费")) == []


@pytest.mark.parametrize(
    ("parts", "total", "form", "caught"),
    [
        (("10", "20"), "30", ":n", False),
        (("10", "20"), "31", ":n", True),  # nothing was rounded, so nothing may be off
        (("10.4", "20.4"), "30.8", ":n", False),  # 10 + 20 against 31
        (("10000", "20000"), "30100", ":n:万元", True),  # 1.00 + 2.00 against 3.01, all of them exact
        (("10049", "20049"), "30098", ":n:万元", False),  # 1.00 + 2.00 against 3.01
        (("10049", "20000"), "30200", ":n:万元", True),
    ],
)
def test_only_what_was_rounded_may_be_off(parts: tuple[str, str], total: str, form: str, caught: bool) -> None:
    own = {"unit": "元"} if form.endswith("万元") else {"kind": "count", "unit": "户"}
    facts = [fact(at, value, **own) for at, value in enumerate((*parts, total), 1)]
    rows = [("档1", cell(1, form)), ("档2", cell(2, form)), ("合计", cell(3, form))]
    assert len(judged(facts, rows, ("档", "户数"))) == caught


def pages(*grids: Grid) -> Pages:
    return Pages("x.pptx", (), tuple(grids), (), (), (), footer_fields=False, odd_even=False, format="pptx")


def summed(*grids: Grid) -> list[CheckResult]:
    found = check_pages(pages(*grids), None)
    return [item for item in found if item.rule == "printed_sums" and not item.passed]


HEADS = ("单位", "电量", "同比（%）")


@pytest.mark.parametrize(
    ("parts", "total", "caught"),
    [
        (("10.00", "20.00"), "30.00", False),
        (("10.00", "20.00"), "30.01", False),
        (("10.00", "20.00"), "30.02", True),
        (("1,000", "2，000"), "3000", False),
        (("1,000", "2，000"), "3003", True),
        (("−10", "20"), "10", False),
        (("−10", "20"), "30", True),
        (("—", "20"), "30", False),
        (("10", "20"), "—", False),
    ],
)
def test_a_file_without_its_report(parts: tuple[str, ...], total: str, caught: bool) -> None:
    rows = (HEADS, *((f"单位{part}", part, "1.0") for part in parts), ("合计", total, "9.9"))
    found = summed(Grid("表1　电量", rows, "body"))
    assert [item.place for item in found] == ["表1　电量列「电量」"] * caught


def test_a_table_that_goes_on_over_a_page() -> None:
    first = Grid("表1　电量", (HEADS, ("甲", "10", "1")), "body")
    more = Grid("表1　电量（续）", (HEADS, ("乙", "20", "1"), ("合计", "30", "1")), "body")
    assert summed(first, more) == []
    assert summed(replace(first, rows=(HEADS, ("甲", "11", "1"), ("丙", "9", "1"))), more)
    other = replace(more, rows=(("单位", "户数", "同比（%）"), *more.rows[1:]))
    assert summed(first, other) and summed(first, replace(more, caption="表2　电量"))


def test_tables_of_the_annex_and_of_other_shapes_are_left_alone() -> None:
    wrong = (HEADS, ("甲", "10", "1"), ("合计", "30", "1"))
    assert summed(Grid("", wrong, "body"))[0].place == "表列「电量」"
    assert summed(Grid("", wrong, "annex"), Grid("", (), "body"), Grid("", (HEADS,), "body")) == []
    assert summed(Grid("", (HEADS, ("甲",), ("合计", "30", "1")), "body")) == []
    assert summed(Grid("", (HEADS, ("甲", "10", "1"), ("其他", "30", "1")), "body")) == []


def test_nothing_to_add_is_nothing_wrong() -> None:
    assert summed() == summed(Grid("", (HEADS, ("合计", "30", "1")), "body")) == []
    for cell in ("NaN", "Infinity", "无数据"):
        assert summed(Grid("", (HEADS, ("甲", cell, "1"), ("合计", "30", "1")), "body")) == []


@pytest.mark.parametrize("head", ["同比（%）", "电价", "占比", "户均电量", "线损率", "环比", "排名"])
def test_columns_that_cannot_be_added(head: str) -> None:
    assert summed(Grid("", (("单位", head), ("甲", "10"), ("合计", "30")), "body")) == []


def test_a_file_with_its_report_is_held_against_it(tmp_path: Path) -> None:
    from tools.checks.context import context_of

    report = ReportContent(
        title="月报", template="R1", org="1", org_name="云州", period=Period.month(2026, 10), sections=(), facts=()
    )
    wrong = pages(Grid("", (HEADS, ("甲", "10", "1"), ("合计", "30", "1")), "body"))
    found = [item for item in check_pages(wrong, context_of(report)) if not item.passed]
    assert "printed_sums" not in {item.rule for item in found} and "rendered_gate" in {item.rule for item in found}
