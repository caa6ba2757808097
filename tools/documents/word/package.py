"""The file itself: a zip whose parts, order and dates depend on nothing but the content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.domain.report import ReportContent
from tools.documents import PRODUCER, DocumentMeta
from tools.documents.appendix import TITLE as ANNEX
from tools.documents.cover import title_text
from tools.documents.identity import identity
from tools.documents.layout import LaidChart, lay_out
from tools.documents.ooxml import custom_xml, zipped
from tools.documents.shells import shell_of
from tools.documents.word import furniture
from tools.documents.word.annex import annex_xml
from tools.documents.word.banner import banner_xml
from tools.documents.word.body import body_xml
from tools.documents.word.contents import contents_xml
from tools.documents.word.figures import Figure, figures
from tools.documents.word.markup import HEAD, NAMESPACES
from tools.documents.word.styles import fonts_xml, settings_xml, styles_xml

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARTS = {
    "word/document.xml": f"{_WORD}.document.main+xml",
    "word/styles.xml": f"{_WORD}.styles+xml",
    "word/settings.xml": f"{_WORD}.settings+xml",
    "word/fontTable.xml": f"{_WORD}.fontTable+xml",
    "word/header1.xml": f"{_WORD}.header+xml",
    "word/header2.xml": f"{_WORD}.header+xml",
    "word/footer1.xml": f"{_WORD}.footer+xml",
    "word/footer2.xml": f"{_WORD}.footer+xml",
    "word/footer3.xml": f"{_WORD}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
}
_LINKS = (
    ("rIdStyles", "styles", "styles.xml"),
    ("rIdSettings", "settings", "settings.xml"),
    ("rIdFonts", "fontTable", "fontTable.xml"),
    ("rIdHeader", "header", "header1.xml"),
    ("rIdHeaderNone", "header", "header2.xml"),
    ("rIdFooterOdd", "footer", "footer1.xml"),
    ("rIdFooterEven", "footer", "footer2.xml"),
    ("rIdFooterCover", "footer", "footer3.xml"),
)


def docx_bytes(content: ReportContent, labels: Mapping[str, str], meta: DocumentMeta) -> bytes:
    """The whole Word file. Raises UnknownToken when a token or reference of the content leads nowhere."""
    laid = lay_out(content, labels)
    charts = [item.chart for item in laid if isinstance(item, LaidChart)]
    drawn = figures(charts, content)
    shell = shell_of(meta.shell)
    if shell.cover:
        lines = title_text(content).count("\n") + 1
        front = furniture.cover_xml(content, meta) + contents_xml(laid, drawn, ANNEX, lines)
        after = furniture.cover_section()
    else:
        front, after = banner_xml(content, meta), furniture.banner_section()
    document = (
        f"{HEAD}<w:document {NAMESPACES}><w:body>{front}{_break(after)}"
        f"{body_xml(content, laid, drawn, meta)}{_break(furniture.body_section(goes_on=not shell.cover))}"
        f"{annex_xml(content, len(laid))}{furniture.annex_section()}</w:body></w:document>"
    )
    stamp = meta.dated.strftime("%Y-%m-%dT%H:%M:%SZ")
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(list(drawn.values())),
        "_rels/.rels": _root_relations(),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": _document_relations(list(drawn.values())),
        "word/styles.xml": styles_xml(),
        "word/settings.xml": settings_xml(),
        "word/fontTable.xml": fonts_xml(),
        "word/header1.xml": furniture.header_xml(content, meta),
        "word/header2.xml": furniture.empty_header_xml(),
        "word/footer1.xml": furniture.footer_xml(meta, even=False),
        "word/footer2.xml": furniture.footer_xml(meta, even=True),
        "word/footer3.xml": furniture.cover_footer_xml(meta),
        "docProps/core.xml": furniture.core_xml(content, meta, stamp, PRODUCER),
        "docProps/app.xml": _app(),
        "docProps/custom.xml": custom_xml(identity(content, meta)),
    }
    for figure in drawn.values():
        parts |= figure.parts()
    return zipped(parts)


def _break(section: str) -> str:
    """The paragraph that ends a section; as small as can be, since it stands on the page."""
    small = '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    return f'<w:p><w:pPr><w:pStyle w:val="CoverText"/>{small}{section}</w:pPr></w:p>'


def _content_types(drawn: Sequence[Figure]) -> str:
    kinds = _PARTS | {f"word/{figure.part}": _CHART for figure in drawn if figure.native}
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    return (
        f'{HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="png" ContentType="image/png"/>'
        f'<Default Extension="xlsx" ContentType="{_SHEET}"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _root_relations() -> str:
    return (
        f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
        f'<Relationship Id="rId3" Type="{_OFFICE}/extended-properties" Target="docProps/app.xml"/>'
        f'<Relationship Id="rId4" Type="{_OFFICE}/custom-properties" Target="docProps/custom.xml"/></Relationships>'
    )


def _document_relations(drawn: Sequence[Figure]) -> str:
    links = "".join(f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for name, kind, to in _LINKS)
    shown = "".join(
        f'<Relationship Id="{figure.relation}" Type="{_OFFICE}/{figure.kind}" Target="{figure.part}"/>'
        for figure in drawn
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}{shown}</Relationships>'


def _app() -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return f'{HEAD}<Properties xmlns="{space}"><Application>{PRODUCER}</Application></Properties>'
