"""The exported file passes every check; each tampering with it is caught and located."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Mm, Pt

from core.domain.report import CheckResult, ReportContent
from core.errors import BadRequest, NotFound
from tools.checks import check_file, page_checks
from tools.documents import DocumentMeta, export


@pytest.fixture(scope="session")
def exported(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return export("docx", content, labels, meta, tmp_path_factory.mktemp("docx") / "report.docx")


def failures(path: Path, content: ReportContent | None) -> list[CheckResult]:
    results = check_file(path, content)
    assert {result.rule for result in results} == {check.id for check in page_checks() if "docx" in check.formats}
    return [result for result in results if not result.passed]


def tampered(path: Path, out: Path, change: Callable[[Any], None]) -> Path:
    document = docx.Document(str(path))
    change(document)
    document.save(str(out))
    return out


def run_with(document: Any, words: str) -> Any:
    for paragraph in document.paragraphs:
        if paragraph.style.name.startswith("toc"):
            continue
        for part in paragraph.iter_inner_content():
            for run in part.runs if hasattr(part, "runs") else [part]:
                if words in run.text:
                    return run
    raise AssertionError(words)


def replace(words: str, new: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        run = run_with(document, words)
        run.text = run.text.replace(words, new)

    return change


def test_a_fresh_export_passes_everything(exported: Path, content: ReportContent) -> None:
    assert failures(exported, content) == []
    assert failures(exported, None) == []


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ("12.36亿千瓦时", "12.63亿千瓦时"),
        ("同比增长5.21%", "同比增长5.12%"),
        ("0.18个百分点", "0.18%"),
        ("3182件", "3183件"),
        ("从分月走势看", "从近3年走势看"),
        ("售电量保持平稳", "售电量的三成保持平稳"),
        ("同比增长5.21%", "同比增长4.86%"),
        ("说明：停电时户数", "说明：42户停电时户数"),
    ],
)
def test_a_changed_number_is_caught(
    exported: Path, content: ReportContent, tmp_path: Path, words: str, new: str
) -> None:
    found = failures(tampered(exported, tmp_path / "changed.docx", replace(words, new)), content)
    assert [result for result in found if result.rule == "rendered_gate"], found
    assert all(result.place and result.text and result.fix for result in found)


def test_a_changed_cell_is_located(exported: Path, content: ReportContent, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        table = next(item for item in document.tables if item.rows[0].cells[0].text == "类别")
        table.rows[1].cells[1].paragraphs[0].runs[0].text = "61300.00"

    (found,) = failures(tampered(exported, tmp_path / "cell.docx", change), content)
    assert "第1行第2列" in found.place and found.fix == "报告原值：61200.00"


def test_a_swapped_cell_of_other_facts_is_caught(exported: Path, content: ReportContent, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        table = next(item for item in document.tables if item.rows[0].cells[0].text == "类别")
        table.rows[1].cells[1].paragraphs[0].runs[0].text = "31800.00"

    assert failures(tampered(exported, tmp_path / "swap.docx", change), content)


def test_a_changed_annex_row_is_caught(exported: Path, content: ReportContent, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        table = next(item for item in document.tables if item.rows[0].cells[0].text == "编号")
        table.rows[14].cells[4].paragraphs[0].runs[0].text = "12.63亿千瓦时"

    (found,) = failures(tampered(exported, tmp_path / "annex.docx", change), content)
    assert found.place == "附件 F14"


def test_a_number_in_the_header_is_caught(exported: Path, content: ReportContent, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.sections[1].header.paragraphs[0].runs[0].text += "增长7.77%"

    assert [r.place for r in failures(tampered(exported, tmp_path / "head.docx", change), content)] == ["页眉页脚"]


def test_another_version_is_told(exported: Path, content: ReportContent) -> None:
    other = content.model_copy(update={"assumptions": ()})
    assert "version" in {result.rule for result in failures(exported, other)}


def page(name: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        body = document.sections[1]
        paragraphs = document.paragraphs
        title = next(item for item in paragraphs if item.style.name == "Title")
        long = next(item for item in paragraphs if item.text.startswith("2026年10月，"))
        match name:
            case "F01":
                body.page_width, body.page_height = Mm(216), Mm(279)
            case "F02":
                body.left_margin = Mm(32)
            case "F04":
                title.runs[0].font.size = Pt(18)
            case "F05":
                long.runs[0].font.size = Pt(12)
            case "F06":
                heading = next(item for item in paragraphs if item.text == "一、总体情况")
                heading.style = document.styles["正文段落"]
            case "F07":
                replace("三、电费与电价", "四、电费与电价")(document)
            case "F08":
                replace("（一）售电量完成情况", "（一）、售电量完成情况")(document)
            case "F10":
                replace("表2　", "表9　")(document)
            case "F11":
                replace("图2　", "图7　")(document)
            case "F12":
                replace("具体情况见表1", "具体情况见下")(document)
            case "F14":
                replace("从分月走势看", "从2026年01月走势看")(document)
            case "F17":
                replace("组织对高损台区逐一核查，", "组织对高损台区逐一核查,")(document)
            case "F26":
                replace("用电回落", "用电跳水")(document)
            case "F27":
                replace("用电回落", "用电回落，电话13812345678")(document)
            case "F28":
                for section in document.sections:
                    for footer in (section.footer, section.even_page_footer):
                        for paragraph in footer.paragraphs:
                            if "人工智能" in paragraph.text:
                                paragraph.runs[0].text = "内部资料"

    return change


@pytest.mark.parametrize(
    "rule",
    ["F01", "F02", "F04", "F05", "F06", "F07", "F08", "F10", "F11", "F12", "F14", "F17", "F26", "F27", "F28"],
)
def test_format_rules(exported: Path, tmp_path: Path, rule: str) -> None:
    found = failures(tampered(exported, tmp_path / f"{rule}.docx", page(rule)), None)
    assert rule in {result.rule for result in found}, found


def test_a_foreign_file_is_judged_by_the_same_rules(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("营销报告", 0)
    document.add_paragraph("本月售电量增长很快,客户满意度下降0.18%，详见下表，下一步将加强管理并持续改进。")
    document.save(str(tmp_path / "foreign.docx"))
    found = {result.rule for result in failures(tmp_path / "foreign.docx", None)}
    assert {"F02", "F03", "F04", "F05", "F09", "F17", "F23", "F28"} <= found


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        check_file(tmp_path / "none.docx")
    (tmp_path / "x.docx").write_bytes(b"no zip")
    with pytest.raises(BadRequest):
        check_file(tmp_path / "x.docx")
    (tmp_path / "x.xlsx").write_bytes(b"")
    with pytest.raises(BadRequest):
        check_file(tmp_path / "x.xlsx")


@pytest.mark.parametrize(("head", "total", "caught"), [
    ("电量（千瓦时）", "60", False), ("电量（千瓦时）", "61", False), ("电量（千瓦时）", "64", True),
    ("户数（户）", "60", False), ("户数（户）", "61", True), ("户数", "61", True),
])  # fmt: skip
def test_what_is_measured_may_be_rounded_what_is_counted_may_not(
    tmp_path: Path, head: str, total: str, caught: bool
) -> None:
    document = docx.Document()
    document.add_paragraph("表1　分单位情况")
    table = document.add_table(rows=0, cols=2)
    for cells in (("单位", head), ("甲", "10"), ("乙", "20"), ("丙", "30"), ("合计", total)):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    path = tmp_path / "sums.docx"
    document.save(str(path))
    found = [item for item in check_file(path) if item.rule == "F10" and "分项之和" in item.text]
    assert bool(found) == caught
