"""Styles, fonts and settings of GB/T 9704—2012 body pages. Official fonts are named, never theme fonts."""

from __future__ import annotations

from tools.documents.word.markup import HEAD, NAMESPACES

SONG, FANGSONG, KAITI, HEITI, TITLE = "宋体", "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
LATIN = "Times New Roman"
LINE = 579
"""Line pitch in twips: 22 lines on 225 mm."""
GREEN, GREY = "00706B", "595959"
_FALLBACKS = {FANGSONG: "仿宋", KAITI: "楷体", HEITI: "SimHei", SONG: "SimSun", TITLE: "小标宋"}


def fonts(east: str, latin: str = LATIN) -> str:
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east}" w:cs="{latin}"/>'


def _style(name: str, shown: str, ppr: str, rpr: str, *, base: str = "Normal", kind: str = "paragraph") -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    default = ' w:default="1"' if name == "Normal" else ""
    follow = '<w:next w:val="Normal"/>' if name.startswith(("Heading", "Title")) else ""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{name}"><w:name w:val="{shown}"/>{based}{follow}<w:qFormat/>'
        f"{f'<w:pPr>{ppr}</w:pPr>' if ppr else ''}{f'<w:rPr>{rpr}</w:rPr>' if rpr else ''}</w:style>"
    )


def _exact(line: int, before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'


def _auto(before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="240" w:lineRule="auto"/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


_INDENT = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
_NO_INDENT = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
_PITCH = '<w:snapToGrid w:val="0"/><w:spacing w:val="-5"/>'
"""28 characters on 156 mm by tightening, not by the character grid, which other programs lay out differently."""
_OFF_GRID = '<w:snapToGrid w:val="0"/>'


def _toc(indent: int) -> str:
    tab = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="8840"/></w:tabs>'
    return f'{tab}{_OFF_GRID}{_auto(60, 60)}<w:ind w:left="{indent}"/><w:jc w:val="left"/>'


def styles_xml() -> str:
    """Normal is 3号 仿宋 without indent; `Body` indents two characters, so that tables need no undoing."""
    base = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    items = [
        _style(
            "Normal",
            "Normal",
            f'<w:widowControl w:val="0"/>{base}<w:jc w:val="both"/>',
            fonts(FANGSONG) + _size(32),
            base="",
        ),
        _style("Body", "正文段落", _exact(LINE) + _INDENT, _PITCH),
        _style("Title", "Title", f'{_OFF_GRID}{_exact(720)}<w:jc w:val="center"/>', fonts(TITLE) + _size(44)),
        _style(
            "Heading1",
            "heading 1",
            f'<w:keepNext/>{_exact(LINE)}{_INDENT}<w:outlineLvl w:val="0"/>',
            fonts(HEITI) + _PITCH,
        ),
        _style(
            "Heading2",
            "heading 2",
            f'<w:keepNext/>{_exact(LINE)}{_INDENT}<w:outlineLvl w:val="1"/>',
            fonts(KAITI) + _PITCH,
        ),
        _style(
            "Caption",
            "caption",
            f'<w:keepNext/>{_OFF_GRID}{_auto(160, 60)}<w:jc w:val="center"/>',
            fonts(HEITI) + _size(24),
        ),
        _style("FigureCaption", "图题", f'{_OFF_GRID}{_auto(40, 40)}<w:jc w:val="center"/>', fonts(HEITI) + _size(24)),
        _style("Figure", "图", f'<w:keepNext/>{_OFF_GRID}{_auto(160, 0)}<w:jc w:val="center"/>', ""),
        _style("Unit", "表单位", f'<w:keepNext/>{_OFF_GRID}{_auto(0, 40)}<w:jc w:val="right"/>', _size(21)),
        _style("Note", "表注", f"{_OFF_GRID}{_auto(60, 160)}", _size(21)),
        _style(
            "Source",
            "图源",
            f'{_OFF_GRID}{_auto(0, 160)}<w:jc w:val="center"/>',
            f'<w:color w:val="{GREY}"/>' + _size(18),
        ),
        _style("Cell", "表格文字", f"{_OFF_GRID}{_auto()}", _size(21)),
        _style(
            "CellHead", "表格表头", f'<w:keepNext/>{_OFF_GRID}{_auto()}<w:jc w:val="center"/>', fonts(HEITI) + _size(21)
        ),
        _style("Fine", "附件表格文字", f'{_OFF_GRID}{_auto()}<w:jc w:val="left"/>', _size(15)),
        _style(
            "FineHead", "附件表头", f'<w:keepNext/>{_OFF_GRID}{_auto()}<w:jc w:val="center"/>', fonts(HEITI) + _size(15)
        ),
        _style("AnnexMark", "附件标识", _exact(LINE), fonts(HEITI)),
        _style("AnnexText", "附件文字", f"{_OFF_GRID}{_auto(0, 60)}", _size(21)),
        _style(
            "Header", "header", f'{_OFF_GRID}{_auto()}<w:jc w:val="left"/>', f'<w:color w:val="{GREY}"/>' + _size(18)
        ),
        _style("Footer", "footer", f"{_OFF_GRID}{_auto()}", fonts(SONG, SONG) + _size(28)),
        _style(
            "FooterLabel",
            "标识",
            f'{_OFF_GRID}{_auto()}<w:jc w:val="center"/>',
            f'<w:color w:val="{GREY}"/>' + _size(18),
        ),
        _style("TOC1", "toc 1", _toc(0), fonts(HEITI) + _size(28)),
        _style("TOC2", "toc 2", _toc(420), _size(28)),
        _style("Addressee", "主送", _exact(LINE), _PITCH),
        _style("Imprint", "版记", _OFF_GRID, ""),
        _style("CoverText", "封面文字", f'{_OFF_GRID}{_auto()}<w:jc w:val="left"/>', ""),
        _style(
            "FactNote",
            "数据编号",
            "",
            f'<w:color w:val="5B8A87"/>{_size(24)}<w:vertAlign w:val="superscript"/>',
            base="",
            kind="character",
        ),
    ]
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts(FANGSONG)}{_size(32)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )
    plain_table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr></w:style>"
    )
    return f"{HEAD}<w:styles {NAMESPACES}>{defaults}{''.join(items)}{plain_table}</w:styles>"


def fonts_xml() -> str:
    """The font table: each official font with the name of a usual stand-in."""
    items = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, other in _FALLBACKS.items()
    )
    return f"{HEAD}<w:fonts {NAMESPACES}>{items}</w:fonts>"


def settings_xml() -> str:
    """Odd and even pages differ; punctuation may compress; the compatibility of current Word."""
    return (
        f'{HEAD}<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/>'
        '<w:evenAndOddHeaders/><w:drawingGridHorizontalSpacing w:val="105"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/>'
        '<w:compat><w:useFELayout/><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        "</w:settings>"
    )
