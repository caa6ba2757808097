"""Every rule on content passes the sample report and catches its own mutation."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.report import Block, Chart, CheckResult, Listing, Paragraph, ReportContent, Section, Table
from tools.checks import content_checks, run_checks


def failed(content: ReportContent, labels: dict[str, str], rule: str) -> list[CheckResult]:
    results = run_checks(content, labels)
    assert {result.rule for result in results} == {check.id for check in content_checks()}
    return [result for result in results if result.rule == rule and not result.passed]


def with_block(content: ReportContent, section: str, at: int, block: Block) -> ReportContent:
    sections = []
    for item in content.sections:
        if item.id == section:
            blocks = list(item.blocks)
            blocks[at] = block
            item = item.model_copy(update={"blocks": tuple(blocks)})
        sections.append(item)
    return content.model_copy(update={"sections": tuple(sections)})


def with_text(content: ReportContent, text: str) -> ReportContent:
    return with_block(content, "overview", 1, Paragraph(text=text))


def with_facts(content: ReportContent, **changes: dict[str, object]) -> ReportContent:
    facts = [fact.model_copy(update=changes.get(fact.id, {})) for fact in content.facts]
    return content.model_copy(update={"facts": tuple(facts)})


def test_a_clean_report_raises_no_alarm(content: ReportContent, labels: dict[str, str]) -> None:
    assert [result for result in run_checks(content, labels) if not result.passed] == []


@pytest.mark.parametrize(
    "text",
    [
        "采集成功率99.61%，数据不完整。",
        "采集成功率{{F20}}，较同期提高0.1个百分点，数据不完整。",
        "有三成台区不达标，数据不完整。",
        "两项指标下滑，数据不完整。",
        "光伏装机翻番，数据不完整。",
        "2026年10月采集成功率{{F20}}，数据不完整。",
        "采集成功率{{F999}}，数据不完整。",
        "采集成功率{{F20.best}}，数据不完整。",
        "{{F20.label:n}}采集成功率{{F20}}，数据不完整。",
        "采集成功率{{F20:n}}{{F20.unit:n}}，数据不完整。",
        "采集成功率{{F20:万元}}，数据不完整。",
        "{{unknown}}采集成功率{{F20}}，数据不完整。",
        "采集成功率{{F20，数据不完整。",
        "停电时户数{{F19}}，数据不完整。",
        "采集成功率{{F20.mom:abs}}，数据不完整。",
        "采集成功率{{F20.ytd}}，数据不完整。",
        "见[[ref:t_none]]，数据不完整。",
    ],
)
def test_the_numeral_gate_stops_prose(content: ReportContent, labels: dict[str, str], text: str) -> None:
    assert failed(with_text(content, text), labels, "numeral_gate")


def test_a_typed_period_is_told_its_label(content: ReportContent, labels: dict[str, str]) -> None:
    (found,) = failed(with_text(content, "2026年10月数据不完整。"), labels, "numeral_gate")[:1]
    assert "{{period}}" in found.fix


def exhibit(content: ReportContent, name: str) -> tuple[str, int, Table | Chart]:
    for section in content.sections:
        for at, block in enumerate(section.blocks):
            if isinstance(block, Table | Chart) and block.id == name:
                return section.id, at, block
    raise AssertionError(name)


def test_a_typed_cell_is_stopped(content: ReportContent, labels: dict[str, str]) -> None:
    section, at, block = exhibit(content, "t_org")
    assert isinstance(block, Table)
    rows = (("云湖区", "14000.00", "—"), *block.rows[1:])
    (found,) = failed(with_block(content, section, at, block.model_copy(update={"rows": rows})), labels, "numeral_gate")
    assert "14000.00" in found.text and "第1行" in found.place


def test_a_row_number_column_is_allowed(content: ReportContent, labels: dict[str, str]) -> None:
    section, at, block = exhibit(content, "t_class")
    assert isinstance(block, Table)
    columns = (block.columns[0].model_copy(update={"header": "序号"}), *block.columns)
    right = tuple((str(number), *row) for number, row in enumerate(block.rows, 1))
    wrong = tuple((str(number + 1), *row) for number, row in enumerate(block.rows, 1))
    for rows, hits in ((right, 0), (wrong, len(wrong))):
        changed = block.model_copy(update={"columns": columns, "rows": rows})
        assert len(failed(with_block(content, section, at, changed), labels, "numeral_gate")) == hits


def test_a_category_must_be_its_points_period(content: ReportContent, labels: dict[str, str]) -> None:
    section, at, block = exhibit(content, "c_energy")
    assert isinstance(block, Chart)
    short = block.model_copy(update={"categories": tuple(name[5:] for name in block.categories)})
    assert not failed(with_block(content, section, at, short), labels, "numeral_gate")
    moved = block.model_copy(update={"categories": (*block.categories[1:], "2026年11月")})
    assert failed(with_block(content, section, at, moved), labels, "numeral_gate")


def test_a_chart_point_must_be_a_fact(content: ReportContent, labels: dict[str, str]) -> None:
    section, at, block = exhibit(content, "c_calls")
    assert isinstance(block, Chart)
    assert failed(
        with_block(content, section, at, block.model_copy(update={"unit": "万千瓦时"})), labels, "numeral_gate"
    )


def test_findings_hold_no_digits_and_advice_only_warns(content: ReportContent, labels: dict[str, str]) -> None:
    base = content.findings[0]
    for change, level in (({"text": "下降12.3%。"}, "error"), ({"suggestion": "在5个工作日内走访。"}, "warn")):
        finding = Finding.model_validate(base.model_dump() | change)
        (found, *_) = failed(content.model_copy(update={"findings": (finding,)}), labels, "numeral_gate")
        assert found.level == level


@pytest.mark.parametrize(
    "text",
    [
        "线损率下降{{F18:n}}%，数据不完整。",
        "售电量增长-{{F16:n}}，数据不完整。",
        "约{{F18}}左右，数据不完整。",
        "电量{{F18:n}}度，数据不完整。",
        "区间为{{F18:n}}～{{F17:n}}%，数据不完整。",
        "采集成功率较高,数据不完整。",
        "用电量断崖式下滑，数据不完整。",
        "售电量负增长，数据不完整。",
    ],
)
def test_wording(content: ReportContent, labels: dict[str, str], text: str) -> None:
    assert failed(with_text(content, text), labels, "wording")


def test_a_rate_beside_an_amount_is_no_mistake(content: ReportContent, labels: dict[str, str]) -> None:
    assert not failed(
        with_text(content, "数据不完整。电费回收率{{F16}}，售电量{{F14}}，{{F14.yoy}}。"), labels, "wording"
    )


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("联系电话13812345678。", True),
        ("身份证号11010519491231002X。", True),
        ("身份证号110105194912310021。", False),
        ("邮箱zhang@example.com。", True),
        ("住址青石路12号楼。", True),
        ("客户张*丰，电话138****5678。", False),
    ],
)
def test_privacy(content: ReportContent, labels: dict[str, str], text: str, caught: bool) -> None:
    assert bool(failed(with_text(content, text), labels, "privacy")) is caught


def test_a_large_figure_is_not_a_telephone_number(content: ReportContent, labels: dict[str, str]) -> None:
    big = with_facts(content, F18={"value": Decimal(13812345678)})
    assert not failed(with_text(big, "数据不完整，{{F18}}。"), labels, "privacy")


def test_an_unknown_unit_is_named(content: ReportContent, labels: dict[str, str]) -> None:
    (found,) = failed(with_text(content, "国网云州平川供电公司数据不完整。"), labels, "org_names")
    assert "平川" in found.text


def test_a_total_must_be_the_sum(content: ReportContent, labels: dict[str, str]) -> None:
    total = next(fact for fact in content.facts if fact.id == "F26")
    assert total.value is not None
    assert not failed(with_facts(content, F26={"value": total.value + 40}), labels, "table_sums")
    (found,) = failed(with_facts(content, F26={"value": total.value + 20_000}), labels, "table_sums")
    assert "131002.00" in found.text


def test_incomplete_data_are_called_incomplete(content: ReportContent, labels: dict[str, str]) -> None:
    (found,) = failed(with_text(content, "采集成功率{{F20}}。"), labels, "facts_ok")
    assert "采集成功率" in found.text and found.level == "warn"


@pytest.mark.parametrize(
    ("section", "at", "change"),
    [
        ("overview", 3, {"caption": ""}),
        ("overview", 3, {"id": "t_org"}),
        ("overview", 3, {"rows": (("售电量",),)}),
        ("energy", 1, {"caption": " "}),
    ],
)
def test_structure_of_exhibits(
    content: ReportContent, labels: dict[str, str], section: str, at: int, change: dict[str, object]
) -> None:
    block = next(item for item in content.sections if item.id == section).blocks[at]
    assert failed(with_block(content, section, at, block.model_copy(update=change)), labels, "structure")


def test_an_empty_section_is_an_error(content: ReportContent, labels: dict[str, str]) -> None:
    empty = Section(id="x", heading="其他事项")
    assert failed(content.model_copy(update={"sections": (*content.sections, empty)}), labels, "structure")
    bare = Section(id="x", heading="其他事项", blocks=(Listing(items=()),))
    assert failed(content.model_copy(update={"sections": (*content.sections, bare)}), labels, "structure")


def test_names_with_numerals_are_no_figures(content: ReportContent, labels: dict[str, str]) -> None:
    extra: Fact = content.facts[0].model_copy(update={"id": "F900", "by": By(dim="org", key="1", label="七里铺供电所")})
    known = content.model_copy(update={"facts": (*content.facts, extra)})
    assert not failed(with_text(known, "七里铺供电所数据不完整。"), labels, "numeral_gate")
    assert failed(with_text(content, "七里二十铺供电所数据不完整。"), labels, "numeral_gate")


@pytest.mark.parametrize(
    ("said", "caught"),
    [
        ("联系电话13750862117。", True),
        ("哈希13750862117b49dc9bd3194683fb5399。", False),
        ("哈希ab3c13750862117b49dc9b。", False),
    ],
)
def test_a_run_of_a_hash_is_no_telephone(
    content: ReportContent, labels: dict[str, str], said: str, caught: bool
) -> None:
    assert bool(failed(with_text(content, said), labels, "privacy")) == caught
