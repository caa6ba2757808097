"""The house theme: 16:9, 国网绿, Chinese typefaces, and what stands on every page."""

from __future__ import annotations

import re
from typing import Any

from tools.charts import palette
from tools.documents import DocumentMeta

WIDTH, HEIGHT = 13.333, 7.5
"""Inches."""
LEFT, ROOM = 0.6, 12.13
COVER, PAGE = "封面", "结论页"
"""Names of the layouts."""
GREEN, INK, GREY, TINT = "00706B", "1F2328", "595959", "E3EFEE"
EAST, LATIN = "微软雅黑", "Arial"
_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SLOTS = ("accent1", "accent2", "accent3", "accent4", "accent5", "accent6")


def blank(meta: DocumentMeta) -> Any:
    """A presentation with two layouts, a cover and a titled page, and no slides."""
    import pptx
    from pptx.util import Inches

    deck: Any = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    master = deck.slide_master
    keep = {"Title Slide", "Title Only"}
    for layout in list(deck.slide_layouts):
        if layout.name not in keep:
            deck.slide_layouts.remove(layout)
    _retheme(master)
    for holder in (master, *deck.slide_layouts):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.type not in _titles():
                shape._element.getparent().remove(shape._element)
    layouts = {layout.name: layout for layout in deck.slide_layouts}
    cover, page = layouts["Title Slide"], layouts["Title Only"]
    cover.name, page.name = COVER, PAGE
    for holder in (master, page):
        for shape in holder.placeholders:
            place(shape, LEFT, 0.62, ROOM, 0.98)
    for shape in cover.placeholders:
        place(shape, 0.9, 2.0, 11.5, 1.7)
    _furnish(master, meta)
    return deck


def place(shape: Any, x: float, y: float, width: float, height: float) -> None:
    """Put a shape at inches from the upper left corner."""
    from pptx.util import Inches

    shape.left, shape.top, shape.width, shape.height = Inches(x), Inches(y), Inches(width), Inches(height)


def write(frame: Any, text: str, size: float, colour: str = INK, *, bold: bool = False, align: str = "l") -> Any:
    """One paragraph of one run into an empty text frame."""
    from pptx.enum.text import PP_ALIGN

    frame.word_wrap = True
    paragraph = frame.paragraphs[0]
    paragraph.alignment = {"l": PP_ALIGN.LEFT, "c": PP_ALIGN.CENTER, "r": PP_ALIGN.RIGHT}[align]
    run = paragraph.add_run()
    run.text = text
    dress(run, size, colour, bold=bold)
    return paragraph


def dress(run: Any, size: float, colour: str = INK, *, bold: bool = False) -> None:
    """Size, colour and weight of a run; typefaces come from the theme."""
    from lxml import etree

    props = run._r.get_or_add_rPr()
    props.set("lang", "zh-CN")
    props.set("sz", str(round(size * 100)))
    props.set("b", "1" if bold else "0")
    etree.SubElement(etree.SubElement(props, f"{_MAIN}solidFill"), f"{_MAIN}srgbClr").set("val", colour)


def box(slide: Any, x: float, y: float, width: float, height: float) -> Any:
    """An empty text box without inner margins."""
    from pptx.util import Inches

    frame = slide.shapes.add_textbox(Inches(x), Inches(y), Inches(width), Inches(height)).text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    return frame


def _titles() -> tuple[Any, ...]:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)


def _furnish(master: Any, meta: DocumentMeta) -> None:
    """A green band above, below it the label of generated content and the page's number."""
    from lxml import etree
    from pptx.oxml import parse_xml

    tree = master.shapes._spTree
    colour = f'<a:solidFill><a:srgbClr val="{GREY}"/></a:solidFill>'
    label = etree.Element("x")
    label.text = meta.ai_label
    words = etree.tostring(label, encoding="unicode")[3:-4]
    for at, (name, x, y, width, height, fill, align, inner) in enumerate(
        (
            ("色带", 0.0, 0.0, WIDTH, 0.14, f'<a:solidFill><a:srgbClr val="{GREEN}"/></a:solidFill>', "l", ""),
            (
                "标识",
                LEFT,
                7.06,
                9.0,
                0.26,
                "<a:noFill/>",
                "l",
                f"<a:r><a:rPr lang='zh-CN' sz='1000'>{colour}</a:rPr><a:t>{words}</a:t></a:r>",
            ),
            (
                "页码",
                10.7,
                7.06,
                2.03,
                0.26,
                "<a:noFill/>",
                "r",
                "<a:fld id='{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}' "
                f"type='slidenum'><a:rPr lang='zh-CN' sz='1000'>{colour}</a:rPr><a:t>‹#›</a:t></a:fld>",
            ),
        ),
        900,
    ):
        emu = [round(value * 914400) for value in (x, y, width, height)]
        xml = (
            '<p:sp xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
            f'<p:nvSpPr><p:cNvPr id="{at}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
            "<p:spPr><a:xfrm>"
            f'<a:off x="{emu[0]}" y="{emu[1]}"/><a:ext cx="{emu[2]}" cy="{emu[3]}"/></a:xfrm>'
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}<a:ln><a:noFill/></a:ln></p:spPr>'
            f'<p:txBody><a:bodyPr lIns="0" rIns="0" tIns="0" bIns="0" anchor="ctr"/><a:lstStyle/>'
            f'<a:p><a:pPr algn="{align}"/>{inner}</a:p></p:txBody></p:sp>'
        )
        tree.append(parse_xml(xml))


def _retheme(master: Any) -> None:
    """Colours and typefaces of the theme, and the look of titles."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    xml = part.blob.decode()
    for slot, colour in zip(_SLOTS, palette.SERIES, strict=True):
        new = f'<a:{slot}><a:srgbClr val="{colour.lstrip("#")}"/></a:{slot}>'
        xml = re.sub(rf"<a:{slot}>.*?</a:{slot}>", new, xml, flags=re.S)
    xml = re.sub(r"<a:dk2>.*?</a:dk2>", f'<a:dk2><a:srgbClr val="{GREEN}"/></a:dk2>', xml, flags=re.S)
    xml = re.sub(r'(<a:(?:major|minor)Font>\s*<a:latin typeface=")[^"]*', rf"\g<1>{LATIN}", xml)
    xml = re.sub(r'<a:ea typeface="[^"]*"', f'<a:ea typeface="{EAST}"', xml)
    xml = re.sub(r'<a:font script="Hans" typeface="[^"]*"', f'<a:font script="Hans" typeface="{EAST}"', xml)
    part._blob = re.sub(r'(<a:theme [^>]*name=")[^"]*', r"\g<1>国网营销报告", xml).encode()
    space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    style = master._element.find(".//{*}titleStyle/" + space + "lvl1pPr")
    style.set("algn", "l")
    face = style.find(space + "defRPr")
    face.set("sz", "2400")
    face.set("b", "1")
    fill = face.find(f"{space}solidFill/{space}schemeClr")
    if fill is not None:
        fill.set("val", "tx2")
