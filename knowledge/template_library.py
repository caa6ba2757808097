"""Report templates (报告模板): one YAML each in `knowledge/templates/`, validated as a set.

A section names the facts it needs under aliases and writes sentences with those aliases as tokens. Grammar of a
sentence: `{{alias}}`, `{{alias.yoy}}`, `{{alias:n:万元}}` as in `core.domain.tokens`; `[[…]]` marks a clause that is
left out when one of its tokens has no number; a sentence whose other tokens have none is left out whole.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import Broken


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Need(Frozen):
    """One request to the indicator engine; `months` asks for that many months up to the report's."""

    indicator: str
    part: str | None = None
    by: str | None = None
    months: int = 0
    limit: int | None = None


class Each(Frozen):
    """A sentence made of one item per member of a group, e.g. per county."""

    each: str
    item: str
    lead: str = ""
    join: str = "，"
    end: str = "。"
    sort: Literal["", "value", "yoy", "mom"] = ""
    order: Literal["desc", "asc"] = "desc"
    limit: int = 20


class ColumnSpec(Frozen):
    header: str
    of: str = ""
    field: Literal["label", "name", "unit", "value", "yoy", "mom", "ytd", "ytd_yoy"] = "value"
    unit: str = ""
    width: float = 1.0


class TableSpec(Frozen):
    """`rows`: one fact a row. `each`: one member of a group a row, other groups joined by member."""

    id: str
    caption: str
    rows: tuple[str, ...] = ()
    each: str = ""
    columns: tuple[ColumnSpec, ...]
    total: dict[str, str] = Field(default_factory=dict)
    total_label: str = "合计"
    sort: str = ""
    order: Literal["desc", "asc"] = "desc"
    limit: int = 40
    notes: tuple[str, ...] = ()


class SeriesSpec(Frozen):
    name: str
    of: str
    field: Literal["value", "yoy", "mom", "ytd", "ytd_yoy"] = "value"
    mark: Literal["bar", "line"] = "bar"
    axis: Literal["left", "right"] = "left"


class ChartSpec(Frozen):
    id: str
    caption: str
    form: Literal["trend", "bar", "barh", "stack", "ring", "histogram", "waterfall"]
    series: tuple[SeriesSpec, ...]
    unit: str = ""
    right_unit: str = ""
    limit: int = 13


class SectionSpec(Frozen):
    """One section; `analysis` names analyses whose facts and findings it also shows."""

    id: str
    heading: str
    level: Literal[1, 2] = 1
    need: dict[str, Need] = Field(default_factory=dict)
    analysis: tuple[str, ...] = ()
    write: tuple[tuple[str | Each, ...], ...] = ()
    tables: tuple[TableSpec, ...] = ()
    charts: tuple[ChartSpec, ...] = ()
    listing: Literal["", "problems", "measures"] = ""
    thin: str = ""


class Template(Frozen):
    """`anchors` are indicators of which at least one must have a number: without any there is nothing to report."""

    id: str
    name: str
    title: str
    description: str = ""
    version: str
    grain: Literal["month", "week", "quarter", "range"] = "month"
    grains: tuple[str, ...] = ("month",)
    audience: str = ""
    synonyms: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    sections: tuple[SectionSpec, ...]


@cache
def templates() -> dict[str, Template]:
    """Every template by id; raises Broken with the file and the place of a mistake."""
    out: dict[str, Template] = {}
    for path in sorted(files("knowledge").joinpath("templates").iterdir(), key=lambda item: item.name):
        if not path.name.endswith(".yaml"):
            continue
        template = _load(path.name, yaml.safe_load(path.read_text(encoding="utf-8")))
        if template.id in out:
            raise Broken(f"模板编号 {template.id} 重复（{path.name}）。", "每个模板一个文件、一个编号。")
        out[template.id] = template
    return out


def _load(name: str, data: Any) -> Template:
    try:
        template = Template.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(str(part) for part in first["loc"])
        raise Broken(f"模板 {name} 的「{place}」有误：{first['msg']}", "请按模板说明改正后重试。") from error
    for section in template.sections:
        known = set(section.need)
        for chart in section.charts:
            missing = [series.of for series in chart.series if series.of not in known and not section.analysis]
            if missing:
                raise Broken(f"模板 {name} 的图「{chart.caption}」用到未声明的 {missing[0]}。", "请在 need 里声明。")
    return template
