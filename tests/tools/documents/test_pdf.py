"""The print: readable text, bookmarks, properties, named font substitutions, stable bytes; data never become markup."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from core.domain.report import Paragraph, ReportContent
from core.domain.tokens import UnknownToken, plain
from core.errors import BadRequest
from tools.documents import DocumentMeta, exporters
from tools.documents.layout import Heading, LaidChart, LaidTable, lay_out


@pytest.fixture(scope="module")
def data(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> bytes:
    return exporters()["pdf"].render(content, labels, meta)


@pytest.fixture(scope="module")
def reader(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


@pytest.fixture(scope="module")
def text(reader: pypdf.PdfReader) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


def test_the_same_version_gives_the_same_bytes(
    data: bytes, content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    assert exporters()["pdf"].render(content, labels, meta) == data


def test_every_word_can_be_read_back(text: str, content: ReportContent, labels: dict[str, str]) -> None:
    facts = content.fact_map()
    for item in lay_out(content, labels):
        match item:
            case Heading(text=words):
                assert words in text
            case LaidTable(name=name, table=table, rows=rows):
                assert f"{name}{table.caption}" in text
                assert all(cell.replace(" ", "") in text for row in rows for cell in row)
            case LaidChart(name=name, chart=chart):
                assert f"{name}{chart.caption}" in text
    for fact in content.facts:
        if fact.has_value:
            assert plain(f"{{{{{fact.id}}}}}", facts).replace(" ", "") in text


def test_numbers_of_charts_are_text(text: str, content: ReportContent, labels: dict[str, str]) -> None:
    from tools.charts import plot_of

    for item in lay_out(content, labels):
        if isinstance(item, LaidChart) and item.chart.form in {"ring", "barh"}:
            for shown in plot_of(item.chart, content.fact_map()).traces[0].printed:
                assert shown in text


def test_pages_are_a4_and_the_annex_lies_across(reader: pypdf.PdfReader) -> None:
    sizes = [(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in reader.pages]
    assert sizes[0] == sizes[1] == (595, 842) and sizes[-1] == (842, 595)


def test_headings_are_bookmarks(reader: pypdf.PdfReader, content: ReportContent, labels: dict[str, str]) -> None:
    def flat(items: list[object]) -> list[str]:
        return [
            title
            for item in items
            for title in (flat(item) if isinstance(item, list) else [str(getattr(item, "title", ""))])
        ]

    headings = [item.text for item in lay_out(content, labels) if isinstance(item, Heading)]
    assert flat(list(reader.outline)) == [*headings, "附件　数据来源与口径"]


def test_figures_jump_to_their_row(reader: pypdf.PdfReader) -> None:
    links = [
        note for page in reader.pages for note in page.get("/Annots", []) if note.get_object()["/Subtype"] == "/Link"
    ]
    assert len(links) > 30


def test_properties_say_what_the_file_is(reader: pypdf.PdfReader, content: ReportContent) -> None:
    values = reader.metadata
    assert (
        values is not None
        and values.title == content.title
        and values.subject == "本报告由人工智能辅助生成，经王建国审核"
    )
    assert values["/ContentHash"] == content.hash() and values["/ReportId"] == "R1-99401-202610-0001"
    label = json.loads(values["/AIGC"])
    assert label["Label"] == "1" and label["ReservedCode1"] == content.hash()
    assert "方正小标宋简体以Noto Serif SC代替" in values["/FontSubstitution"]


def test_the_file_names_its_substituted_fonts(text: str, reader: pypdf.PdfReader) -> None:
    assert "字体替代：方正小标宋简体以NotoSerifSC代替" in text
    assert "宋体以NotoSerifSC代替" in text


def test_a_site_font_takes_its_role(
    tmp_path: Path, content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    """A font file that carries the official name is used and no longer called substituted."""
    import pylopdf_fonts_zh_cn as packaged
    from fontTools.ttLib import TTFont

    font = TTFont(packaged.sans_path())
    for record in font["name"].names:
        if record.nameID in {1, 4, 16}:
            record.string = "SimHei"
    font["CFF "].cff.topDictIndex[0].FamilyName = "SimHei"
    font.save(tmp_path / "hei.otf")
    made = exporters()["pdf"].render(content, labels, replace(meta, font_dir=tmp_path))
    values = pypdf.PdfReader(io.BytesIO(made)).metadata
    assert values is not None and "黑体以" not in values["/FontSubstitution"]
    with pytest.raises(BadRequest, match="没有字体目录"):
        exporters()["pdf"].render(content, labels, replace(meta, font_dir=tmp_path / "none"))


def test_markup_in_data_stays_text(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    odd = '#import "@preview/x" *粗* _斜_ $x$ @甲 <乙> \\ `丙` = 丁 // 戊 ~ [己] {庚}'
    first = content.sections[0].model_copy(update={"blocks": (Paragraph(text=odd),)})
    changed = content.model_copy(update={"sections": (first,), "title": "#panic() *题*"})
    reader = pypdf.PdfReader(io.BytesIO(exporters()["pdf"].render(changed, labels, meta)))
    found = re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages[:4]))
    assert re.sub(r"\s", "", odd) in found and "#panic()*题*" in found


def test_a_watermark_stands_on_every_page(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    made = exporters()["pdf"].render(content, labels, replace(meta, watermark="内部资料 analyst01"))
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    for page in (pages[0], pages[3], pages[-1]):
        assert "内部资料analyst01" in re.sub(r"\s", "", page.extract_text(orientations=(0, 90, 180, 270)))


def test_a_token_that_leads_nowhere_never_prints(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    first = content.sections[0].model_copy(update={"blocks": (Paragraph(text="售电量{{F999}}。"),)})
    with pytest.raises(UnknownToken):
        exporters()["pdf"].render(content.model_copy(update={"sections": (first,)}), labels, meta)
