"""What stands around the text: cover, headers, footers with page numbers, section settings."""

from __future__ import annotations

from core.domain.report import ReportContent
from tools.documents import DocumentMeta
from tools.documents.cover import MARK, origin, running_head, title_text
from tools.documents.word.markup import HEAD, NAMESPACES, field, paragraph, run, safe, words
from tools.documents.word.styles import FANGSONG, GREEN, HEITI, KAITI, TITLE, fonts

_GRID = '<w:docGrid w:type="lines" w:linePitch="579"/>'
_PORTRAIT = (
    '<w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587" w:header="1247" w:footer="964" w:gutter="0"/>'
)
_LANDSCAPE = (
    '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="1587" w:right="1304" w:bottom="1474" w:left="1304" w:header="907" w:footer="567" w:gutter="0"/>'
)
_PARTS = (
    '<w:headerReference w:type="default" r:id="rIdHeader"/><w:headerReference w:type="even" r:id="rIdHeader"/>'
    '<w:footerReference w:type="default" r:id="rIdFooterOdd"/><w:footerReference w:type="even" r:id="rIdFooterEven"/>'
)
_BARE = (
    '<w:headerReference w:type="default" r:id="rIdHeaderNone"/><w:headerReference w:type="even" r:id="rIdHeaderNone"/>'
    '<w:footerReference w:type="default" r:id="rIdFooterCover"/>'
    '<w:footerReference w:type="even" r:id="rIdFooterCover"/>'
)


def cover_section() -> str:
    return f'<w:sectPr>{_BARE}<w:type w:val="nextPage"/>{_PORTRAIT}<w:cols w:space="425"/></w:sectPr>'


def banner_section() -> str:
    """The red head shares the first page of the body, whose header and footer it takes."""
    start = '<w:pgNumType w:start="1"/>'
    return f'<w:sectPr>{_PARTS}<w:type w:val="nextPage"/>{_PORTRAIT}{start}<w:cols w:space="425"/>{_GRID}</w:sectPr>'


def body_section(*, goes_on: bool = False) -> str:
    """`goes_on`: the body begins on the page that its head began."""
    if goes_on:
        kind = '<w:type w:val="continuous"/>'
        return f'<w:sectPr>{_PARTS}{kind}{_PORTRAIT}<w:cols w:space="425"/>{_GRID}</w:sectPr>'
    start = '<w:pgNumType w:start="1"/>'
    return f'<w:sectPr>{_PARTS}<w:type w:val="nextPage"/>{_PORTRAIT}{start}<w:cols w:space="425"/>{_GRID}</w:sectPr>'


def annex_section() -> str:
    return f'<w:sectPr>{_PARTS}<w:type w:val="nextPage"/>{_LANDSCAPE}<w:cols w:space="425"/></w:sectPr>'


def cover_xml(content: ReportContent, meta: DocumentMeta) -> str:
    """The cover of an internal report: mark, title, and who answers for it."""
    rows = origin(content, meta)
    big = f'{fonts(TITLE)}<w:sz w:val="52"/><w:szCs w:val="52"/>'
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="12" w:color="{GREEN}"/></w:pBdr>'
    parts = [
        paragraph(run(MARK, fonts(HEITI)), "CoverText"),
        words("", "CoverText", '<w:spacing w:before="1500" w:after="0" w:line="240" w:lineRule="auto"/>'),
        paragraph(
            run(title_text(content, 16.5), big),
            "CoverText",
            f'{rule}<w:spacing w:before="0" w:after="240" w:line="960" w:lineRule="exact"/><w:jc w:val="center"/>',
        ),
        paragraph(
            run("内部分析报告", f'{fonts(KAITI)}<w:color w:val="{GREEN}"/>'),
            "CoverText",
            '<w:spacing w:before="160" w:after="1400" w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>',
        ),
    ]
    return "".join(parts) + _card(rows)


def _card(rows: tuple[tuple[str, str], ...]) -> str:
    left, right = 2000, 5000
    line = '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="D0D0D0"/>'
    parts = [
        f'<w:tbl><w:tblPr><w:tblW w:w="{left + right}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{line}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{left}"/><w:gridCol w:w="{right}"/></w:tblGrid>'
    ]
    for name, value in rows:
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            + paragraph(
                run(text, f'{fonts(font)}<w:sz w:val="28"/><w:szCs w:val="28"/>'), "CoverText", f'<w:jc w:val="{jc}"/>'
            )
            + "</w:tc>"
            for text, width, font, jc in ((name, left, HEITI, "distribute"), (value, right, FANGSONG, "left"))
        )
        parts.append(f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="500" w:hRule="atLeast"/></w:trPr>{cells}</w:tr>')
    return "".join(parts) + "</w:tbl>"


def header_xml(content: ReportContent, meta: DocumentMeta) -> str:
    """Title on the left, mark and state on the right, a hairline below."""
    line = '<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="BFBFBF"/></w:pBdr>'
    text = run(running_head(content, meta))
    return f"{HEAD}<w:hdr {NAMESPACES}>{paragraph(text, 'Header', line + _between())}</w:hdr>"


def _between() -> str:
    return '<w:jc w:val="center"/>'


def empty_header_xml() -> str:
    return f"{HEAD}<w:hdr {NAMESPACES}>{words('', 'Header')}</w:hdr>"


def footer_xml(meta: DocumentMeta, *, even: bool) -> str:
    """— 1 — at the outer edge, one character in; the label of generated content below."""
    side = "left" if even else "right"
    indent = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    number = run("— ") + field("PAGE") + run(" —")
    return (
        f"{HEAD}<w:ftr {NAMESPACES}>{paragraph(number, 'Footer', indent)}{words(meta.ai_label, 'FooterLabel')}</w:ftr>"
    )


def cover_footer_xml(meta: DocumentMeta) -> str:
    return f"{HEAD}<w:ftr {NAMESPACES}>{words(meta.ai_label, 'FooterLabel')}</w:ftr>"


def core_xml(content: ReportContent, meta: DocumentMeta, stamp: str, producer: str) -> str:
    """Core properties: identity, state and hash; no machine or account names."""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{safe(content.title)}</dc:title><dc:subject>{safe(content.period.label)}</dc:subject>"
        f"<dc:creator>{safe(meta.author or producer)}</dc:creator><cp:keywords>{safe(meta.hash)}</cp:keywords>"
        f"<dc:description>{safe(meta.ai_label)}</dc:description><cp:lastModifiedBy>{safe(producer)}</cp:lastModifiedBy>"
        f"<cp:revision>{max(meta.version, 1)}</cp:revision>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified>'
        f"<dc:identifier>{safe(meta.report)}#{meta.version}</dc:identifier><dc:language>zh-CN</dc:language>"
        f"<cp:version>{meta.version}</cp:version><cp:contentStatus>{safe(meta.state)}</cp:contentStatus></cp:coreProperties>"
    )
