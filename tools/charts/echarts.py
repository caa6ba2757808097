"""The ECharts option of a chart, for the chat: plain JSON whose every datum carries the id of its fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.fact import Fact
from core.domain.report import Chart
from tools.charts import palette
from tools.charts.plot import Plot, Trace, plot_of

_FONT = "'Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif"


def echart(chart: Chart, facts: Mapping[str, Fact]) -> dict[str, Any]:
    """An option dict; `data` items are `{value, fact}` or None. Raises UnknownToken for a bad point."""
    plot = plot_of(chart, facts)
    option: dict[str, Any] = {
        "aria": {"enabled": True, "decal": {"show": True}, "label": {"description": chart.alt or chart.caption}},
        "animation": False,
        "color": list(palette.SERIES),
        "textStyle": {"fontFamily": _FONT},
        "title": {"text": chart.caption, "subtext": chart.source, "left": "center", "textStyle": {"fontSize": 14}},
        "legend": {"top": 46, "show": len(plot.traces) > 1},
        "tooltip": {"trigger": "item", "confine": True},
    }
    if plot.form == "ring":
        return option | {"series": [_ring(plot)], "legend": {"bottom": 0, "show": True}}
    option["grid"] = {"left": 12, "right": 12, "top": 92, "bottom": 12, "containLabel": True}
    names = {"type": "category", "data": list(plot.categories), "axisLabel": {"hideOverlap": False}}
    values: list[dict[str, Any]] = [{"type": "value", "name": plot.unit, "scale": plot.form == "waterfall"}]
    if plot.on("right"):
        values.append({"type": "value", "name": plot.right_unit, "scale": True, "splitLine": {"show": False}})
    if plot.form == "barh":
        option |= {"xAxis": values[0], "yAxis": names | {"inverse": True}}
    else:
        option |= {"xAxis": names, "yAxis": values if len(values) > 1 else values[0]}
    if plot.form == "waterfall":
        return option | {"series": _waterfall(plot), "legend": {"show": False}}
    return option | {"series": [_series(plot, trace) for trace in plot.traces]}


def _data(trace: Trace) -> list[dict[str, Any] | None]:
    return [
        None if value is None else {"value": float(value), "fact": fact}
        for value, fact in zip(trace.values, trace.facts, strict=True)
    ]


def _series(plot: Plot, trace: Trace) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": trace.name,
        "type": trace.mark,
        "data": _data(trace),
        "label": {
            "show": len(plot.categories) * len(plot.traces) <= 16,
            "position": "right" if plot.form == "barh" else "top",
        },
    }
    if trace.axis == "right":
        out["yAxisIndex"] = 1
    if plot.form == "stack":
        out |= {"stack": "all", "label": {"show": True, "position": "inside"}}
    if plot.form == "histogram":
        out["barCategoryGap"] = "4%"
    return out


def _ring(plot: Plot) -> dict[str, Any]:
    trace = plot.traces[0]
    data = [item | {"name": name} for name, item in zip(plot.categories, _data(trace), strict=True) if item]
    return {
        "name": trace.name,
        "type": "pie",
        "radius": ["42%", "66%"],
        "startAngle": 90,
        "data": data,
        "label": {"formatter": "{b} {c}" + plot.unit},
    }


def _waterfall(plot: Plot) -> list[dict[str, Any]]:
    """A clear base under each change; the base is drawing, not data, and carries no fact."""
    trace = plot.traces[0]
    base: list[float] = []
    shown: list[dict[str, Any] | None] = []
    level, last = 0.0, len(trace.values) - 1
    for at, item in enumerate(_data(trace)):
        value = float(item["value"]) if item else 0.0
        if at in {0, last}:
            base.append(0.0)
            level = value
            shown.append(item and item | {"itemStyle": {"color": palette.LEVEL}})
            continue
        base.append(min(level, level + value))
        level += value
        colour = palette.RISE if value >= 0 else palette.FALL
        label = {"show": True, "position": "top", "formatter": f"{value:+.{_places(trace.printed[at])}f}"}
        shown.append(item and item | {"value": abs(value), "itemStyle": {"color": colour}, "label": label})
    hidden = {"type": "bar", "stack": "all", "silent": True, "itemStyle": {"color": "transparent"}, "data": base}
    visible = {
        "name": trace.name,
        "type": "bar",
        "stack": "all",
        "data": shown,
        "label": {"show": True, "position": "top"},
    }
    return [hidden, visible]


def _places(printed: str) -> int:
    return len(printed.partition(".")[2])
