"""Charts for the chat: a chart description with its facts becomes plain numbers that the element draws as SVG."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.fact import Fact
from core.domain.report import Chart, Point
from core.domain.tokens import UnknownToken, number, unit_scale
from tools.charts.shades import shades


def figure(chart: Chart, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """`series[].points` hold `{v, t, f}` (number to draw, text to print, fact id) or null where there is no number."""
    rows = [[_point(point, chart.unit, facts) for point in series.points] for series in chart.series]
    if chart.form in {"heat", "tiles"}:
        _shade(rows)
    return {
        "kind": "chart",
        "id": chart.id,
        "caption": chart.caption,
        "form": chart.form,
        "categories": list(chart.categories),
        "unit": chart.unit,
        "rightUnit": chart.right_unit,
        "source": chart.source.removeprefix("数据来源："),
        "alt": chart.alt or chart.caption,
        "series": [
            {
                "name": series.name,
                "mark": series.mark,
                "axis": series.axis,
                "points": points,
            }
            for series, points in zip(chart.series, rows, strict=True)
        ],
    }


def _point(point: Point | None, unit: str, facts: Mapping[str, Fact]) -> dict[str, Any] | None:
    fact = facts.get(point.fact) if point else None
    if point is None or fact is None:
        return None
    try:
        value = number(fact, _display(fact, unit) if point.field in {"value", "ytd"} else "", point.field)
    except UnknownToken:
        return None
    return {"v": float(value), "t": f"{value:,f}", "f": fact.id}


def _shade(rows: list[list[dict[str, Any] | None]]) -> None:
    """Put the fill and the ink of its shade on every point."""
    flat = [point for row in rows for point in row]
    for point, (fill, ink) in zip(flat, shades([point["v"] if point else None for point in flat]), strict=True):
        if point:
            point |= {"fill": fill, "ink": ink}


def _display(fact: Fact, unit: str) -> str:
    """The chart's unit where it fits the fact; a base unit such as kWh may be written in Chinese."""
    try:
        unit_scale(fact.unit, unit)
    except UnknownToken:
        return ""
    return unit


def figure_facts(chart: Chart) -> list[str]:
    """Ids of the facts that a chart draws."""
    return [point.fact for series in chart.series for point in series.points if point is not None]
