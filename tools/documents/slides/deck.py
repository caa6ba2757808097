"""The presentation itself: cover, one slide a page, sources at the end; the same bytes for the same input."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from core.domain.fact import Fact
from core.domain.report import ReportContent
from tools.documents import PRODUCER, DocumentMeta
from tools.documents.appendix import TITLE, notes, parts, tip
from tools.documents.cover import MARK, title_text
from tools.documents.identity import identity
from tools.documents.layout import LaidChart
from tools.documents.ooxml import CUSTOM, CUSTOM_LINK, CUSTOM_TYPE, custom_xml, zipped
from tools.documents.slides.sentences import Sentence
from tools.documents.slides.story import WIDE, Page, pages, shown_facts
from tools.documents.slides.tables import bottom_of, put_grid, put_table
from tools.documents.slides.theme import COVER, EAST, GREEN, GREY, INK, LEFT, PAGE, ROOM, blank, box, dress, write

_CHART, _ALONE = 8.2, ROOM
"""Inches across: a chart beside text, and one that stands alone."""


def pptx_bytes(content: ReportContent, labels: Mapping[str, str], meta: DocumentMeta) -> bytes:
    """The whole presentation. Raises UnknownToken when a token or reference of the content leads nowhere."""
    deck = blank(meta)
    facts = content.fact_map()
    _cover(deck, content, meta)
    for page in pages(content, labels):
        _page(deck, page, facts)
    _sources(deck, content)
    _properties(deck, content, meta)
    out = io.BytesIO()
    deck.save(out)
    return _stable(out.getvalue(), custom_xml(identity(content, meta)))


def _cover(deck: Any, content: ReportContent, meta: DocumentMeta) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts.get_by_name(COVER))
    slide.shapes.title.text_frame.text = title_text(content, 18).replace("\n", "\v")
    for paragraph in slide.shapes.title.text_frame.paragraphs:
        for run in paragraph.runs:
            dress(run, 36, GREEN, bold=True)
    write(box(slide, 0.9, 0.7, 6, 0.4), MARK, 14, INK)
    write(box(slide, 0.9, 3.85, 11.5, 0.45), f"统计期间：{content.period.label}", 18, GREY)
    at = f"{meta.approved_at:%Y-%m-%d %H:%M}" if meta.approved_at else "—"
    lines = (
        f"编制：{meta.author or '—'}　审核：{meta.reviewer or '（尚未审核）'}　审核时间：{at}",
        f"报告编号：{meta.report}　第{meta.version}版　{meta.state}　内容校验码：{meta.hash[:16]}",
        meta.ai_label,
    )
    for row, line in enumerate(lines):
        write(box(slide, 0.9, 5.3 + 0.4 * row, 11.5, 0.34), line, 13, GREY)


def _page(deck: Any, page: Page, facts: Mapping[str, Fact]) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts.get_by_name(PAGE))
    _say(slide.shapes.title.text_frame.paragraphs[0], page.title, 24, GREEN, bold=True)
    write(box(slide, LEFT, 0.28, ROOM, 0.3), page.kicker + ("（续）" if page.more else ""), 12, GREY)
    if page.chart:
        _chart(slide, page.chart, facts, _CHART if page.points else _ALONE)
        _points(slide, page.points, 9.15, 3.58, 16)
    elif page.table:
        put_table(slide, page.table, page.rows)
        if page.points:
            _points(slide, page.points, LEFT, ROOM, 16, bottom_of(page.table, page.rows) + 0.25)
    else:
        _points(slide, page.points, LEFT, ROOM, 20 if sum(item.lines(WIDE) for item in page.points) > 4 else 24)
    cards = "\n".join(tip(fact) for fact in shown_facts(page, facts))
    slide.notes_slide.notes_text_frame.text = f"数据卡片\n{cards}" if cards else "本页没有数字。"


def _say(paragraph: Any, sentence: Sentence, size: float, colour: str, *, bold: bool = False) -> None:
    """A sentence whose figures stand out."""
    for span in sentence.spans:
        run = paragraph.add_run()
        run.text = span.text
        dress(run, size, GREEN if span.figure else colour, bold=bold or span.figure)


def _points(slide: Any, points: tuple[Sentence, ...], x: float, width: float, size: float, top: float = 1.85) -> None:
    from pptx.util import Pt

    if not points:
        return
    frame = box(slide, x, top, width, 6.55 - top)
    frame.word_wrap = True
    for at, point in enumerate(points):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        paragraph.line_spacing, paragraph.space_after = 1.25, Pt(size * 0.7)
        if not point.numbered:
            _bullet(paragraph, size)
        _say(paragraph, point, size, INK)


def _bullet(paragraph: Any, size: float) -> None:
    """A square bullet in the house colour, with a hanging indent."""
    from pptx.oxml import parse_xml

    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    props = paragraph._p.get_or_add_pPr()
    props.set("marL", str(round(size * 12700 * 1.1)))
    props.set("indent", str(-round(size * 12700 * 1.1)))
    for xml in (
        f'<a:buClr {space}><a:srgbClr val="{GREEN}"/></a:buClr>',
        f'<a:buFont {space} typeface="Arial"/>',
        f'<a:buChar {space} char="▪"/>',
    ):
        props.append(parse_xml(xml))


def _chart(slide: Any, laid: LaidChart, facts: Mapping[str, Fact], width: float) -> None:
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Inches

    from tools.charts import native_chart, render_png

    plain = laid.chart.model_copy(update={"source": ""})
    made = native_chart(plain, facts, size=1200, font=EAST)
    if made is None:
        picture = slide.shapes.add_picture(io.BytesIO(render_png(plain, facts)), Inches(LEFT), Inches(1.75))
        scale = min(Inches(width) / picture.width, Inches(4.6) / picture.height)
        picture.width, picture.height = round(picture.width * scale), round(picture.height * scale)
        shape = picture
    else:
        given: Any = _Given(made.xml, made.workbook)
        shape = slide.shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(LEFT - 0.1), Inches(1.72), Inches(width), Inches(4.62), given
        )
    named = shape._element.xpath(".//p:cNvPr")[0]
    named.set("name", laid.name)
    named.set("descr", laid.chart.alt or laid.chart.caption)
    write(box(slide, LEFT, 6.38, width, 0.28), f"{laid.name}　{laid.chart.caption}", 13, INK, bold=True, align="c")
    if laid.chart.source:
        write(box(slide, LEFT, 6.69, width, 0.24), laid.chart.source, 10, GREY, align="c")


class _Given:
    """A finished chart part and workbook where python-pptx expects to make its own."""

    def __init__(self, xml: bytes, workbook: bytes) -> None:
        self._xml, self.xlsx_blob = xml, workbook

    def xml_bytes(self, chart_type: object) -> bytes:
        del chart_type
        return self._xml


def _sources(deck: Any, content: ReportContent) -> None:
    """How the sources answered, and how the text was made."""
    states = next((part for part in parts(content) if part.heading.endswith("数据源取数情况")), None)
    slide = deck.slides.add_slide(deck.slide_layouts.get_by_name(PAGE))
    slide.shapes.title.text_frame.text = "全部数字由系统取数生成，可在正式报告附件中逐一查验"
    write(box(slide, LEFT, 0.28, ROOM, 0.3), f"附件　{TITLE}", 12, GREY)
    bottom = 1.8
    if states:
        bottom = put_grid(slide, states.heads, states.rows, states.shares, states.aligns, bottom) + 0.25
    frame = box(slide, LEFT, bottom, ROOM, 1.5)
    frame.word_wrap = True
    for at, line in enumerate(notes(content)[:4]):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        dress(run, 12, GREY)
    slide.notes_slide.notes_text_frame.text = "完整的口径、查询与数据截至时间见 Word 或 PDF 版附件。"


def _properties(deck: Any, content: ReportContent, meta: DocumentMeta) -> None:
    core = deck.core_properties
    core.title, core.subject, core.author = content.title, content.period.label, meta.author or PRODUCER
    core.keywords, core.comments, core.last_modified_by = meta.hash, meta.ai_label, PRODUCER
    core.identifier, core.language, core.version = f"{meta.report}#{meta.version}", "zh-CN", str(meta.version)
    core.content_status, core.revision = meta.state, max(meta.version, 1)
    core.created = core.modified = meta.dated


def _stable(data: bytes, custom: str) -> bytes:
    """The same package with fixed dates, and the custom properties added."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        found: dict[str, str | bytes] = {name: file.read(name) for name in file.namelist()}
    types, links = "[Content_Types].xml", "_rels/.rels"
    found[types] = _before_end(found[types], f'<Override PartName="/{CUSTOM}" ContentType="{CUSTOM_TYPE}"/>')
    found[links] = _before_end(found[links], f'<Relationship Id="rIdCustom" Type="{CUSTOM_LINK}" Target="{CUSTOM}"/>')
    found.pop("docProps/thumbnail.jpeg", None)
    found[CUSTOM] = custom
    return zipped(found)


def _before_end(xml: str | bytes, added: str) -> bytes:
    text = xml.decode() if isinstance(xml, bytes) else xml
    at = text.rindex("</")
    return (text[:at] + added + text[at:]).encode()
