"""Single rules at their edges: what they let stand, what they stop, and where they say it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.domain.fact import Fact
from core.domain.report import (
    Block,
    Chart,
    CheckResult,
    Column,
    Listing,
    Paragraph,
    Point,
    ReportContent,
    Section,
    Series,
    Table,
)
from tools.checks import content_checks, run_checks
from tools.checks.rules.privacy import privacy_hits


def of(content: ReportContent, rule: str, *blocks: Block, **more: Any) -> list[CheckResult]:
    """The findings of one rule on a report of one section."""
    section = Section(id="only", heading="总体情况", blocks=blocks)
    small = content.model_copy(update={"sections": (section,), "findings": ()} | more)
    return [item for item in run_checks(small, {}) if item.rule == rule and not item.passed]


def on(content: ReportContent, rule: str, **more: Any) -> list[CheckResult]:
    """The findings of one rule on the sample report with some of its parts replaced."""
    return [item for item in run_checks(content.model_copy(update=more), {}) if item.rule == rule and not item.passed]


def test_every_rule_has_its_level() -> None:
    warnings = {check.id for check in content_checks() if check.level == "warn"}
    assert warnings == {"facts_ok", "org_names", "reconciliation"}
    assert {check.id for check in content_checks() if check.final} == {"structure"}
    assert all(check.label for check in content_checks())


# individuals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("11010519491231002X", "身份证"),
        ("11010519491231002x", "身份证"),
        ("110105194912310038", "身份证"),
        ("91350100M000100Y43", "信用代码"),
        ("6222021234567890128", "银行"),
    ],
)
def test_identifiers_with_a_right_check_digit(text: str, label: str) -> None:
    found = list(privacy_hits("第1段", f"号码{text}。"))
    assert found and any(label in hit.text for hit in found), found
    assert all(hit.place == "第1段" and hit.fix and text not in hit.text for hit in found)
    assert all(hit.text.endswith(f"：{text[:3]}…") for hit in found)


@pytest.mark.parametrize("text", ["110105194912310021", "91350100M000100Y44", "6222021234567890123"])
def test_identifiers_with_a_wrong_check_digit(text: str) -> None:
    assert list(privacy_hits("第1段", f"号码{text}。")) == []


def test_a_wrong_number_before_a_right_one_hides_nothing() -> None:
    assert list(privacy_hits("", "110105194912310021，11010519491231002X"))


# names ------------------------------------------------------------------------------------------------------------


def test_units_of_the_report_are_known_and_others_are_named_once(content: ReportContent) -> None:
    known = "国网云州供电公司与国网云州望湖区供电公司协同。"
    assert of(content, "org_names", Paragraph(text=known)) == []
    strange = "国网云州平川供电公司与国网云州平川供电公司协同，国网云州望湖区供电公司未参加。"
    (found,) = of(content, "org_names", Paragraph(text=strange))
    assert found.text == "「国网云州平川供电公司」不在本报告的单位之内"
    assert (found.place, found.level) == ("「总体情况」第1段", "warn") and found.fix


# incomplete data --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("采集成功率{{F20}}。", False),
        ("采集成功率{{F20}}，为暂估数。", True),
        ("采集成功率{{F20}}，数据不齐。", True),
        ("采集成功率{{F20}}，待复核。", True),
        ("售电量{{F14}}。", True),
    ],
)
def test_incomplete_data(content: ReportContent, text: str, said: bool) -> None:
    assert bool(of(content, "facts_ok", Paragraph(text=text))) is not said


def test_incomplete_data_of_a_table_or_chart_count(content: ReportContent) -> None:
    table = Table(
        id="t", caption="采集", columns=(Column(header="指标"), Column(header="本月")), rows=(("采集", "{{F20:n}}"),)
    )
    (found,) = of(content, "facts_ok", table)
    assert found.place == "「总体情况」" and found.text == "采集成功率的数据不完整，文中没有说明"
    note = table.model_copy(update={"notes": ("数据不完整。",)})
    assert of(content, "facts_ok", note) == []
    chart = Chart(
        id="c",
        caption="采集",
        form="bar",
        categories=("本月",),
        series=(Series(name="率", points=(Point(fact="F20"),)),),
        unit="%",
    )
    assert len(of(content, "facts_ok", chart)) == 1


def test_more_than_four_incomplete_indicators_are_summed_up(content: ReportContent) -> None:
    facts = tuple(
        content.facts[13].model_copy(
            update={"id": f"F{at}", "name": f"指标{'甲乙丙丁戊己'[at - 1]}", "status": "partial"}
        )
        for at in range(1, 7)
    )
    for count, words in ((4, "指标甲、指标乙、指标丙、指标丁的"), (5, "指标甲、指标乙、指标丙、指标丁等的")):
        text = "".join("{{F" + str(at) + "}}，" for at in range(1, count + 1))
        (found,) = of(content, "facts_ok", Paragraph(text=f"完成{text}情况如上。"), facts=facts)
        assert found.text.startswith(words)


# structure --------------------------------------------------------------------------------------------------------


def texts(found: list[CheckResult]) -> list[tuple[str, str, str]]:
    return [(item.place, item.text, item.level) for item in found]


TABLE = Table(id="t", caption="电量", columns=(Column(header="单位"), Column(header="电量")), rows=(("甲", "—"),))
CHART = Chart(
    id="c",
    caption="电量",
    form="bar",
    categories=("甲",),
    series=(Series(name="电量", points=(Point(fact="F14"),)),),
    unit="亿千瓦时",
    alt="电量柱形",
)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (TABLE, []),
        (CHART, []),
        (TABLE.model_copy(update={"caption": " "}), [("表「 」", "没有表题", "error")]),
        (TABLE.model_copy(update={"caption": ""}), [("表「t」", "没有表题", "error")]),
        (TABLE.model_copy(update={"rows": ()}), [("表「电量」", "表里没有数据行", "error")]),
        (TABLE.model_copy(update={"rows": (("甲",),)}), [("表「电量」", "有的行与表头的列数不一致", "error")]),
        (TABLE.model_copy(update={"rows": (("甲", " "),)}), [("表「电量」", "有空白单元格", "warn")]),
        (CHART.model_copy(update={"caption": ""}), [("图「c」", "没有图题", "error")]),
        (CHART.model_copy(update={"alt": ""}), [("图「电量」", "没有替代文字", "warn")]),
        (CHART.model_copy(update={"series": ()}), [("图「电量」", "图里没有数据", "error")]),
        (CHART.model_copy(update={"categories": ()}), [("图「电量」", "图里没有数据", "error")]),
        (Listing(items=()), [("「总体情况」", "条目列表是空的", "error")]),
        (Paragraph(text="见[[ref:x]]。"), [("「总体情况」第1段", "引用了不存在的表或图「x」", "error")]),
    ],
)
def test_blocks(content: ReportContent, block: Block, said: list[tuple[str, str, str]]) -> None:
    found = of(content, "structure", block)
    assert texts(found) == said and all(item.fix and item.final for item in found)


def test_exhibits_with_one_name_and_references_to_them(content: ReportContent) -> None:
    assert texts(of(content, "structure", TABLE, CHART, Paragraph(text="见[[ref:t]]、[[ref:c]]。"))) == []
    twice = of(content, "structure", TABLE, CHART.model_copy(update={"id": "t"}))
    assert ("表或图「t」", "编号重复", "error") in texts(twice)


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ((), [("正文", "没有章节")]),
        ((Section(id="a", heading=" ", blocks=(Paragraph(text="平稳。"),)),), [("章节 a", "没有标题")]),
        ((Section(id="a", heading="甲"),), [("「甲」", "章节是空的")]),
        ((Section(id="a", heading="甲", thin="从略。"),), []),
        (
            (Section(id="a", heading="甲"), Section(id="b", heading="乙", level=2, thin="从略。")),
            [],
        ),
        (
            (Section(id="a", heading="甲"), Section(id="b", heading="乙", thin="从略。")),
            [("「甲」", "章节是空的")],
        ),
        (
            (Section(id="a", heading="甲", level=2), Section(id="b", heading="乙", level=2, thin="从略。")),
            [("「甲」", "章节是空的")],
        ),
    ],
)
def test_sections(content: ReportContent, sections: tuple[Section, ...], said: list[tuple[str, str]]) -> None:
    found = on(content, "structure", sections=sections, findings=())
    assert [(item.place, item.text) for item in found] == said


def test_a_report_has_a_title(content: ReportContent) -> None:
    assert texts(on(content, "structure", title="  ")) == [("报告标题", "没有标题", "error")]


# reconciliation ---------------------------------------------------------------------------------------------------


def checked(content: ReportContent, check: str | None, within: Any) -> Fact:
    params = {"within": within} | ({"check": check} if check else {})
    update = {"id": "F900", "indicator": "reconcile.x", "params": params}
    return content.facts[13].model_copy(update=update)


def test_a_difference_beyond_tolerance_is_shown_or_blocks_as_the_template_says(content: ReportContent) -> None:
    from knowledge.quality import reconcile_rules
    from knowledge.template_library import templates

    policy = templates()["R1"].reconcile
    levels = set()
    for check, spec in reconcile_rules().checks.items():
        fact = checked(content, check, False)
        (found,) = on(content, "reconciliation", facts=(*content.facts, fact))
        blocks = policy.get(check) == "block"
        levels.add(found.level)
        assert found.level == ("error" if blocks else "warn")
        assert found.place == f"{spec.name}核对" and spec.left in found.text and spec.right in found.text
        assert ("重新生成" in found.fix) is blocks
        unknown = on(content, "reconciliation", facts=(*content.facts, fact), template="none")
        assert [item.level for item in unknown] == ["warn"]
    assert "warn" in levels


def test_what_is_within_tolerance_or_no_check_is_silent(content: ReportContent) -> None:
    from knowledge.quality import reconcile_rules

    check = next(iter(reconcile_rules().checks))
    for fact in (checked(content, check, True), checked(content, check, None), checked(content, None, False)):
        assert on(content, "reconciliation", facts=(*content.facts, fact)) == []
    other = checked(content, check, False).model_copy(update={"indicator": "A02"})
    assert on(content, "reconciliation", facts=(*content.facts, other)) == []


def test_refused_data_block(content: ReportContent) -> None:
    for refused, hits in ((True, 1), (False, 0)):
        update = {"id": "F900", "indicator": "quality.cleaning", "params": {"refused": refused}}
        found = on(content, "reconciliation", facts=(*content.facts, content.facts[13].model_copy(update=update)))
        assert [item.level for item in found] == ["error"] * hits
    other = content.facts[13].model_copy(update={"id": "F900", "params": {"refused": True}})
    assert on(content, "reconciliation", facts=(*content.facts, other)) == []


# units of axes and columns ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("售电量变动{{F14.yoy:n}}%。", False),
        ("售电量变动{{F14.yoy:n}}个百分点。", True),
        ("线损率变动{{F17.yoy:n}}个百分点。", False),
        ("线损率变动{{F17.yoy:n}}个千分点。", True),
        ("工单{{F18:n}}件。", False),
        ("工单{{F18:n}}户。", True),
        ("工单{{F18}}件数较多。", False),
        ("工单{{F18}}，件数较多。", False),
        ("工单{{F18}}件。", True),
        ("售电量{{F14}}，亿千瓦时为单位。", False),
    ],
)
def test_a_unit_after_a_figure(content: ReportContent, text: str, stopped: bool) -> None:
    assert bool(of(content, "units", Paragraph(text=text))) is stopped


@pytest.mark.parametrize(
    ("head", "unit", "cell", "stopped"),
    [
        ("单位", "亿千瓦时", "{{F14:n:亿千瓦时}}", False),
        ("单位", "万千瓦时", "{{F14:n:亿千瓦时}}", True),
        ("计量单位", "万千瓦时", "{{F14:n:亿千瓦时}}", True),
        ("类别", "万千瓦时", "{{F14:n:亿千瓦时}}", False),
        ("单位", "望湖区", "{{F14:n:亿千瓦时}}", False),
        ("单位", "万千瓦时", "{{F14.yoy:n}}", False),
        ("单位", "万千瓦时", "{{F14}}", False),
        ("单位", "%", "{{F16:n}}", False),
        ("单位", "件", "{{F16:n}}", True),
    ],
)
def test_a_column_of_units(content: ReportContent, head: str, unit: str, cell: str, stopped: bool) -> None:
    table = Table(
        id="t",
        caption="指标",
        columns=(Column(header="指标"), Column(header=head), Column(header="本月")),
        rows=(("指标", unit, cell),),
    )
    found = of(content, "units", table)
    assert bool(found) is stopped
    assert all(item.place == "表「指标」第1行「本月」" and unit in item.text for item in found)


@pytest.mark.parametrize(
    ("fact", "field", "axis", "right", "stopped"),
    [
        ("F14", "value", "万千瓦时", "", False),
        ("F14", "value", "件", "", True),
        ("F14", "yoy", "%", "", False),
        ("F14", "yoy", "百分点", "", True),
        ("F17", "yoy", "个百分点", "", False),
        ("F17", "yoy", "百分点", "", False),
        ("F17", "value", "%", "", False),
        ("F18", "value", "件", "", False),
        ("F18", "value", "", "件", True),
        ("F19", "value", "件", "", False),
    ],
)
def test_an_axis(content: ReportContent, fact: str, field: Any, axis: str, right: str, stopped: bool) -> None:
    series = Series(name="本月", points=(None, Point(fact=fact, field=field)))
    chart = Chart(
        id="c", caption="走势", form="bar", categories=("甲", "乙"), series=(series,), unit=axis, right_unit=right
    )
    found = of(content, "units", chart)
    assert bool(found) is stopped
    assert all(item.place == "图「走势」系列「本月」" for item in found)


def test_the_right_axis_has_its_own_unit(content: ReportContent) -> None:
    bars = Series(name="本月", points=(Point(fact="F14"),))
    line = Series(name="同比", points=(Point(fact="F14", field="yoy"),), axis="right", mark="line")
    for right, hits in (("%", 0), ("万千瓦时", 1)):
        chart = Chart(
            id="c",
            caption="走势",
            form="trend",
            categories=("甲",),
            series=(bars, line),
            unit="亿千瓦时",
            right_unit=right,
        )
        assert len(of(content, "units", chart)) == hits


# the numeral gate -------------------------------------------------------------------------------------------------


def test_a_total_since_january_that_does_not_exist(content: ReportContent) -> None:
    facts = tuple(
        fact.model_copy(update={"compare": fact.compare.model_copy(update={"ytd": Decimal(3)})})
        if fact.id == "F18"
        else fact
        for fact in content.facts
    )
    assert of(content, "numeral_gate", Paragraph(text="累计{{F18.ytd}}。"), facts=facts) == []
    (found,) = of(content, "numeral_gate", Paragraph(text="累计{{F18.ytd}}。"))
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
def test_a_figure_that_does_not_exist(content: ReportContent, text: str, stopped: bool) -> None:
    assert bool(of(content, "numeral_gate", Paragraph(text=text))) is stopped


@pytest.mark.parametrize(
    ("kind", "text", "stopped"),
    [
        ("unit_note", "单位：%", False),
        ("unit_note", "单位：百分点、‰", False),
        ("unit_note", "单位：百分点，合计3项", True),
        ("caption", "近三个月电量", False),
        ("caption", "前10户电量", False),
        ("caption", "2026年10月电量", False),
        ("caption", "2026年9月31日电量", True),
        ("caption", "三成电量", True),
    ],
)
def test_captions_and_notes(content: ReportContent, kind: str, text: str, stopped: bool) -> None:
    table = TABLE.model_copy(update={kind: text})
    assert bool(of(content, "numeral_gate", table)) is stopped


@pytest.mark.parametrize(
    ("cell", "stopped"),
    [("百分点", False), ("%", False), ("—", False), ("", False), ("三成", True), ("12%", True), ("2026年10月", True)],
)
def test_cells(content: ReportContent, cell: str, stopped: bool) -> None:
    table = TABLE.model_copy(update={"rows": (("{{F2.label}}", cell),)})
    assert bool(of(content, "numeral_gate", table)) is stopped


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
def test_categories_are_the_periods_of_their_points(content: ReportContent, category: str, stopped: bool) -> None:
    series = Series(name="电量", points=(Point(fact="F2"),))
    chart = CHART.model_copy(update={"categories": (category,), "series": (series,), "unit": "万千瓦时"})
    assert bool(of(content, "numeral_gate", chart)) is stopped
