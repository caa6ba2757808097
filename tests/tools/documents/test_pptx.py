"""The slides: 16:9, one conclusion a page, seven lines at most, nothing cut off, native charts, cards in the notes."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pptx
import pytest
from pptx.util import Inches

from core.domain.report import Block, Chart, Column, Listing, Paragraph, ReportContent, Section, Table
from core.domain.tokens import UnknownToken
from evals.exports.slides import off_slide
from tools.charts import plot_of
from tools.documents import DocumentMeta, exporters
from tools.documents.slides.sentences import Sentence, headline, sentences
from tools.documents.slides.story import MOST_LINES, NARROW, TITLE_ROOM, WIDE, Page, pages


@pytest.fixture(scope="module")
def data(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> bytes:
    return exporters()["pptx"].render(content, labels, meta)


@pytest.fixture(scope="module")
def deck(data: bytes) -> Any:
    return pptx.Presentation(io.BytesIO(data))


def test_the_same_version_gives_the_same_bytes(
    data: bytes, content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    assert exporters()["pptx"].render(content, labels, meta) == data
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert {item.date_time for item in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert file.testzip() is None


def test_every_page_is_wide_and_has_a_title(deck: Any) -> None:
    assert (deck.slide_width, deck.slide_height) == (Inches(13.333), Inches(7.5))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles) and len(titles) > 8
    assert not any("。" in title or "见表" in title for title in titles)


def test_nothing_lies_beyond_the_page(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table if hasattr(shape, "has_table") else False:
                rows, columns = shape.table.rows, shape.table.columns
                assert shape.top + sum(row.height for row in rows) < Inches(7.0)
                assert sum(column.width for column in columns) < Inches(12.2)
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height


def test_seven_lines_at_most(content: ReportContent, labels: dict[str, str]) -> None:
    for page in pages(content, labels):
        room = NARROW if page.chart else WIDE
        assert sum(point.lines(room) for point in page.points) <= MOST_LINES
        assert page.title.lines(TITLE_ROOM // 2) <= 3


def test_every_sentence_and_exhibit_of_the_report_is_told(
    content: ReportContent, labels: dict[str, str], deck: Any
) -> None:
    told = "\n".join(_texts(slide) for slide in deck.slides)
    from tools.documents.layout import LaidChart, LaidTable, Prose, lay_out

    for item in lay_out(content, labels):
        if isinstance(item, Prose):
            for sentence in sentences(item.spans):
                assert sentence.text in told
        elif isinstance(item, LaidTable | LaidChart):
            exhibit = item.table if isinstance(item, LaidTable) else item.chart
            assert f"{item.name}　{exhibit.caption}" in told
    for block in (block for section in content.sections for block in section.blocks):
        if isinstance(block, Table):
            assert all(row[0] in told for row in block.rows if "{{" not in row[0])


def told(content: ReportContent, labels: dict[str, str], *sections: Section) -> list[Page]:
    return pages(content.model_copy(update={"sections": sections}), labels)


def plain(heading: str, *blocks: Block) -> Section:
    return Section(id=heading, heading=heading, level=1, blocks=blocks)


def test_a_chapter_of_one_sentence_stands_behind_its_heading(content: ReportContent, labels: dict[str, str]) -> None:
    first, second = plain("情况", Paragraph(text="本期平稳。无异常。")), plain("案例", Paragraph(text="没有案例。"))
    (page,) = told(content, labels, first, second)
    assert (page.title.text, [point.text for point in page.points]) == ("本期平稳", ["无异常", "案例：没有案例"])
    listed = plain("措施", Listing(items=("加强巡视。",)))
    assert len(told(content, labels, listed, second)) == 2, "not behind a list, whose last item it would seem"
    long = plain("情况", Paragraph(text="。".join(["全年各项指标运行平稳，没有发现需要说明的异常情况"] * 8) + "。"))
    assert "案例：没有案例" not in [point.text for page in told(content, labels, long, second) for point in page.points]


def test_a_lone_sentence_joins_the_page_of_its_table(content: ReportContent, labels: dict[str, str]) -> None:
    table = Table(
        id="t",
        caption="电量",
        columns=(Column(header="单位", align="left"), Column(header="电量")),
        rows=(("望湖区", "{{F1}}"),),
    )
    said = Paragraph(text="望湖区售电量{{F1}}。其余单位平稳。")
    (page,) = told(content, labels, plain("情况", said, table))
    assert page.table and [point.text for point in page.points] == ["其余单位平稳"]
    full = table.model_copy(update={"rows": table.rows * 11})
    assert [bool(page.table) for page in told(content, labels, plain("情况", said, full))] == [False, True]


def test_a_table_of_high_rows_takes_the_pages_that_it_needs(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    columns = tuple(Column(header=head, align="left") for head in ("项目", "方法", "证据", "结论"))
    rows = tuple(
        (f"第{at}项", "现场核查", "近月电量较前期下降，用电变更在途，客户经理走访核实" * 6, "成立") for at in range(11)
    )
    high = Table(id="t", caption="排查", columns=columns, rows=rows)
    section = plain("原因", Paragraph(text="逐项排查。"), high)
    found = [page for page in told(content, labels, section) if page.table]
    assert len(found) > 1 and sorted(at for page in found for at in range(*page.rows)) == list(range(11))
    changed = content.model_copy(update={"sections": (section,)})
    deck = pptx.Presentation(io.BytesIO(exporters()["pptx"].render(changed, labels, meta)))
    assert list(off_slide(deck)) == []


def test_a_lone_part_of_a_chapter_stands_below_the_table_before(content: ReportContent, labels: dict[str, str]) -> None:
    table = Table(
        id="t",
        caption="电量",
        columns=(Column(header="单位", align="left"), Column(header="电量")),
        rows=(("望湖区", "{{F1}}"),),
    )
    chapter = plain("分区", Paragraph(text="望湖区售电量{{F1}}。"), table)
    part = Section(id="b", heading="分压", level=2, blocks=(Paragraph(text="暂不分析。"),))
    (page,) = told(content, labels, chapter, part)
    assert [point.text for point in page.points] == ["分压：暂不分析"]
    assert len(told(content, labels, chapter, plain("其他", Paragraph(text="暂不分析。")))) == 2


def test_charts_are_native_and_hold_the_printed_numbers(deck: Any, content: ReportContent) -> None:
    drawn = {}
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                drawn[shape._element.xpath(".//p:cNvPr")[0].get("descr")] = shape.chart
    charts = [block for section in content.sections for block in section.blocks if isinstance(block, Chart)]
    assert len(drawn) == len(charts)
    for chart in charts:
        if chart.form in {"waterfall", "ring"}:
            continue
        native = drawn[chart.alt or chart.caption]
        for trace in plot_of(chart, content.fact_map()).traces:
            series = next(one for one in native.series if one.name == trace.name)
            assert [None if value is None else f"{value:.6f}" for value in series.values] == [
                None if value is None else f"{value:.6f}" for value in trace.values
            ]
        xml = native._chartSpace.xml
        assert 'a:ea typeface="微软雅黑"' in xml and chart.unit in xml
        assert native.part.chart_workbook.xlsx_part.blob[:2] == b"PK"


def test_notes_hold_the_cards_of_the_shown_figures(deck: Any, content: ReportContent, labels: dict[str, str]) -> None:
    slides = list(deck.slides)[1:-1]
    for slide, page in zip(slides, pages(content, labels), strict=True):
        notes = slide.notes_slide.notes_text_frame.text
        assert re.findall(r"^(F\d+)　", notes, re.M) == page.facts()
        assert all(content.fact_map()[name].caliber_version in notes for name in page.facts())


def test_identity_and_label(deck: Any, data: bytes, content: ReportContent) -> None:
    core = deck.core_properties
    assert core.keywords == content.hash() and core.comments == "本报告由人工智能辅助生成，经王建国审核"
    assert core.identifier == "R1-99401-202610-0001#2"
    assert "本报告由人工智能辅助生成，经王建国审核" in _texts(deck.slides[0])
    assert any(
        "本报告由人工智能辅助生成" in shape.text_frame.text
        for shape in deck.slide_master.shapes
        if shape.has_text_frame
    )
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        custom = ElementTree.fromstring(file.read("docProps/custom.xml"))
    values = {item.get("name"): "".join(item.itertext()) for item in custom}
    assert values["ContentHash"] == content.hash() and json.loads(values["AIGC"] or "")["Label"] == "1"


def test_a_long_table_goes_on_over_several_pages(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta
) -> None:
    table = next(block for section in content.sections for block in section.blocks if isinstance(block, Table))
    long = table.model_copy(
        update={"rows": tuple(table.rows[at % len(table.rows)] for at in range(40)), "total": False}
    )
    section = content.sections[0].model_copy(update={"blocks": (long,)})
    changed = content.model_copy(update={"sections": (section,)})
    deck = pptx.Presentation(io.BytesIO(exporters()["pptx"].render(changed, labels, meta)))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert sum(len(one.rows) - 1 for one in tables[:-1]) == 40


def test_titles_are_cut_at_commas_only() -> None:
    from core.domain.tokens import Span

    spans = (
        Span("当月售电量"),
        Span("12.36亿千瓦时", "F1", True),
        Span("，同比"),
        Span("增长5.21%", "F1", True),
        Span("，较好"),
    )
    assert headline(Sentence(spans), 14).text == "当月售电量12.36亿千瓦时"
    assert headline(Sentence(spans), 99).text == "当月售电量12.36亿千瓦时，同比增长5.21%，较好"


def test_unknown_tokens_are_refused(content: ReportContent, labels: dict[str, str], meta: DocumentMeta) -> None:
    first = content.sections[0].model_copy(update={"blocks": (Paragraph(text="售电量{{F999}}。"),)})
    with pytest.raises(UnknownToken):
        exporters()["pptx"].render(content.model_copy(update={"sections": (first,)}), labels, meta)


def test_the_file_opens_in_libreoffice(data: bytes, deck: Any, tmp_path: Path) -> None:
    import pypdf

    office = shutil.which("soffice")
    if office is None:
        pytest.skip("没有安装 LibreOffice")
    (tmp_path / "report.pptx").write_bytes(data)
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf"]
    done = subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "report.pptx")],
        check=True,
        timeout=120,
        capture_output=True,
    )
    if not (tmp_path / "report.pdf").exists():
        pytest.skip(f"没有安装 LibreOffice Impress：{done.stderr.decode()[-80:]}")
    assert len(pypdf.PdfReader(tmp_path / "report.pdf").pages) == len(deck.slides)


def _texts(slide: Any) -> str:
    out = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            out += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(out)
