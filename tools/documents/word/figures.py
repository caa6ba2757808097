"""Pictures: PNG parts, inline drawings with a text alternative, caption and source below."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from core.domain.report import Chart
from tools.documents.word.markup import paragraph, safe, words

_EMU = 914400
_WIDTH = 5.95
"""Inches on the page."""


@dataclass(frozen=True)
class Picture:
    """One PNG in the file; `number` gives its part name and relationship id."""

    number: int
    png: bytes

    @property
    def relation(self) -> str:
        return f"rIdPic{self.number}"

    @property
    def part(self) -> str:
        return f"media/image{self.number}.png"

    @property
    def pixels(self) -> tuple[int, int]:
        width, height = struct.unpack(">II", self.png[16:24])
        return int(width), int(height)


def figure_xml(name: str, chart: Chart, picture: Picture) -> str:
    """The drawing, then `图N　caption`, then where the data come from."""
    width, height = picture.pixels
    cx, cy = int(_WIDTH * _EMU), int(_WIDTH * _EMU * height / width)
    alt = safe(chart.alt or chart.caption)
    at = picture.number
    drawing = (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
        f'<wp:docPr id="{1000 + at}" name="{safe(name)}" descr="{alt}"/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{1000 + at}" name="{safe(name)}.png" descr="{alt}"/>'
        "<pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{picture.relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )
    below = words(chart.source, "Source") if chart.source else ""
    caption = words(f"{name}　{chart.caption}", "FigureCaption", "<w:keepNext/>" if below else "")
    return paragraph(drawing, "Figure") + caption + below
