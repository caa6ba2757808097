"""Figures: editable charts, or pictures where no chart of Word can show the form; caption and source below."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.report import Chart, ReportContent
from tools.charts.native import Native
from tools.documents.word.markup import HEAD, paragraph, safe, words
from tools.documents.word.styles import HEITI

_EMU = 914400
_WIDTH = 5.95
"""Inches on the page."""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"


@dataclass(frozen=True)
class Figure:
    """One figure in the file: an editable chart, or a PNG; `number` gives its part names and relationship id."""

    number: int
    native: Native | None = None
    png: bytes = b""

    @property
    def relation(self) -> str:
        return f"rIdFigure{self.number}"

    @property
    def kind(self) -> str:
        return "chart" if self.native else "image"

    @property
    def part(self) -> str:
        return f"charts/chart{self.number}.xml" if self.native else f"media/image{self.number}.png"

    @property
    def ratio(self) -> float:
        """Height for a width of 1."""
        if self.native:
            return self.native.ratio
        width, height = struct.unpack(">II", self.png[16:24])
        return float(height) / float(width)

    def parts(self) -> dict[str, str | bytes]:
        """The files that it puts into the package."""
        if self.native is None:
            return {f"word/{self.part}": self.png}
        book = f"embeddings/Microsoft_Excel_Sheet{self.number}.xlsx"
        links = (
            f'{HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/package" Target="../{book}"/></Relationships>'
        )
        return {
            f"word/{self.part}": self.native.linked("rId1"),
            f"word/charts/_rels/chart{self.number}.xml.rels": links,
            f"word/{book}": self.native.workbook,
        }


def figures(charts: Sequence[Chart], content: ReportContent) -> dict[str, Figure]:
    """Every chart of the report by id. Raises UnknownToken for a bad point."""
    from tools.charts import native_chart, render_png

    facts = content.fact_map()
    made = {}
    for at, chart in enumerate(charts, 1):
        plain = chart.model_copy(update={"source": ""})
        native = native_chart(plain, facts, size=800, font=HEITI)
        made[chart.id] = Figure(at, native, b"" if native else render_png(plain, facts))
    return made


def figure_xml(name: str, chart: Chart, figure: Figure) -> str:
    """The drawing, then `图N　caption`, then where the data come from."""
    cx, cy = int(_WIDTH * _EMU), int(_WIDTH * _EMU * figure.ratio)
    alt = safe(chart.alt or chart.caption)
    ident = 1000 + figure.number
    if figure.native:
        graphic = (
            f'<a:graphicData uri="{_CHART}"><c:chart xmlns:c="{_CHART}" r:id="{figure.relation}"/></a:graphicData>'
        )
    else:
        graphic = (
            '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
            f'<pic:pic><pic:nvPicPr><pic:cNvPr id="{ident}" name="{safe(name)}.png" descr="{alt}"/>'
            f'<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="{figure.relation}"/><a:stretch><a:fillRect/>'
            f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData>'
        )
    lock = "" if figure.native else '<a:graphicFrameLocks noChangeAspect="1"/>'
    drawing = (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
        f'<wp:docPr id="{ident}" name="{safe(name)}" descr="{alt}"/>'
        f"<wp:cNvGraphicFramePr>{lock}</wp:cNvGraphicFramePr>"
        f"<a:graphic>{graphic}</a:graphic></wp:inline></w:drawing></w:r>"
    )
    below = words(chart.source, "Source") if chart.source else ""
    caption = words(f"{name}　{chart.caption}", "FigureCaption", "<w:keepNext/>" if below else "")
    return paragraph(drawing, "Figure") + caption + below
