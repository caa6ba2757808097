"""The plot area of an editable office chart, form by form: groups of series and their axes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tools.charts import palette
from tools.charts.native import BASE, Row, code, fill, row_of, series, solid, stroke, text
from tools.charts.plot import Plot

Body = tuple[tuple[str, ...], list[Row], str, str]
"""Category names, rows of the workbook, XML of the plot area, place of the legend."""
_HIDDEN = "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
_EDGE = f'<a:ln w="3175">{solid("FFFFFF")}</a:ln>'
_ROOM = 17
"""So many bars in all still have room for a number each."""


def body(plot: Plot, size: int) -> Body:
    """Everything inside the plot area, its layout first."""
    if plot.form == "ring":
        return _ring(plot, size)
    if plot.form == "waterfall" and (made := _waterfall(plot, size)):
        return made
    return _columns(plot, size)


def labels(size: int, place: str, decimals: int, colour: str = palette.INK, sign: str = "") -> str:
    return (
        f'<c:dLbls><c:numFmt formatCode="{code(decimals, sign).replace(chr(34), "&quot;")}" sourceLinked="0"/>'
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{text(size, colour)}"
        f'<c:dLblPos val="{place}"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )


_ASLANT = ' rot="-2700000" vert="horz"'
"""45 degrees, rising."""


def axes(
    size: int,
    *,
    lying: bool = False,
    values: bool = True,
    second: bool = False,
    bare: bool = False,
    floor: str = "",
    turned: bool = False,
) -> str:
    """A category and a value axis; `values` shows numbers along it, `turned` sets the names of categories aslant.

    `second` adds the right-hand pair, without numbers when `bare` (a deleted axis loses its lines in LibreOffice).
    """
    line = f'<c:spPr><a:ln w="6350">{solid(palette.MUTED)}</a:ln></c:spPr>'
    grid = f'<c:majorGridlines><c:spPr><a:ln w="6350">{solid(palette.GRID)}</a:ln></c:spPr></c:majorGridlines>'
    order, sides = ("maxMin", ("l", "t")) if lying else ("minMax", ("b", "l"))
    small = round(size * 0.94)
    slant = _ASLANT if turned else ""
    out = (
        f'<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{sides[0]}"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{line}{text(small, turn=slant)}<c:crossAx val="112"/>'
        '<c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="60"/>'
        '<c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="112"/><c:scaling><c:orientation val="minMax"/>{floor}</c:scaling>'
        f'<c:delete val="{0 if values else 1}"/><c:axPos val="{sides[1]}"/>{grid if values else ""}'
        '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{text(small)}<c:crossAx val="111"/>'
        '<c:crosses val="autoZero"/></c:valAx>'
    )
    if not second:
        return out
    return out + (
        '<c:catAx><c:axId val="113"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="1"/>'
        '<c:axPos val="b"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        '<c:crossAx val="114"/><c:crosses val="autoZero"/></c:catAx>'
        '<c:valAx><c:axId val="114"/><c:scaling><c:orientation val="minMax"/>{room}</c:scaling>'
        '<c:delete val="0"/>'
        '<c:axPos val="r"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="{"none" if bare else "high"}"/>'
        f"<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>{text(small)}"
        '<c:crossAx val="113"/><c:crosses val="max"/></c:valAx>'
    )


def _columns(plot: Plot, size: int) -> Body:
    lying, stacked = plot.form == "barh", plot.form == "stack"
    rows = [row_of(trace, at) for at, trace in enumerate(plot.traces, 1)]
    pairs = list(zip(plot.traces, rows, strict=True))
    names = plot.categories
    bars = [row for trace, row in pairs if trace.mark == "bar" or plot.form in {"barh", "stack", "histogram"}]
    lines = [(trace, row) for trace, row in pairs if row not in bars]
    roomy = lying or len(names) * max(len(bars), 1) <= _ROOM
    small = size if len(names) * max(len(bars), 1) <= 8 or lying else round(size * 0.82)
    place = "ctr" if stacked else "outEnd"
    out = ""
    if bars:
        kept = "".join(
            series(
                row,
                names,
                f'<c:spPr>{fill(at)}{_EDGE}</c:spPr><c:invertIfNegative val="0"/>'
                + (labels(small, place, row.decimals) if roomy else ""),
            )
            for at, row in enumerate(bars)
        )
        gap = 6 if plot.form == "histogram" else 45 if lying else 60
        out += (
            f'<c:barChart><c:barDir val="{"bar" if lying else "col"}"/>'
            f'<c:grouping val="{"stacked" if stacked else "clustered"}"/><c:varyColors val="0"/>{kept}'
            f'<c:gapWidth val="{gap}"/>{"<c:overlap val=" + chr(34) + "100" + chr(34) + "/>" if stacked else ""}'
            '<c:axId val="111"/><c:axId val="112"/></c:barChart>'
        )
    right = False
    labelled = len(names) <= 14
    for axis, ids in (("left", (111, 112)), ("right", (113, 114))):
        drawn = [(at, row) for at, (trace, row) in enumerate(lines) if trace.axis == axis]
        if not drawn:
            continue
        right = right or axis == "right"
        kept = "".join(_line(row, at, names, small, labelled) for at, row in drawn)
        out += (
            f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{kept}<c:marker val="1"/>'
            f'<c:axId val="{ids[0]}"/><c:axId val="{ids[1]}"/></c:lineChart>'
        )
    floor = _headroom([row for row in bars], 1.7) if right and bars else _floating(bars, lines)
    # many long names, such as those of days, would break into three lines each
    turned = not lying and len(names) > 8 and max(map(len, names)) > 5
    shown = axes(size, lying=lying, values=not lying, second=right, bare=labelled, floor=floor, turned=turned)
    room = _upper([row for trace, row in lines if trace.axis == "right"])
    return names, rows, "<c:layout/>" + out + shown.replace("{room}", room), "t" if len(rows) > 1 else ""


def _line(row: Row, at: int, names: Sequence[str], size: int, labelled: bool) -> str:
    line, mark = stroke(at)
    shown = labels(size, "t" if at % 2 == 0 else "b", row.decimals, palette.line_colour(at)) if labelled else ""
    return series(row, names, line + mark + shown, '<c:smooth val="0"/>')


def _numbers(rows: Sequence[Row]) -> list[Decimal]:
    return [value for row in rows for value in row.values if value is not None]


def _headroom(rows: Sequence[Row], times: float) -> str:
    """Room above the bars for a line that floats there."""
    values = _numbers(rows)
    top = max(values, default=Decimal(0))
    if top <= 0 or min(values) < 0:
        return ""
    step = Decimal(10) ** (top.adjusted())
    return f'<c:max val="{(top * Decimal(str(times)) / step).to_integral_value() * step:f}"/><c:min val="0"/>'


def _floating(bars: Sequence[Row], lines: Sequence[tuple[object, Row]]) -> str:
    """Lines alone need not start at zero."""
    values = _numbers([row for _, row in lines])
    if bars or not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or abs(high) / 10 or Decimal(1)
    step = Decimal(10) ** (span.adjusted())
    bottom = ((low - span / 2) / step).to_integral_value(rounding="ROUND_FLOOR") * step
    return f'<c:min val="{max(bottom, Decimal(0)) if low >= 0 else bottom:f}"/>'


def _upper(rows: Sequence[Row]) -> str:
    """Keep right-hand lines in the upper third, clear of the bars."""
    values = _numbers(rows)
    if not values:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or max(abs(high) / 5, Decimal(1))
    step = Decimal(10) ** (span.adjusted())
    top = ((high + span * Decimal("0.35")) / step).to_integral_value(rounding="ROUND_CEILING") * step
    bottom = ((low - span * Decimal("2.4")) / step).to_integral_value(rounding="ROUND_FLOOR") * step
    return f'<c:max val="{top:f}"/><c:min val="{bottom:f}"/>'


_THIN = Decimal("0.05")
"""Share of the whole below which a part has no room for its name."""


def _ring(plot: Plot, size: int) -> Body:
    """Parts of a whole with name and number beside each; a pie, because labels cannot stand outside a ring.

    Several thin parts would write over each other: they are named in a legend instead.
    """
    trace = plot.traces[0]
    kept = [at for at, value in enumerate(trace.values) if value is not None and value > 0]
    names = tuple(plot.categories[at] for at in kept)
    row = Row(1, trace.name, tuple(trace.values[at] for at in kept), row_of(trace, 1).decimals)
    points = "".join(
        f'<c:dPt><c:idx val="{at}"/><c:bubble3D val="0"/><c:spPr>{fill(at)}<a:ln w="12700">{solid("FFFFFF")}</a:ln>'
        "</c:spPr></c:dPt>"
        for at in range(len(kept))
    )
    named = labels(size, "outEnd", row.decimals).replace('showCatName val="0"', 'showCatName val="1"')
    named = named.replace("</c:dLbls>", '<c:separator>　</c:separator><c:showLeaderLines val="1"/></c:dLbls>')
    whole = sum((value for value in row.values if value is not None), Decimal(0))
    thin = [at for at, value in enumerate(row.values) if value is not None and value < whole * _THIN]
    if len(thin) > 1:
        silent = "".join(f'<c:dLbl><c:idx val="{at}"/><c:delete val="1"/></c:dLbl>' for at in thin)
        named = named.replace("<c:dLbls>", f"<c:dLbls>{silent}")
    left = "0.2" if len(thin) > 1 else "0.31"
    layout = (
        '<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        f'<c:x val="{left}"/><c:y val="0.14"/><c:w val="0.38"/><c:h val="0.76"/></c:manualLayout></c:layout>'
    )
    inner = (
        f'<c:pieChart><c:varyColors val="1"/>{series(row, names, points + named)}'
        '<c:firstSliceAng val="0"/></c:pieChart>'
    )
    return names, [row], layout + inner, "r" if len(thin) > 1 else ""


def _waterfall(plot: Plot, size: int) -> Body | None:
    """Levels and changes on a hidden base; None when the way leads below zero, where stacking would lie."""
    trace = plot.traces[0]
    values = [value if value is not None else Decimal(0) for value in trace.values]
    last = len(values) - 1
    blank: list[Decimal | None] = [None] * len(values)
    base, whole, up, down = list(blank), list(blank), list(blank), list(blank)
    level = Decimal(0)
    for at, value in enumerate(values):
        if at in {0, last}:
            whole[at] = level = value
        else:
            base[at] = min(level, level + value)
            (up if value >= 0 else down)[at] = abs(value)
            level += value
        if level < 0:
            return None
    decimals = row_of(trace, 1).decimals
    rows = [
        Row(1, BASE, tuple(base), decimals),
        Row(2, trace.name, tuple(whole), decimals),
        Row(3, "增加", tuple(up), decimals),
        Row(4, "减少", tuple(down), decimals),
    ]
    fills = ("", fill(0), _patterned(palette.RISE, "wdUpDiag"), _patterned(palette.FALL, "pct30"))
    signs = ("", "", '"+"', '"-"')
    shown = [
        series(
            row,
            plot.categories,
            (_HIDDEN if not paint else f"<c:spPr>{paint}{_EDGE}</c:spPr>")
            + '<c:invertIfNegative val="0"/>'
            + (labels(size, "inEnd" if row.at == 2 else "ctr", decimals, *_ink(row.at), sign=sign) if paint else ""),
        )
        for row, paint, sign in zip(rows, fills, signs, strict=True)
    ]
    inner = (
        '<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>'
        f'{"".join(shown)}<c:gapWidth val="60"/><c:overlap val="100"/><c:axId val="111"/><c:axId val="112"/>'
        "</c:barChart>"
    )
    heights = [value for value in (*whole, *base) if value is not None]
    low, high = min(heights), max(heights)
    moved = (high - low) or high or Decimal(1)
    cut = low > 3 * moved
    floor = f'<c:min val="{(low - moved * Decimal("0.6")).quantize(Decimal(1)):f}"/>' if cut else ""
    return plot.categories, rows, "<c:layout/>" + inner + axes(size, values=cut, floor=floor), "hide-first"


def _ink(at: int) -> tuple[str]:
    return ("FFFFFF",) if at == 2 else (palette.INK,)


def _patterned(colour: str, pattern: str) -> str:
    return (
        f'<a:pattFill prst="{pattern}"><a:fgClr><a:srgbClr val="FFFFFF"/></a:fgClr>'
        f'<a:bgClr><a:srgbClr val="{colour.lstrip("#")}"/></a:bgClr></a:pattFill>'
    )
