"""The contract of a source plug-in: every other file of this folder that exports `SOURCE` is one.

A source declares its datasets in canonical names (the data contract); how a site's own tables become them is adapter
configuration (`mapping`), and who may see which rows is decided by `org_column` or `scope_via`, never by a prompt.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from core.errors import Broken
from core.settings import SOURCES

Sensitive = Literal["person_name", "phone", "address", "free_text"]

TYPES = MappingProxyType(
    {
        "text": "VARCHAR",
        "int": "INTEGER",
        "bool": "BOOLEAN",
        "date": "DATE",
        "time": "TIMESTAMP",
        "reading": "DECIMAL(12,2)",
        "total": "DECIMAL(18,2)",
        "capacity": "DECIMAL(12,2)",
        "volt": "DECIMAL(6,2)",
        "degree": "DECIMAL(4,1)",
        "percent": "DECIMAL(9,4)",
    }
)
"""Words of the declarations and their canonical DuckDB types; energy, money and capacity are always DECIMAL."""


@dataclass(frozen=True)
class Column:
    """One canonical column: its DuckDB type, and which masking rule its values fall under (None: clear inside)."""

    name: str
    type: str
    sensitive: Sensitive | None = None


@dataclass(frozen=True)
class Dataset:
    """One canonical table.

    Rows are scoped by the prefix of `org_column`; where a table has none, `scope_via` = (own key column, other source,
    other dataset, other key column) scopes it by the keys visible in the other dataset. `date_column` says how new
    the rows are: a DATE, a TIMESTAMP or a month text like `2026-10`. A source need not have an `optional` one.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    org_column: str | None = "org_code"
    scope_via: tuple[str, str, str, str] | None = None
    date_column: str | None = None
    optional: bool = False

    def column(self, name: str) -> Column | None:
        """The column of that name (lower case), or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class Source:
    """One source system; `freshness` names the dataset whose newest row says how fresh the source is."""

    name: str
    label: str
    datasets: tuple[Dataset, ...]
    freshness: str

    def dataset(self, name: str) -> Dataset | None:
        """The dataset of that name (lower case), or None."""
        return next((dataset for dataset in self.datasets if dataset.name == name), None)


def columns(text: str) -> tuple[Column, ...]:
    """Read `name:type` or `name:type!sensitive` words; a bare `name` is text. Raises Broken for an unknown word."""
    out: list[Column] = []
    for word in text.split():
        match = re.fullmatch(r"(\w+)(?::(\w+))?(?:!(person_name|phone|address|free_text))?", word)
        if match is None or (match[2] or "text") not in TYPES:
            raise Broken(f"数据源声明里的列「{word}」写法不对", "请写成 列名:类型 或 列名:类型!脱敏类别")
        out.append(Column(match[1], TYPES[match[2] or "text"], match[3]))  # type: ignore[arg-type]
    return tuple(out)


DELIVERIES = Dataset(
    "delivery_day",
    "数据交接日志",
    columns("dataset org_code date:date row_count:int"),
    date_column="date",
    optional=True,
)
"""How many rows of each dataset the source delivered for each unit and day, none included: what is not in it did not
arrive. The one proof that a unit without events had a quiet day."""


@cache
def all_sources() -> dict[str, Source]:
    """Every source by name, in the order of the settings. Raises Broken for duplicates or dangling scopes."""
    found: dict[str, Source] = {}
    for module in SOURCES:
        source = importlib.import_module(f"tools.sources.{module}").SOURCE
        if source.name in found:
            raise Broken(f"数据源「{source.name}」声明了两次", "请删去重复的声明文件")
        found[source.name] = source
    for source in found.values():
        _verify(source, found)
    return found


def _verify(source: Source, found: dict[str, Source]) -> None:
    names = [dataset.name for dataset in source.datasets]
    if len(set(names)) != len(names) or source.freshness not in names:
        raise Broken(f"数据源「{source.name}」的数据表重复，或 freshness 指向不存在的表")
    for dataset in source.datasets:
        fields = [column.name for column in dataset.columns]
        if len(set(fields)) != len(fields):
            raise Broken(f"数据表「{source.name}.{dataset.name}」有重名列")
        if dataset.scope_via is None:
            if dataset.org_column not in fields:
                raise Broken(f"数据表「{source.name}.{dataset.name}」没有权限范围列", "请声明 org_column 或 scope_via")
            continue
        own, other, table, key = dataset.scope_via
        target = found[other].dataset(table) if other in found else None
        if own not in fields or target is None or target.column(key) is None:
            raise Broken(f"数据表「{source.name}.{dataset.name}」的 scope_via 指向不存在的表或列")
