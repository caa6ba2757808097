"""Each thing that can be wrong with an exported file is seen in a file where it is, and not in one where it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import pptx
import pypdf
import pytest
import typst
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from PIL import Image
from pptx.util import Inches
from pypdf.generic import DictionaryObject, NameObject

from evals.exports import boxes, papers, prints, slides, web
from evals.exports.boxes import Leaf, Word
from evals.exports.sheets import sheet
from evals.office import convert, installed
from tools.checks.readers import read_file
from tools.documents.print.fonts import lettering

needs_poppler = pytest.mark.skipif(not boxes.measurable(), reason="没有安装 poppler")
HEAD = '#set page(width: 595pt, height: 842pt, margin: (left: 28mm, right: 26mm))\n#set text(font: "Noto Serif SC")\n'
CHART = '<wp:docPr xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" id="7" name="图"/>'


def printed(markup: str, out: Path) -> Path:
    fonts = lettering(None).fonts
    out.write_bytes(typst.compile((HEAD + markup).encode(), font_paths=fonts, format="pdf"))
    return out


# Word ---------------------------------------------------------------------------------------------------------------


def paper(widths: tuple[int, ...] = (1000, 1000), text: str = "12.50") -> Any:
    document = docx.Document()
    table = document.add_table(rows=1, cols=len(widths))
    for column, width in zip(table._tbl.iter(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width))
    table.cell(0, 0).text = text
    return document


def test_a_table_within_the_text_is_left_alone() -> None:
    assert list(papers.too_wide(paper())) == []


def test_a_table_wider_than_the_text_is_told() -> None:
    (said,) = papers.too_wide(paper((9000, 9000)))
    assert "宽 900 点" in said


def test_a_number_that_breaks_in_its_column_is_told() -> None:
    (said,) = papers.too_wide(paper((500, 1000), "1234567.89"))
    assert "1234567.89" in said and "断行" in said


def test_rows_of_fixed_height_are_told() -> None:
    document = paper()
    height = OxmlElement("w:trHeight")
    height.set(qn("w:hRule"), "exact")
    document.tables[0].rows[0]._tr.get_or_add_trPr().append(height)
    (said,) = papers.too_wide(document)
    assert "截去" in said


def test_properties_out_of_order_are_told() -> None:
    document = paper()
    assert papers.out_of_form(document) == []
    props = document.add_paragraph("甲")._p.get_or_add_pPr()
    for name in ("w:jc", "w:spacing"):
        props.append(OxmlElement(name))
    assert papers.out_of_form(document) == ["pPr 里的 spacing 次序不合规范"]


def test_drawings_with_one_number_are_told() -> None:
    from lxml import etree

    document = paper()
    for _ in range(2):
        document.add_paragraph()._p.append(etree.fromstring(CHART))
    assert papers.out_of_form(document) == ["图形编号 7 用了 2 次"]


# PDF ----------------------------------------------------------------------------------------------------------------


@needs_poppler
def test_a_page_in_order_raises_no_finding(tmp_path: Path) -> None:
    marks = "工业（同比下降5.95%）、金融业（同比下降3.20%）。"
    path = printed(f"售电量完成 565.77 万千瓦时。{marks * 4}\n#pagebreak()\n全年平稳。", tmp_path / "good.pdf")
    pages = boxes.leaves(path)
    assert [page.number for page in pages] == [1, 2]
    assert [*boxes.outside(pages), *boxes.covered(pages), *prints.lost(pages)] == []
    assert prints.unprintable(read_file(path)) == prints.loose_fonts(path) == []


@needs_poppler
@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("#place(dx: 430pt, box(width: 90pt, [超出右边界]))", "超出版心"),
        ("#place(dx: -40pt, [左边])", "超出版心"),
        ("#place(dx: 0pt, dy: 762pt, [下面])", "超出纸面"),
        ("#place(dx: 9pt, [甲乙丙])#place(dx: 11pt, dy: 1pt, [丁戊己])", "重叠"),
    ],
)
def test_words_out_of_place_are_told(markup: str, told: str, tmp_path: Path) -> None:
    pages = boxes.leaves(printed(markup, tmp_path / "bad.pdf"))
    assert any(told in text for text in (*boxes.outside(pages), *boxes.covered(pages)))


def test_a_letter_without_a_glyph_is_told(tmp_path: Path) -> None:
    read = read_file(printed("售电量 \u2d30 平稳", tmp_path / "tofu.pdf"))
    assert [text.replace("\0", "□") for text in prints.unprintable(read)] == ["售电量 □ 平稳"]
    assert prints.lost([Leaf(1, 595, 842, (Word("乱\ufffd码\ue001", 0, 0, 9, 9),))]) == ["\ue001", "\ufffd"]


def test_a_font_that_stays_at_home_is_told(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/BaseFont"): NameObject("/SimSun")})
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    path = tmp_path / "loose.pdf"
    writer.write(path)
    assert prints.loose_fonts(path) == ["/SimSun"]


@needs_poppler
def test_a_contact_sheet_shows_every_page(tmp_path: Path) -> None:
    path = printed("#for page in range(8) [第#page;页#pagebreak(weak: true)]", tmp_path / "eight.pdf")
    with Image.open(sheet(path, tmp_path / "sheets" / "eight.png")) as picture:
        shown = picture.size
    with Image.open(sheet(printed("一页", tmp_path / "one.pdf"), tmp_path / "one.png")) as picture:
        one = picture.size
    assert shown[0] > 5 * one[0] and 1.8 * one[1] < shown[1] < 2.2 * one[1]


# PowerPoint ---------------------------------------------------------------------------------------------------------


def deck(left: float = 1.0, text: str = "售电量平稳") -> Any:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    slide.shapes.add_textbox(Inches(left), Inches(1), Inches(2), Inches(0.5)).text_frame.text = text
    return made


def test_shapes_beyond_the_slide_are_told() -> None:
    assert list(slides.off_slide(deck())) == []
    assert [text for text in slides.off_slide(deck(9.5)) if "超出页面" in text]


@pytest.mark.parametrize(("top", "said"), [(80.0, []), (130.0, ["第1页「售电量平稳」溢出"])])
def test_words_below_their_frame_are_told(top: float, said: list[str]) -> None:
    word = Word("售电量平稳", 80, top, 140, top + 12)
    assert list(slides.overflowing(deck(), [Leaf(1, 720, 540, (word,))])) == said


def test_words_that_a_picture_draws_are_left_to_it(tmp_path: Path) -> None:
    made = deck()
    Image.new("RGB", (9, 9)).save(tmp_path / "p.png")
    made.slides[0].shapes.add_picture(str(tmp_path / "p.png"), Inches(4), Inches(4), Inches(2), Inches(2))
    drawn, said = Word("61", 300, 300, 312, 310), Word("售电量平稳", 80, 80, 140, 92)
    pages = [Leaf(1, 720, 540, (drawn, drawn, said))]
    assert list(boxes.covered(pages)) and list(slides.overflowing(made, pages)) == []
    assert [page.words for page in slides.outside_charts(made, pages)] == [(said,)]


def test_a_slide_that_is_lost_is_told() -> None:
    assert list(slides.overflowing(deck(), [])) == ["有 1 页，转换后为 0 页"]


@pytest.mark.skipif(not (installed() and boxes.measurable()), reason="没有安装 LibreOffice 或 poppler")
def test_a_full_frame_overflows_in_libreoffice(tmp_path: Path) -> None:
    made = deck(text="售电量同比下降主要受大客户减产影响" * 9)
    made.slides[0].shapes[0].text_frame.word_wrap = True
    path = tmp_path / "full.pptx"
    made.save(str(path))
    torn = tmp_path / "torn.docx"
    torn.write_bytes(b"PK no package")
    printed_full, printed_torn = convert([path, torn], "pdf", tmp_path / "office")
    assert [text for text in slides.overflowing(made, boxes.leaves(printed_full)) if "溢出" in text]
    assert not printed_torn.exists() or boxes.leaves(printed_torn)


# HTML ---------------------------------------------------------------------------------------------------------------

WHOLE = (
    '<html><head><meta name="viewport" content="width=device-width"></head><body>'
    '<div class="scroll"><table></table></div>'
    '<button popovertarget="card-F1">1</button><div popover id="card-F1"></div></body></html>'
)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "", ""),
        ("</div></body>", "</body>", "没有配对"),
        ('id="card-F1"', 'id="card-F2"', "没有数据卡片：card-F1"),
        ("</table></div>", '</table></div><p id="card-F1"></p>', "编号重复"),
        ('<div class="scroll">', "<div>", "不能横向滚动"),
        ("</body>", '<img src="https://example.org/a.png"></body>', "装载"),
        ("</body>", "<script></script></body>", "装载"),
        ('<meta name="viewport" content="width=device-width">', "", "手机"),
    ],
)
def test_a_page_that_cannot_be_used_is_told(before: str, after: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(WHOLE.replace(before, after, 1) if before else WHOLE, encoding="utf-8")
    said = list(web.broken(path))
    assert any(told in text for text in said) if told else said == []
