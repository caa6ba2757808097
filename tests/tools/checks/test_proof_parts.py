"""The parts of the gate on files one by one: lines in order, cells of tables, the annex, the cover's card, verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from core.domain.report import Chart, Column, Paragraph, ReportContent, Section, Table
from tools.checks import Hit, page_checks
from tools.checks.context import Context, context_of
from tools.checks.proof.annex import annex_tables
from tools.checks.proof.cover import cover_table, cover_value
from tools.checks.proof.document import judged, lines, same_cells, tables
from tools.checks.proof.expected import Piece, Sheet
from tools.checks.proof.judging import nearest, verdict
from tools.checks.proof.slides import slides
from tools.checks.reading import Grid, Line, Look, Pages, Zone


@pytest.fixture(scope="module")
def context(content: ReportContent) -> Context:
    return context_of(content)


def said(hits: Iterable[Hit]) -> list[tuple[str, str]]:
    return [(hit.place, hit.text) for hit in hits]


def pages(*grids: Grid, lines: tuple[Line, ...] = (), format: str = "docx", **properties: str) -> Pages:
    return Pages(
        f"x.{format}",
        lines,
        grids,
        (),
        (),
        (),
        footer_fields=False,
        odd_even=False,
        properties=properties,
        format=format,
    )


# lines in order ---------------------------------------------------------------------------------------------------

FIRST, SECOND, THIRD = "第一句完全不同的话。", "售电量保持平稳运行。", "采集系统持续改造升级。"
PIECES = tuple(Piece("prose", text, "s") for text in (FIRST, SECOND, THIRD))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((FIRST, SECOND, THIRD), []),
        (("第一句完全 不同的话。", SECOND, THIRD), []),
        ((FIRST, "", SECOND, " ", THIRD), []),
        ((FIRST, THIRD), [("全文", f"缺少报告原文：{SECOND}")]),
        ((SECOND, FIRST, THIRD), [("2", f"与报告的次序不一致：{FIRST}")]),
        ((THIRD, FIRST, SECOND), [("2", f"与报告的次序不一致：{FIRST}"), ("3", f"与报告的次序不一致：{SECOND}")]),
        ((FIRST, SECOND, "采集系统持续改造升温。"), [("3", "文字与报告不一致：采集系统持续改造升温。")]),
        ((FIRST, SECOND, THIRD, "另议。"), [("4", "报告里没有这句话：另议。")]),
        ((FIRST, SECOND, THIRD, THIRD), [("4", f"文字与报告不一致：{THIRD}")]),
    ],
)
def test_lines_in_order(context: Context, texts: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    placed = [(str(at), text) for at, text in enumerate(texts, 1)]
    assert said(judged("全文", placed, PIECES, context)) == expected


def test_a_line_that_is_said_twice_stands_twice(context: Context) -> None:
    twice = (*PIECES, PIECES[0])
    whole = [("1", FIRST), ("2", SECOND), ("3", THIRD), ("4", FIRST)]
    assert said(judged("全文", whole, twice, context)) == []
    assert said(judged("全文", whole[:3], twice, context)) == [("全文", f"缺少报告原文：{FIRST}")]
    empty = (*PIECES, Piece("prose", " ", "s"))
    assert said(judged("全文", whole[:3], empty, context)) == []


def test_of_two_changed_lines_each_is_held_against_its_own(context: Context) -> None:
    found = judged(
        "全文", [("1", "第一句完全不同的信。"), ("2", SECOND), ("3", "采集系统持续改造升温。")], PIECES, context
    )
    assert [hit.fix for hit in found] == [f"报告原文：{FIRST}", f"报告原文：{THIRD}"]


# tables -----------------------------------------------------------------------------------------------------------

SHEET = Sheet("表1　电量", ("单位", "电量（万千瓦时）"), (("甲", "1.00"), ("乙", "2.00")), "", "")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ((SHEET.heads, *SHEET.rows), []),
        ((("单 位", "电量\n（万千瓦时）"), *SHEET.rows), []),
        ((("单位", "电量"), *SHEET.rows), [("表头第2列", "「电量」与报告不一致")]),
        (
            (SHEET.heads, ("甲", "1.10"), ("丙", "2.00")),
            [("第1行第2列", "「1.10」与报告不一致"), ("第2行第1列", "「丙」与报告不一致")],
        ),
        ((SHEET.heads, ("甲", "1.00")), [("", "表有 1 行，报告里是 2 行")]),
        ((SHEET.heads,), [("", "表有 0 行，报告里是 2 行")]),
        ((), [("", "表有 0 行，报告里是 2 行")]),
        ((SHEET.heads, *SHEET.rows, ("丙", "3.00")), [("", "表有 3 行，报告里是 2 行")]),
        ((SHEET.heads, ("甲",), ("乙", "2.00")), [("第1行", "有 1 列，报告里是 2 列")]),
        ((SHEET.heads, ("甲", "1.00", "9"), ("乙", "2.00")), [("第1行", "有 3 列，报告里是 2 列")]),
    ],
)
def test_cells_of_a_table(shown: tuple[tuple[str, ...], ...], expected: list[tuple[str, str]]) -> None:
    assert said(same_cells("表", shown, SHEET)) == [(f"表{place}", text) for place, text in expected]


def test_a_table_is_known_by_its_caption_or_by_its_heads_and_owners(read: dict[str, Pages], context: Context) -> None:
    whole = read["docx"]
    grid = whole.grids[2]

    def found(new: Grid) -> list[tuple[str, str]]:
        return said(tables(replace(whole, grids=(*whole.grids[:2], new, *whole.grids[3:])), context.expected))

    wrong = replace(grid, rows=(grid.rows[0], (grid.rows[1][0], "1.00", "6.00"), *grid.rows[2:]))
    place = "表2　分单位售电量情况第1行第2列"
    assert found(wrong) == [(place, "「1.00」与报告不一致")]
    assert found(replace(wrong, caption="")) == [(place, "「1.00」与报告不一致")]
    assert found(replace(wrong, caption="表9　别的")) == [("表9　别的第1行第2列", "「1.00」与报告不一致")]
    lost = ("正文", "缺少表2　分单位售电量情况")
    strange = replace(grid, caption="表9　别的", rows=(grid.rows[0], ("平川县", "1.00", "6.00")))
    assert found(strange) == [("表9　别的", "报告里没有这张表"), lost]
    assert found(replace(strange, caption="")) == [("表", "报告里没有这张表"), lost]
    assert found(replace(grid, caption="表9　别的", rows=())) == [("表9　别的", "报告里没有这张表"), lost]
    heads = replace(grid, caption="表9　别的", rows=(("单位", "本月", "同比（%）"), *grid.rows[1:]))
    assert found(heads) == [("表9　别的", "报告里没有这张表"), lost]


def test_an_empty_paragraph_prints_nothing(read: dict[str, Pages], content: ReportContent) -> None:
    first, *rest = content.sections
    blank = first.model_copy(update={"blocks": (*first.blocks, Paragraph(text=" "))})
    expected = context_of(content.model_copy(update={"sections": (blank, *rest)})).expected
    assert said(lines(read["docx"], expected)) == []


# the annex --------------------------------------------------------------------------------------------------------


def test_tables_of_the_annex(read: dict[str, Pages], context: Context) -> None:
    facts, origins, calibers, sources = (grid for grid in read["docx"].grids if grid.zone == "annex")

    def found(*grids: Grid) -> list[tuple[str, str]]:
        return said(annex_tables(grids, context.expected))

    assert found(facts, origins, calibers, sources) == found(sources, facts, origins, calibers) == []
    lost = ("附件", "缺少四、数据源取数情况的表")
    assert found(facts, origins, calibers) == [lost]
    assert found(facts, origins, calibers, replace(sources, rows=())) == [("附件", "表头「」与报告不一致"), lost]
    assert found(facts, origins, calibers, sources, sources) == [
        ("附件", "表头「数据源、状态、数据截至、说明」与报告不一致")
    ]
    heads = sources.rows[0]
    order = ("附件四、数据源取数情况", "行的次序或数目与报告不一致")
    assert found(facts, origins, calibers, replace(sources, rows=(heads, *sources.rows[:0:-1]))) == [order]
    assert found(facts, origins, calibers, replace(sources, rows=(*sources.rows, sources.rows[1]))) == [order]
    assert found(facts, origins, calibers, replace(sources, rows=sources.rows[:3])) == [("附件 采集2.0", "缺少这一行")]
    changed = replace(sources, rows=(*sources.rows[:3], ("采集2.0", "正常", *sources.rows[3][2:])))
    (hit,) = annex_tables((facts, origins, calibers, changed), context.expected)
    assert (hit.place, hit.text) == ("附件 采集2.0", "与报告的数据事实不一致")
    assert hit.fix == "报告原值：采集2.0　数据不完整　2026-11-02 06:30　缺一日数据"
    strange = replace(sources, rows=(*sources.rows, ("其他系统", "正常", "—", "—")))
    (hit, _) = annex_tables((facts, origins, calibers, strange), context.expected)
    assert (hit.place, hit.fix) == ("附件 其他系统", "报告原值：没有这一行")
    number, first, version = origins.rows[1]
    false = replace(origins, rows=(origins.rows[0], (number, f"{first}等", version), *origins.rows[2:]))
    assert found(facts, false, calibers, sources) == [("附件 S1", "与报告的数据事实不一致")]


# the cover --------------------------------------------------------------------------------------------------------

OWN = {
    "Reviewer": "王建国",
    "ReportVersion": "2",
    "ReportId": "R1-99401-202610-0001",
    "ContentHash": "5162dc5f8903fd46ff",
}


@pytest.mark.parametrize(
    ("line", "properties", "told"),
    [
        ("统计期间2026年10月", OWN, ""),
        ("统计期间2026年10月以来", OWN, "统计期间　2026年10月"),
        ("编制单位国网云州供电公司", OWN, ""),
        ("编制人李敏", OWN, ""),
        ("编制人", OWN, "编制人　编制人的姓名"),
        ("审核人王建国", OWN, ""),
        ("审核人（尚未审核）", {}, ""),
        ("审核人王建国", {}, "审核人　（尚未审核）"),
        ("审核时间—", OWN, ""),
        ("审核时间2026-11-0309:20", OWN, ""),
        ("审核时间2026-11-0309:20:15", OWN, ""),
        ("数据截至2026-11-0206:30", OWN, ""),
        ("报告编号R1-99401-202610-0001", OWN, ""),
        ("报告编号R1-99401-202610-0009", OWN, "报告编号　R1-99401-202610-0001"),
        ("报告编号随意", {}, ""),
        ("版本状态第2版已发布", OWN, ""),
        ("版本状态第3版已发布", OWN, "版本状态　第2版及其状态"),
        ("版本状态第7版草稿", {}, ""),
        ("版本状态第2版增长5%", OWN, "版本状态　第2版及其状态"),
        ("内容校验码5162dc5f8903fd46", OWN, ""),
        ("内容校验码5162dc5f8903fd47", OWN, "内容校验码　5162dc5f8903fd46"),
        ("内容校验码任意", {}, ""),
        ("印数300", OWN, None),
    ],
)
def test_the_card_of_origin(context: Context, line: str, properties: dict[str, str], told: str | None) -> None:
    assert cover_value(line, pages(**properties), context) == told


def test_the_card_of_origin_as_a_table(context: Context, content: ReportContent) -> None:
    grid = Grid("", (("统计期间", "2026年9月"), ("编制人", "李敏"), ("印数", "三百份")), "cover")
    period, strange = cover_table(grid, pages(**OWN), context)
    assert (period.text, period.fix) == ("「统计期间　2026年9月」与报告不一致", "报告原值：统计期间　2026年10月")
    assert strange.place == "封面" and "印数三百份" in strange.text
    unknown = context_of(content.model_copy(update={"facts": ()}))
    assert cover_value("数据截至—", pages(**OWN), unknown) == ""


# verdicts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "near", "level", "words"),
    [
        ("情况良好。", "", "warn", "报告里没有这句话：情况良好。"),
        ("共3件。", "", None, "报告里没有这句话，「共3件」没有出处：共3件。"),
        ("望湖区较好。", "", None, "报告里没有这句话，「望湖区」没有出处：望湖区较好。"),
        ("大工业较好。", "", None, "报告里没有这句话，「大工业」没有出处：大工业较好。"),
        ("售电量较好。", "", "warn", "报告里没有这句话：售电量较好。"),
        ("情况较好。", "情况良好。", "warn", "文字与报告不一致：情况较好。"),
        ("情况良好，增长。", "情况良好。", None, "多出「增长」：情况良好，增长。"),
        ("情况良好。", "情况良好，增长。", None, "少了「增长」：情况良好。"),
        ("情况良好，下降。", "情况良好，增长。", None, "「下降」应为「增长」：情况良好，下降。"),
    ],
)
def test_a_verdict(context: Context, text: str, near: str, level: str | None, words: str) -> None:
    (hit,) = verdict("此处", text, near, context)
    assert (hit.place, hit.level, hit.text) == ("此处", level, words)
    assert hit.fix == (f"报告原文：{near}" if near else "请改回报告原文，或在系统中修改后重新导出。")


def test_a_verdict_shows_where_the_claim_stands(context: Context) -> None:
    text = "经初步核查并会同有关单位研究后认为情况总体良好，其中下降，仍需各有关部门继续跟踪关注落实。"
    (hit,) = verdict("此处", text, text.replace("下降", "增长"), context)
    assert hit.text == "「下降」应为「增长」：为情况总体良好，其中下降，仍需各有关部门继续跟踪关注"
    (hit,) = verdict("此处", "甲、1件、2件、3件、4件。", "", context)
    assert "，「1件」、「2件」、「3件」没有出处" in hit.text


def test_what_a_text_was_made_from() -> None:
    known = ("售电量保持平稳运行。", "采集系统持续改造升级。")
    assert nearest("售电量保持平稳运营。", known) == known[0]
    assert nearest("毫不相干。", known) == ""
    assert nearest("保持平稳运行", ("保持平稳运行" + "，各项工作有序推进" * 9,)) != ""
    assert nearest("平稳运行", ("平稳运行" + "，各项工作有序推进" * 9,)) == ""
    assert nearest("保持平稳运行" + "并无关联的许多其他文字" * 9, ("保持平稳运行，有序",)) != ""
    assert nearest("保持平稳运行" + "并无关联的许多其他文字" * 9, ("保持平稳运行，有序推进各项重点工作",)) == ""
    longer = ("保持平稳运行的" + "甲" * 60, "保持平稳运行的供电" + "乙" * 60)
    assert nearest("保持平稳运行的供电", longer) == longer[1] == nearest("保持平稳运行的供电", longer[::-1])
    repeated = "售电量平稳增长，" * 30
    assert nearest("售电量平稳增长", (repeated,)) == repeated
    assert nearest("任何话", ()) == nearest("", ("任何话",)) == ""


# a presentation ---------------------------------------------------------------------------------------------------


def slide(text: str, zone: Zone = "body", style: str = "Text", alt: str = "") -> Line:
    return Line(1, text, style, zone, Look(), page=3, alt=alt)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (slide("一、总体情况"), None),
        (slide("总体情况"), None),
        (slide("一、总体情况（续）"), None),
        (slide("二、电力市场分析　（一）售电量完成情况"), None),
        (slide("售电量完成情况"), None),
        (slide("分单位售电量对比"), None),
        (slide("统计期间：2026年10月"), None),
        (slide("‹#›三成", style="Field"), None),
        (slide("增长三成"), "第3页「增长三成」"),
        (slide("增长三成", style="Title"), "第3页标题「增长三成」"),
        (slide("增长三成", style="Notes"), "第3页备注「增长三成」"),
        (slide("本报告由人工智能辅助生成，经王建国审核", "cover"), None),
        (slide("本报告由人工智能辅助生成，经3人审核", "cover"), "第3页「本报告由人工智能辅助生成」"),
        (slide("本报告由人工智能辅助生成，经王建国审核"), "第3页「本报告由人工智能辅助生成」"),
        (slide("编制：李敏　审核：王建国　审核时间：—", "cover"), None),
        (slide("编制：李敏　审核：王建国　审核时间：—"), "第3页「编制：李敏　审核：王建国」"),
        (slide("", alt="95598工单构成"), None),
        (slide("", alt="增长三成"), "第3页第1段「」图的替代文字"),
    ],
)
def test_a_text_of_a_slide(context: Context, line: Line, place: str | None) -> None:
    found = [hit.place for hit in slides(pages(lines=(line,), format="pptx"), context.expected)]
    assert found == ([place] if place else [])


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("报告编号：R1-99401-202610-0001　第2版　已发布　内容校验码：5162dc5f8903fd46", True),
        ("报告编号：R1-99401-202610-0002　第2版　已发布　内容校验码：5162dc5f8903fd46", False),
        ("报告编号：R1-99401-202610-0001　第2版　已发布　内容校验码：5162dc5f8903fd47", False),
        ("报告编号：R1-99401-202610-0001　第2版　已发布", False),
    ],
)
def test_the_stamp_of_a_presentation(context: Context, text: str, known: bool) -> None:
    found = list(slides(pages(lines=(slide(text, "cover"),), format="pptx", **OWN), context.expected))
    assert (found == []) is known


def test_a_table_that_goes_on_over_slides(context: Context, content: ReportContent) -> None:
    sheet = context.expected.sheets["表2分单位售电量情况"]

    def found(caption: str, *rows: tuple[str, ...], heads: tuple[str, ...] = sheet.heads) -> list[tuple[str, str]]:
        grid = Grid(caption, (heads, *rows), "body", page=5)
        return said(slides(pages(grid, format="pptx"), context.expected))

    for first in range(len(sheet.rows)):
        for last in range(first + 1, len(sheet.rows) + 1):
            assert found("表2　分单位售电量情况（续）", *sheet.rows[first:last]) == []
    place = "第5页表2　分单位售电量情况第1行第2列"
    wrong = (sheet.rows[2][0], "1.00", sheet.rows[2][2])
    assert found("表2　分单位售电量情况", wrong, *sheet.rows[3:]) == [(place, "「1.00」与报告不一致")]
    assert found("表2　分单位售电量情况", *sheet.rows, sheet.rows[0])
    assert found("表9　别的", wrong, *sheet.rows[3:]) == [(place, "「1.00」与报告不一致")]
    assert found("表9　别的", wrong, heads=("甲", "乙", "丙")) == [("第5页表", "报告里没有这张表")]
    assert said(slides(pages(Grid("", (), "body", page=5), format="pptx"), context.expected)) == [
        ("第5页表", "报告里没有这张表")
    ]
    sources = next(part for part in context.expected.annex if "取数情况" in part.heading)
    assert found("", *sources.rows, heads=sources.heads) == []
    changed = ("设备管理", "正常", *sources.rows[1][2:])
    assert found("", sources.rows[0], changed, sources.rows[2], heads=sources.heads) == [
        ("第5页四、数据源取数情况第2行第2列", "「正常」与报告不一致")
    ]


# headers and footers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", ""),
        ("— 12 —", ""),
        ("—12—", ""),
        ("‹#›", ""),
        ("12", "12"),
        ("第— 12 —页共3页", "3"),
        ("国网云州供电公司2026年10月营销指标分析报告　内部资料", ""),
        ("国网云州供电公司 2026年10月", ""),
        ("统计期间：2026年1—10月", ""),
        ("截至2026年10月31日24时", ""),
        ("2024年9月", "2024"),
        ("95598工单量　0%～2%　望湖区", ""),
        ("售电量近三成", "三成"),
        ("大工业5户", "5"),
    ],
)
def test_headers_and_footers_hold_no_numbers(content: ReportContent, text: str, number: str) -> None:
    context = context_of(content.model_copy(update={"sections": ()}))
    gate = next(check for check in page_checks() if check.id == "rendered_gate")
    for name in ("headers", "footers"):
        for format in ("docx", "pdf", "pptx"):
            bare = replace(pages(format=format), **{name: (text, text)})  # type: ignore[arg-type]
            found = [hit for hit in gate.run(bare, context) if hit.place == "页眉页脚"]
            assert [hit.text for hit in found][:1] == ([f"「{number}」不是本报告的数字"] if number else [])
            assert all(hit.fix for hit in found) and list(gate.run(bare, None)) == []
            assert len({hit.text for hit in found}) == len(found)


# what a report prints ---------------------------------------------------------------------------------------------


def test_what_a_report_prints(content: ReportContent) -> None:
    table = Table(
        id="t",
        caption="电量",
        columns=(Column(header="单位"), Column(header="本月", unit="万千瓦时")),
        rows=(("云湖区", "{{F21:n:万千瓦时}}"),),
        unit_note="单位：万千瓦时",
        notes=("不含趸售。",),
    )
    chart = next(b for section in content.sections for b in section.blocks if isinstance(b, Chart) and b.id == "c_org")
    text, seen = "1.售电量平稳（见表1），云湖区领跑；其余平稳。", "对比见图1、图2。"
    written = (text.replace("表1", "[[ref:t]]"), "对比见[[ref:c_org]]、[[ref:c2]]。")
    blocks = (
        *(Paragraph(text=said) for said in written),
        table,
        chart,
        chart.model_copy(update={"id": "c2", "source": ""}),
    )
    small = content.model_copy(update={"sections": (Section(id="s", heading="总体", blocks=blocks),)})
    expected = context_of(small).expected
    name = "分单位售电量对比"
    assert [(piece.kind, piece.text) for piece in expected.pieces] == [
        ("heading", "一、总体"),
        ("prose", text),
        ("prose", seen),
        ("caption", "表1　电量"),
        ("unit", "单位：万千瓦时"),
        ("note", "注：不含趸售。"),
        ("caption", f"图1　{name}"),
        ("source", "数据来源：营销2.0"),
        ("caption", f"图2　{name}"),
    ]
    assert list(expected.sheets) == ["表1电量"] and expected.sheets["表1电量"].rows == (("云湖区", "14000.00"),)
    assert [number for number, _, _ in expected.plots] == ["图1", "图2"]
    for part in (
        "1.售电量平稳（见表1），云湖区领跑",
        "售电量平稳（见表1），云湖区领跑",
        "售电量平稳，云湖区领跑",
        "其余平稳",
    ):
        assert part in expected.sentences
    assert "售电量平稳" in expected.sentences and "其余" not in expected.sentences
    assert "国网云州供电公司" in expected.sentences and "2026年10月" in expected.sentences
    assert all(piece.text for piece in context_of(content).expected.pieces)
    assert [piece.text for piece in expected.remarks][:2] == ["一、数据事实", expected.annex[0].note]


def test_a_sentence_may_end_before_a_comma_but_not_after_a_word_or_two(content: ReportContent) -> None:
    blocks = (Paragraph(text="目前，大体平稳；各单位，大体平稳；各县单位，大体平稳。"),)
    expected = context_of(
        content.model_copy(update={"sections": (Section(id="s", heading="总体", blocks=blocks),)})
    ).expected
    assert {"各县单位", "目前，大体平稳"} <= expected.sentences and not {"目前", "各单位"} & expected.sentences


def test_a_report_with_a_token_that_leads_nowhere_prints_nothing(content: ReportContent) -> None:
    blocks = (Paragraph(text="售电量{{F999}}。"),)
    small = content.model_copy(update={"sections": (Section(id="s", heading="总体", blocks=blocks),)})
    expected = context_of(small).expected
    assert expected.pieces == () and expected.plots == () and expected.sheets == {}
    assert said(slides(pages(lines=(slide("一、总体"),), format="pptx"), expected)) == [
        ("第3页「一、总体」", "报告里没有这句话：一、总体")
    ]
