"""The Word file: its parts, its page rules, its links from figures to facts, and its stable bytes."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest

from core.domain.report import Paragraph, ReportContent
from core.domain.tokens import UnknownToken
from tools.documents import DocumentMeta, exporters

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def data(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> bytes:
    return exporters()["docx"].render(content, labels, meta)


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read(name).decode()


def test_the_same_version_gives_the_same_bytes(
    data: bytes, content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    again = ReportContent.model_validate_json(content.model_dump_json())
    assert exporters()["docx"].render(again, labels, meta) == data


def test_every_part_is_well_formed_and_every_link_leads_somewhere(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        names = set(file.namelist())
        for name in names:
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(file.read(name))
        links = re.findall(r'Id="([^"]+)"[^>]*Target="([^"]+)"', part(data, "word/_rels/document.xml.rels"))
    assert {f"word/{target}" for _, target in links} <= names
    document = part(data, "word/document.xml")
    assert set(re.findall(r'r:(?:id|embed)="([^"]+)"', document)) <= {name for name, _ in links}
    anchors = set(re.findall(r'w:anchor="([^"]+)"', document))
    assert anchors and anchors <= set(re.findall(r'<w:bookmarkStart w:id="\d+" w:name="([^"]+)"', document))


def test_every_figure_of_the_text_links_to_its_fact(data: bytes) -> None:
    root = ElementTree.fromstring(part(data, "word/document.xml"))
    links = {
        (link.get(f"{W}anchor"), "".join(t.text or "" for t in link.iter(f"{W}t")))
        for link in root.iter(f"{W}hyperlink")
    }
    assert ("fact_F14", "12.36亿千瓦时") in links and ("fact_F14", "F14") in links
    assert ("fact_F17", "同比下降0.18个百分点") in links


def test_no_theme_fonts_and_east_asian_fonts_named(data: bytes) -> None:
    styles = part(data, "word/styles.xml")
    assert "Theme" not in styles and "theme" not in styles
    for font in ("仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312", "宋体"):
        assert f'w:eastAsia="{font}"' in styles
    assert 'w:firstLineChars="200"' in styles


def test_page_numbers_odd_and_even(data: bytes) -> None:
    odd, even = part(data, "word/footer1.xml"), part(data, "word/footer2.xml")
    assert " PAGE " in odd and "— " in odd and '<w:jc w:val="right"/>' in odd and 'w:rightChars="100"' in odd
    assert '<w:jc w:val="left"/>' in even and 'w:leftChars="100"' in even
    assert "本报告由人工智能辅助生成，经王建国审核" in odd
    assert "evenAndOddHeaders" in part(data, "word/settings.xml")


def test_tables_repeat_their_header_and_keep_their_rows(data: bytes) -> None:
    document = docx.Document(io.BytesIO(data))
    tables = [table for table in document.tables if len(table.columns) > 2]
    assert len(tables) == 6 + 4
    for table in tables:
        xml = table._tbl.xml
        assert xml.count("<w:tblHeader/>") == 1 and xml.count("<w:cantSplit/>") == len(table.rows)


def test_the_annex_lists_every_fact(data: bytes, content: ReportContent) -> None:
    document = docx.Document(io.BytesIO(data))
    annex = next(table for table in document.tables if table.rows[0].cells[0].text == "编号")
    ids = [row.findtext(f"{W}tc/{W}p/{W}r/{W}t") for row in annex._tbl.tr_lst][1:]
    assert ids == [f"F{at}" for at in range(1, len(content.facts) + 1)]
    assert document.sections[-1].orientation == 1
    origins = next(table for table in document.tables if table.rows[0].cells[-1].text == "口径版本")
    named = [row.findall(f"{W}tc")[7].findtext(f"{W}p/{W}r/{W}t") for row in annex._tbl.tr_lst][1:]
    told = [row.findtext(f"{W}tc/{W}p/{W}r/{W}t") for row in origins._tbl.tr_lst][1:]
    assert list(dict.fromkeys(named)) == told == [f"S{at}" for at in range(1, len(told) + 1)]


def test_a_long_table_goes_on_with_two_rows_on_either_side(data: bytes) -> None:
    """Rows that stay with the next one: all but the last of a short table, the first and the last but one of a long."""
    document = docx.Document(io.BytesIO(data))
    for table in document.tables[1:]:
        kept = [row.find(f".//{W}keepNext") is not None for row in table._tbl.tr_lst[1:]]
        count = len(kept)
        assert kept == [at < count - 1 and (count <= 6 or at in {0, count - 2}) for at in range(count)]


def test_properties_carry_identity_and_the_implicit_label(data: bytes, content: ReportContent) -> None:
    document = docx.Document(io.BytesIO(data))
    core = document.core_properties
    assert core.title == content.title and core.identifier == "R1-99401-202610-0001#2"
    assert core.created == core.modified and (core.created.year, core.created.month) == (2026, 11)
    custom = ElementTree.fromstring(part(data, "docProps/custom.xml"))
    values = {item.get("name"): "".join(item.itertext()) for item in custom}
    label = json.loads(values["AIGC"] or "")
    assert label["Label"] == "1" and label["ReservedCode1"] == content.hash() == values["ContentHash"]


def test_an_unapproved_version_says_so(content: ReportContent, labels: dict[str, str]) -> None:
    meta = DocumentMeta("R1", 1, content.hash(), "草稿", "李敏", made_at=datetime(2026, 11, 2))
    document = docx.Document(io.BytesIO(exporters()["docx"].render(content, labels, meta)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "未经审批" in text and "2026年11月3日" not in text
    assert "尚未审核" in document.sections[1].footer.paragraphs[1].text


def test_forbidden_characters_do_not_break_the_file(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    first = content.sections[0].model_copy(update={"blocks": (Paragraph(text='甲\x0b乙<&>"丙'),)})
    odd = content.model_copy(update={"sections": (first,)})
    document = docx.Document(io.BytesIO(exporters()["docx"].render(odd, labels, meta)))
    assert any(paragraph.text == '甲乙<&>"丙' for paragraph in document.paragraphs)


def test_a_token_that_leads_nowhere_never_prints_a_blank(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    first = content.sections[0].model_copy(update={"blocks": (Paragraph(text="售电量{{F999}}。"),)})
    with pytest.raises(UnknownToken):
        exporters()["docx"].render(content.model_copy(update={"sections": (first,)}), labels, meta)


def test_three_hundred_facts_stay_fast(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    """Processor time, not wall time: the annex must not grow quadratically."""
    from time import process_time

    many = tuple(content.facts[at % 60].model_copy(update={"id": f"F{at + 1}"}) for at in range(600))
    text = tuple(item.model_copy(update={"blocks": item.blocks[:1]}) for item in content.sections[:1])
    began = process_time()
    exporters()["docx"].render(content.model_copy(update={"facts": many, "sections": text}), labels, meta)
    assert process_time() - began < 2


def test_the_file_opens_in_libreoffice(data: bytes, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("没有安装 LibreOffice")
    (tmp_path / "report.docx").write_bytes(data)
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(tmp_path / "report.docx")], check=True, timeout=120)
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert pdf[:5] == b"%PDF-" and len(pdf) > 50_000


def test_charts_are_native_with_their_workbook_and_a_text_alternative(data: bytes, content: ReportContent) -> None:
    import openpyxl

    from core.domain.report import Chart
    from tools.charts import plot_of

    charts = [block for section in content.sections for block in section.blocks if isinstance(block, Chart)]
    document = docx.Document(io.BytesIO(data))
    names = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
    told = [item.get("descr") for item in document.element.iter(names)]
    assert told == [chart.alt or chart.caption for chart in charts]
    package = zipfile.ZipFile(io.BytesIO(data))
    for at, chart in enumerate(charts, 1):
        xml = part(data, f"word/charts/chart{at}.xml")
        assert 'a:ea typeface="黑体"' in xml and 'r:id="rId1"' in xml
        book = package.read(f"word/embeddings/Microsoft_Excel_Sheet{at}.xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(book)).active
        assert sheet is not None
        traces = plot_of(chart, content.fact_map()).traces
        if chart.form != "waterfall":
            assert [cell.value for cell in sheet[1][1:]] == [trace.name for trace in traces]
            for column, trace in enumerate(traces, 2):
                found = [sheet.cell(row, column).value for row in range(2, len(trace.values) + 2)]
                assert found == [None if value is None else float(value) for value in trace.values]
