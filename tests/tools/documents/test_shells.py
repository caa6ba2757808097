"""The three shells: the same text, figures and hash; what each adds; what a format cannot wear is refused."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from core.domain.report import ReportContent
from core.errors import BadRequest
from core.settings import Settings
from tools.checks import check_file
from tools.documents import DocumentMeta, exporters
from tools.documents.library import make_document
from tools.documents.shells import SHELLS, Dress


def rendered(format: str, shell: str, content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> bytes:
    number = "国网云营〔2026〕15号" if shell == "official" else ""
    return exporters()[format].render(content, labels, replace(meta, shell=shell, number=number))


def words(data: bytes) -> list[str]:
    return [item.text for item in docx.Document(io.BytesIO(data)).paragraphs]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_passes_the_gate_and_the_format_check(
    shell: str, content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path: Path
) -> None:
    data = rendered("docx", shell, content, labels, meta)
    assert data == rendered("docx", shell, content, labels, meta)
    (tmp_path / "report.docx").write_bytes(data)
    found = [item for item in check_file(tmp_path / "report.docx", content, labels) if not item.passed]
    assert [(item.rule, item.place, item.text) for item in found] == []
    (tmp_path / "report.pdf").write_bytes(rendered("pdf", shell, content, labels, meta))
    found = [item for item in check_file(tmp_path / "report.pdf", content, labels) if not item.passed]
    assert [(item.rule, item.place, item.text) for item in found] == []


@pytest.mark.parametrize("format", ["docx", "pdf"])
def test_addressees_are_those_of_the_properties(
    format: str, content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path: Path
) -> None:
    worn = replace(meta, shell="official", to="各市供电公司，省公司各部门", copies="公司办公室、财务部")
    path = tmp_path / f"report.{format}"
    path.write_bytes(exporters()[format].render(content, labels, worn))
    assert [(item.place, item.text) for item in check_file(path, content, labels) if not item.passed] == []
    if format == "docx":
        document = docx.Document(str(path))
        line = next(item for item in document.paragraphs if item.text == "各市供电公司，省公司各部门：")
        line.runs[0].text = "售电量增长两成的各单位："
        document.save(str(path))
        found = [item for item in check_file(path, content, labels) if not item.passed and item.level == "error"]
        assert any("两成" in item.text for item in found)


def test_a_report_comes_in_the_shell_of_its_template(content: ReportContent, tmp_path: Path) -> None:
    brief = content.model_copy(update={"shell": "brief"})
    assert brief.hash() != content.hash()
    settings = Settings(home=tmp_path)
    assert words(make_document(settings, "docx", "R2-1", 1, brief).read_bytes())[1] == "营销信息专报"
    own = make_document(settings, "docx", "R2-1", 1, brief, dress=Dress(shell="internal"))
    assert words(own.read_bytes())[1] != "营销信息专报"
    assert make_document(settings, "html", "R2-1", 1, brief).stat().st_size


def test_an_official_paper_has_head_and_imprint(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    texts = words(rendered("docx", "official", content, labels, meta))
    assert texts[:3] == ["内部资料　注意保存", "国网云州供电公司文件", "国网云营〔2026〕15号"]
    assert "国网云州供电公司\t2026年11月3日印发" in texts and "目　录" not in texts
    page = pypdf.PdfReader(io.BytesIO(rendered("pdf", "official", content, labels, meta))).pages[0].extract_text()
    assert "国网云州供电公司文件" in re.sub(r"\s", "", page) and "—1—" in re.sub(r"\s", "", page)


def test_a_brief_names_unit_and_period(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    texts = words(rendered("docx", "brief", content, labels, meta))
    assert texts[1:3] == ["营销信息专报", "国网云州供电公司\t2026年10月"] and not any("印发" in text for text in texts)
    page = pypdf.PdfReader(io.BytesIO(rendered("pdf", "brief", content, labels, meta))).pages[0].extract_text()
    assert "营销信息专报" in re.sub(r"\s", "", page)


def test_the_contents_list_every_heading(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    document: Any = docx.Document(io.BytesIO(rendered("docx", "internal", content, labels, meta)))
    lines = [item for item in document.paragraphs if item.style.name.startswith("toc")]
    headings = [item.text for item in document.paragraphs if item.style.name.lower().startswith("heading")]
    assert [item.text.partition("\t")[0] for item in lines] == [*headings, "附件　数据来源与口径"]
    marks = re.findall(r'w:bookmarkStart[^>]*w:name="(_Toc\d+)"', document.element.xml)
    assert re.findall(r"PAGEREF (_Toc\d+)", document.element.xml) == marks
    pages = [int(item.text.partition("\t")[2]) for item in lines]
    assert pages == sorted(pages) and pages[0] == 1


@pytest.mark.parametrize(
    ("format", "dress", "message"),
    [
        ("docx", Dress(shell="letter"), "没有文种"),
        ("html", Dress(shell="official"), "没有文种之分"),
        ("docx", Dress(watermark="内部"), "不能加水印"),
        ("docx", Dress(number="国网云营〔2026〕15号"), "不带发文字号"),
        ("docx", Dress(shell="official", number="国网云营[2026]第015号"), "写法不对"),
        ("docx", Dress(shell="official", to="增长10%的单位"), "写法不对"),
        ("docx", Dress(copies="公司办公室"), "没有主送和抄送"),
    ],
)
def test_what_a_format_cannot_wear_is_refused(
    format: str, dress: Dress, message: str, content: ReportContent, tmp_path: Path
) -> None:
    with pytest.raises(BadRequest, match=message):
        make_document(Settings(home=tmp_path), format, "R1-1", 1, content, dress=dress)
    assert not list(tmp_path.rglob("v1*"))


def test_another_form_never_overwrites_the_released_file(content: ReportContent, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    plain = make_document(settings, "pdf", "R1-1", 1, content)
    before = plain.read_bytes()
    marked = make_document(settings, "pdf", "R1-1", 1, content, dress=Dress(watermark="内部资料　analyst01"))
    assert marked != plain and plain.read_bytes() == before != marked.read_bytes()
    assert pypdf.PdfReader(marked).metadata["/ContentHash"] == content.hash()  # type: ignore[index]
