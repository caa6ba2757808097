"""A chart as an editable office chart: DrawingML with its numbers, and the workbook that Word or PowerPoint opens.

Every plotted number is the printed number of a fact. One exception: a waterfall stands its bars on a hidden series
named `BASE`, which holds sums of them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from core.domain.fact import Fact
from core.domain.report import Chart
from tools.charts import palette
from tools.charts.plot import Plot, Trace, plot_of

BASE = "垫高（不显示）"
FORMS = frozenset({"trend", "bar", "barh", "stack", "ring", "histogram", "waterfall"})
"""Forms that office programs can draw; the others are pictures."""
_SPACE = "http://schemas.openxmlformats.org/drawingml/2006"
_PATTERNS = ("", "wdUpDiag", "pct30", "wdDnDiag", "", "diagCross")
_DASHES = ("solid", "dash", "dashDot", "sysDot")
_SYMBOLS = ("circle", "square", "triangle", "diamond")
_EPOCH = datetime(2000, 1, 1)


@dataclass(frozen=True)
class Native:
    """The chart part, its workbook, and the height that suits a width of 1."""

    xml: bytes
    workbook: bytes
    ratio: float

    def linked(self, relation: str) -> bytes:
        """The chart part with its workbook as relationship `relation`."""
        link = f'<c:externalData r:id="{relation}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
        return self.xml.removesuffix(b"</c:chartSpace>") + link.encode()


@dataclass(frozen=True)
class Row:
    """One series as it stands in the workbook: column `at` counts from 1."""

    at: int
    name: str
    values: tuple[Decimal | None, ...]
    decimals: int


def native_chart(chart: Chart, facts: Mapping[str, Fact], *, size: int = 800, font: str = "黑体") -> Native | None:
    """The chart with text of `size` hundredths of a point; None for a form that only a picture can show.

    Raises UnknownToken for a bad point.
    """
    plot = plot_of(chart, facts)
    if plot.form not in FORMS or plot.empty:
        return None
    from tools.charts.native_forms import body

    names, rows, inner, legend = body(plot, size)
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{_SPACE}/chart" xmlns:a="{_SPACE}/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<c:date1904 val="0"/><c:roundedCorners val="0"/><c:chart>'
        f"{_unit_line(plot, size)}"
        f"<c:plotArea>{inner}</c:plotArea>{_legend(legend)}"
        '<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f"{text(size, font=font)}"
        "</c:chartSpace>"
    )
    return Native(xml.encode(), _workbook(names, rows), _ratio(plot))


def text(size: int, colour: str = palette.INK, *, font: str = "", turn: str = "") -> str:
    """Text properties; `font` names the Chinese typeface where it is not inherited."""
    faces = f'<a:latin typeface="Times New Roman"/><a:ea typeface="{font}"/>' if font else ""
    return (
        f'<c:txPr><a:bodyPr{turn}/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}" b="0">{solid(colour)}{faces}'
        '</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour.lstrip("#")}"/></a:solidFill>'


def fill(index: int) -> str:
    """The colour of a series, patterned so that it can be told on a greyscale print."""
    pattern, colour = _PATTERNS[index % len(_PATTERNS)], palette.colour(index).lstrip("#")
    if not pattern:
        return solid(colour)
    return (
        f'<a:pattFill prst="{pattern}"><a:fgClr><a:srgbClr val="FFFFFF"/></a:fgClr>'
        f'<a:bgClr><a:srgbClr val="{colour}"/></a:bgClr></a:pattFill>'
    )


def stroke(index: int) -> tuple[str, str]:
    """Line and marker of a line series."""
    colour = palette.line_colour(index)
    line = f'<c:spPr><a:ln w="19050">{solid(colour)}<a:prstDash val="{_DASHES[index % 4]}"/></a:ln></c:spPr>'
    mark = (
        f'<c:marker><c:symbol val="{_SYMBOLS[index % 4]}"/><c:size val="5"/><c:spPr>{solid("FFFFFF")}'
        f'<a:ln w="12700">{solid(colour)}</a:ln></c:spPr></c:marker>'
    )
    return line, mark


def series(row: Row, names: Sequence[str], before: str, after: str = "") -> str:
    """`c:ser` with cached texts and numbers that refer to the workbook; schema order is the caller's care."""
    column, last = chr(ord("A") + row.at), len(names) + 1
    points = "".join(
        f'<c:pt idx="{at}"><c:v>{value:f}</c:v></c:pt>' for at, value in enumerate(row.values) if value is not None
    )
    texts = "".join(f'<c:pt idx="{at}"><c:v>{escape(name)}</c:v></c:pt>' for at, name in enumerate(names))
    return (
        f'<c:ser><c:idx val="{row.at - 1}"/><c:order val="{row.at - 1}"/><c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f>'
        f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{escape(row.name)}</c:v></c:pt></c:strCache></c:strRef>'
        f"</c:tx>{before}"
        f'<c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache><c:ptCount val="{len(names)}"/>{texts}'
        f"</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f><c:numCache>"
        f'<c:formatCode>{code(row.decimals)}</c:formatCode><c:ptCount val="{len(names)}"/>{points}'
        f"</c:numCache></c:numRef></c:val>{after}</c:ser>"
    )


def code(decimals: int, sign: str = "") -> str:
    """A number format that prints exactly the decimals of the printed form."""
    return sign + "0" + ("." + "0" * decimals if decimals else "")


def row_of(trace: Trace, at: int) -> Row:
    decimals = max((len(shown.partition(".")[2]) for shown in trace.printed), default=0)
    return Row(at, trace.name, trace.values, decimals)


def _unit_line(plot: Plot, size: int) -> str:
    words = f"单位：{plot.unit}" if plot.unit else ""
    if plot.on("right") and plot.right_unit:
        words += ("　" if words else "") + f"折线：{plot.right_unit}"
    if not words:
        return '<c:autoTitleDeleted val="1"/>'
    return (
        f'<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}" b="0"/></a:pPr>'
        f'<a:r><a:rPr lang="zh-CN" sz="{size}" b="0">{solid(palette.MUTED)}</a:rPr><a:t>{escape(words)}</a:t></a:r>'
        '</a:p></c:rich></c:tx><c:layout><c:manualLayout><c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0.01"/>'
        '<c:y val="0.01"/></c:manualLayout></c:layout><c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>'
    )


def _legend(place: str) -> str:
    if not place:
        return ""
    hidden = '<c:legendEntry><c:idx val="0"/><c:delete val="1"/></c:legendEntry>' if place == "hide-first" else ""
    side = "t" if place == "hide-first" else place
    return f'<c:legend><c:legendPos val="{side}"/>{hidden}<c:overlay val="0"/></c:legend>'


def _ratio(plot: Plot) -> float:
    """Height for a width of 1: a ranking grows with its rows."""
    if plot.form == "barh":
        return min(max(0.12 + 0.042 * len(plot.categories) * max(1.0, 0.7 * len(plot.traces)), 0.3), 1.0)
    return 0.5 if plot.form == "ring" else 0.44


def _workbook(names: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A one-sheet workbook with stable bytes."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _EPOCH, "author": "grid-marketing-agent"})
    sheet = book.add_worksheet("Sheet1")
    for at, name in enumerate(names, 1):
        sheet.write_string(at, 0, name)
    for row in rows:
        sheet.write_string(0, row.at, row.name)
        form = book.add_format({"num_format": code(row.decimals)})
        for at, value in enumerate(row.values, 1):
            if value is not None:
                sheet.write_number(at, row.at, float(value), form)
    book.close()
    return out.getvalue()
