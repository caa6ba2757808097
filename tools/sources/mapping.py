"""A site's adapter configuration: its own tables and columns under the canonical names. Data, never code.

One YAML (`Settings.source_mapping`), `${NAME}` taken from the environment::

    absent: [service]                  # systems that this site has not connected: no data, said plainly
    sources:
      marketing:
        datasets:
          bill:
            table: YX.V_DFZD           # or  query: SELECT …  in the site's own dialect
            columns: {cons_no: YHBH, kwh_total: "ZDL / 100"}     # canonical name: column or expression of the site
            missing: [reversal_of]     # columns that the site lacks: always NULL
          pv_plant: absent             # a table that the site lacks
      acquisition:
        file: ${PARQUET}               # a Parquet or CSV file; queries read it under the name `data`
        datasets: {energy_day: {columns: {...}}}

Columns that are neither mapped nor missing keep their canonical name. With `file:` only the datasets listed exist.
`org:` gives an expression of the unit code for a dataset that has no unit column of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import BadRequest
from core.settings import Settings
from tools.sources import Dataset, Source, all_sources

_DATASET_KEYS = {"table", "query", "columns", "missing", "org"}
_SOURCE_KEYS = {"file", "datasets"}


@dataclass(frozen=True)
class DatasetMap:
    """Where one dataset comes from. `columns` are expressions in the site's dialect; `absent` datasets have no rows."""

    table: str | None = None
    query: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    org: str | None = None
    absent: bool = False


@dataclass(frozen=True)
class SourceMap:
    """One source at this site; `absent` means not connected, `file` a Parquet or CSV file instead of a database."""

    datasets: Mapping[str, DatasetMap] = field(default_factory=dict)
    file: Path | None = None
    absent: bool = False

    def dataset(self, name: str) -> DatasetMap:
        """The mapping of one dataset; unlisted ones are themselves, or absent where the source is a file."""
        found = self.datasets.get(name)
        if found is not None:
            return found
        return DatasetMap(absent=self.absent or self.file is not None)


SiteMap = Mapping[str, SourceMap]


def load_site(settings: Settings) -> SiteMap:
    """The site's mapping, empty without one. Raises BadRequest that names the place and the mistake."""
    path = settings.source_mapping
    if path is None:
        return {}
    import yaml

    try:
        raw = yaml.safe_load(_expand(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadRequest(f"映射文件 {path.name} 读不到", "请检查 GMA_SOURCE_MAPPING 的路径与权限") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadRequest(f"映射文件 {path.name} 不是合法的 YAML（UTF-8）", "请检查缩进与冒号") from error
    return parse_site(raw, settings)


def parse_site(raw: Any, settings: Settings) -> SiteMap:
    """Check a parsed mapping against the declarations. Raises BadRequest for the first mistake."""
    top = _table(raw, "映射文件", {"absent", "sources"})
    sources = all_sources()
    site: dict[str, SourceMap] = {}
    for name in _names(top.get("absent"), "absent"):
        _known(name, sources, "数据源")
        site[name] = SourceMap(absent=True)
    for name, body in _table(top.get("sources"), "sources", None).items():
        _known(name, sources, "数据源")
        if name in site:
            raise BadRequest(f"映射：数据源 {name} 既在 absent 里又在 sources 里", "请只保留一处")
        site[name] = _source(body, sources[name], settings)
    return site


def _expand(text: str) -> str:
    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if found is None:
            raise BadRequest(f"映射文件用到的环境变量 {match[1]} 没有设置", f"请先设置 {match[1]} 再启动")
        return found

    return re.sub(r"\$\{(\w+)\}", value, text)


def _source(body: Any, source: Source, settings: Settings) -> SourceMap:
    where = f"映射 {source.name}"
    table = _table(body, where, _SOURCE_KEYS)
    file = Path(str(table["file"])) if table.get("file") else None
    url = settings.source_url(source.name)
    if url.startswith(("http://", "https://")):
        raise BadRequest(f"{where}：HTTP 数据源不做映射", "请让接口按数据约定的列名返回，或改用数据库地址")
    if file is not None and not settings.is_demo(source.name):
        raise BadRequest(f"{where}：同时给了 file 和数据源地址", f"请去掉 file 或 GMA_SOURCE_{source.name.upper()}_URL")
    if file is not None and not file.is_file():
        raise BadRequest(f"{where}：文件 {file.name} 不存在", "请检查 file 的路径")
    if file is not None and file.suffix.lower() not in {".parquet", ".csv"}:
        raise BadRequest(f"{where}：不认识文件 {file.name}", "请提供 .parquet 或 .csv 文件")
    datasets: dict[str, DatasetMap] = {}
    for name, entry in _table(table.get("datasets"), f"{where}.datasets", None).items():
        dataset = source.dataset(name)
        if dataset is None:
            known = "、".join(item.name for item in source.datasets)
            raise BadRequest(f"{where}：没有名为 {name} 的数据表", f"可用的有 {known}")
        datasets[name] = _dataset(entry, dataset, f"{where}.{name}", file is not None)
    return SourceMap(datasets, file)


def _dataset(entry: Any, dataset: Dataset, where: str, is_file: bool) -> DatasetMap:
    if entry == "absent":
        return DatasetMap(absent=True)
    table = _table(entry, where, _DATASET_KEYS)
    if table.get("table") and table.get("query"):
        raise BadRequest(f"{where}：table 与 query 只能写一个", "请删去其中一个")
    if table.get("table") and is_file:
        raise BadRequest(f"{where}：文件数据源没有 table", "请写 query，其中用 data 表示该文件")
    columns = {str(key): str(value) for key, value in _table(table.get("columns"), f"{where}.columns", None).items()}
    missing = frozenset(_names(table.get("missing"), f"{where}.missing"))
    for name in [*columns, *sorted(missing)]:
        if dataset.column(name) is None:
            known = "、".join(column.name for column in dataset.columns)
            raise BadRequest(f"{where}：没有名为 {name} 的列", f"可用的有 {known}")
    both = sorted(missing & columns.keys())
    if both:
        raise BadRequest(f"{where}：列 {both[0]} 既有映射又写在 missing 里", "请只保留一处")
    org = str(table["org"]) if table.get("org") else None
    key = dataset.org_column or (dataset.scope_via[0] if dataset.scope_via else "")
    if key in missing and org is None:
        raise BadRequest(f"{where}：列 {key} 决定谁能看到哪些行，不能缺", "请映射该列，或用 org: 写出供电单位编码")
    return DatasetMap(_text(table.get("table")), _text(table.get("query")), columns, missing, org)


def _text(value: Any) -> str | None:
    return str(value).strip().rstrip(";") if value else None


def _table(value: Any, where: str, keys: set[str] | None) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(f"{where} 应当是“名称: 值”的表", "请检查缩进")
    unknown = sorted(str(key) for key in value if keys is not None and key not in keys)
    if unknown:
        raise BadRequest(f"{where} 里有不认识的键 {unknown[0]}", f"可用的有 {'、'.join(sorted(keys or ()))}")
    return {str(key): item for key, item in value.items()}


def _names(value: Any, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadRequest(f"映射 {where} 应当是名称的列表", "请写成 [名称, 名称]")
    return value


def _known(name: str, sources: Mapping[str, Source], what: str) -> None:
    if name not in sources:
        raise BadRequest(f"映射：没有名为 {name} 的{what}", f"可用的有 {'、'.join(sources)}")
