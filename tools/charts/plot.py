"""From a chart description and its facts to the numbers that are plotted: the same rounded numbers that are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.domain.fact import Fact
from core.domain.report import Chart, Point
from core.domain.tokens import UnknownToken, number

_MONTH = re.compile(r"(\d{4})年(\d{1,2})月")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")


@dataclass(frozen=True)
class Trace:
    """One series: display-unit numbers and their printed forms, None and "" where a fact has no number."""

    name: str
    mark: Literal["bar", "line"]
    axis: Literal["left", "right"]
    unit: str
    values: tuple[Decimal | None, ...]
    printed: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Plot:
    """A chart whose facts are resolved; `ticks` are the categories in their short axis form."""

    form: str
    caption: str
    categories: tuple[str, ...]
    ticks: tuple[str, ...]
    traces: tuple[Trace, ...]
    unit: str
    right_unit: str
    source: str

    def on(self, axis: str) -> list[Trace]:
        return [trace for trace in self.traces if trace.axis == axis]

    @property
    def empty(self) -> bool:
        return all(value is None for trace in self.traces for value in trace.values)


def plot_of(chart: Chart, facts: Mapping[str, Fact]) -> Plot:
    """Resolve every point. Raises UnknownToken for an unknown fact, or a unit that cannot show it."""
    traces = []
    for series in chart.series:
        if len(series.points) != len(chart.categories):
            raise UnknownToken(f"图「{chart.caption}」的系列「{series.name}」点数与类别数不一致")
        unit = chart.right_unit if series.axis == "right" else chart.unit
        values = tuple(_value(point, unit, facts) for point in series.points)
        traces.append(
            Trace(
                name=series.name,
                mark=series.mark,
                axis=series.axis,
                unit=unit,
                values=values,
                printed=tuple("" if value is None else f"{value:f}" for value in values),
                facts=tuple(point.fact if point else "" for point in series.points),
            )
        )
    return Plot(
        form=chart.form,
        caption=chart.caption,
        categories=chart.categories,
        ticks=short_ticks(chart.categories),
        traces=tuple(traces),
        unit=chart.unit,
        right_unit=chart.right_unit,
        source=chart.source,
    )


def _value(point: Point | None, unit: str, facts: Mapping[str, Fact]) -> Decimal | None:
    if point is None:
        return None
    fact = facts.get(point.fact)
    if fact is None:
        raise UnknownToken(f"图里引用了不存在的事实 {point.fact}")
    if not fact.has_value:
        return None
    if point.field not in {"value", "ytd"}:
        return None if getattr(fact.compare, point.field) is None else number(fact, field=point.field)
    if point.field == "ytd" and fact.compare.ytd is None:
        return None
    return number(fact, unit, point.field)


def short_ticks(categories: Sequence[str]) -> tuple[str, ...]:
    """Axis forms: a run of months prints the year once (`10月` over `2025年`), a run of days the month; others stay."""
    out: list[str] = []
    year = month = ""
    for text in categories:
        day = _DAY.fullmatch(text)
        if day is not None:
            out.append(f"{day[3]}日" + (f"\n{day[2]}月" if day[2] != month else ""))
            month = day[2]
            continue
        match = _MONTH.fullmatch(text)
        if match is None:
            out.append(text)
            continue
        out.append(f"{match[2]}月" + (f"\n{match[1]}年" if match[1] != year else ""))
        year = match[1]
    return tuple(out)
