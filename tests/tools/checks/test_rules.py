"""Single rules at their edges: what they let stand, what they stop, and where they say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.domain.fact import By, Fact
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
from tests.tools.checks.exhibits import CHART, TABLE
from tools.checks import content_checks, run_checks
from tools.checks.rules.privacy import privacy_hits
from tools.checks.rules.wording import wording_hits

Judge = Callable[..., list[CheckResult]]


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
        ("6228480402564890018", "银行"),
        ("6212263902001712342", "银行"),
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


def test_units_of_the_report_are_known_and_others_are_named_once(of: Judge, content: ReportContent) -> None:
    known = "国网云州供电公司与国网云州望湖区供电公司协同。"
    assert of("org_names", Paragraph(text=known)) == []
    strange = "国网云州平川供电公司与国网云州平川供电公司协同，国网云州望湖区供电公司未参加。"
    (found,) = of("org_names", Paragraph(text=strange))
    assert found.text == "「国网云州平川供电公司」不在本报告的单位之内"
    assert (found.place, found.level) == ("「总体情况」第1段", "warn") and found.fix
    by = By(dim="org", key="9940199", label="国网云州平川供电公司")
    member = content.facts[13].model_copy(update={"id": "F900", "by": by})
    assert of("org_names", Paragraph(text=strange), facts=(*content.facts, member)) == []


@pytest.mark.parametrize(("said", "wrong"), [("label", 0), ("org", 1)])
def test_a_row_of_the_asking_unit_s_split_is_not_that_unit_s_own_figure(
    of: Judge, content: ReportContent, said: str, wrong: int
) -> None:
    asked = {"org": "99401", "org_name": "国网云州供电公司"}
    facts = tuple(fact.model_copy(update=asked) if fact.id == "F21" else fact for fact in content.facts)
    text = "{{F21." + said + "}}售电量{{F21}}。"
    assert len(of("attribution", Paragraph(text=text), facts=facts)) == wrong


# wording ----------------------------------------------------------------------------------------------------------


def test_a_long_mistake_is_shown_by_its_beginning() -> None:
    for length in (39, 40, 41):
        text = "（" + "甲" * length
        (hit,) = wording_hits("第1段", text)
        assert hit.text == f"括号和引号成对：{text if length < 40 else text[:40] + '…'}"
        assert (hit.place, hit.level) == ("第1段", "warn") and hit.fix
    (hit,) = wording_hits("", "用电断崖式下滑。")
    assert hit.level == "error"


def test_wording_is_judged_where_something_is_said(of: Judge, content: ReportContent) -> None:
    word = "断崖式"
    heads = (Column(header="单位"), Column(header=word))
    table = Table(id="t", caption=f"{word}下滑", columns=heads, rows=((word, "—"),), notes=(word,))
    said = content.findings[0].model_copy(update={"suggestion": f"{word}整改。"})
    found = of("wording", table, Paragraph(text=f"{word}下滑。"), title=word, findings=(said,))
    assert [item.place for item in found] == [
        "报告标题",
        f"表「{word}下滑」表题",
        "「总体情况」第1段",
        f"发现「{said.title}」的建议",
    ]


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
def test_incomplete_data(of: Judge, text: str, said: bool) -> None:
    assert bool(of("facts_ok", Paragraph(text=text))) is not said


def test_incomplete_data_of_a_table_or_chart_count(of: Judge) -> None:
    table = Table(
        id="t", caption="采集", columns=(Column(header="指标"), Column(header="本月")), rows=(("采集", "{{F20:n}}"),)
    )
    (found,) = of("facts_ok", table)
    assert found.place == "「总体情况」" and found.text == "采集成功率的数据不完整，文中没有说明"
    note = table.model_copy(update={"notes": ("数据不完整。",)})
    assert of("facts_ok", note) == []
    chart = Chart(
        id="c",
        caption="采集",
        form="bar",
        categories=("本月",),
        series=(Series(name="率", points=(Point(fact="F20"),)),),
        unit="%",
    )
    assert len(of("facts_ok", chart)) == 1


def test_more_than_four_incomplete_indicators_are_summed_up(of: Judge, content: ReportContent) -> None:
    facts = tuple(
        content.facts[13].model_copy(
            update={"id": f"F{at}", "name": f"指标{'甲乙丙丁戊己'[at - 1]}", "status": "partial"}
        )
        for at in range(1, 7)
    )
    for count, words in ((4, "指标甲、指标乙、指标丙、指标丁的"), (5, "指标甲、指标乙、指标丙、指标丁等的")):
        text = "".join("{{F" + str(at) + "}}，" for at in range(1, count + 1))
        (found,) = of("facts_ok", Paragraph(text=f"完成{text}情况如上。"), facts=facts)
        assert found.text.startswith(words)


# structure --------------------------------------------------------------------------------------------------------


def texts(found: list[CheckResult]) -> list[tuple[str, str, str]]:
    return [(item.place, item.text, item.level) for item in found]


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
def test_blocks(of: Judge, block: Block, said: list[tuple[str, str, str]]) -> None:
    found = of("structure", block)
    assert texts(found) == said and all(item.fix and item.final for item in found)


def test_exhibits_with_one_name_and_references_to_them(of: Judge) -> None:
    assert texts(of("structure", TABLE, CHART, Paragraph(text="见[[ref:t]]、[[ref:c]]。"))) == []
    twice = of("structure", TABLE, CHART.model_copy(update={"id": "t"}))
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
