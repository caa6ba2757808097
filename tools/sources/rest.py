"""A source behind HTTP. The protocol that a site's gateway offers, one path per dataset::

    GET {base}/datasets/{name}?org=99401&start=2026-10-01&end=2026-10-31&cursor=…
    200 {"columns": ["org_code", …], "rows": [["9940101", "2026-10-01", "12.34"], …], "next": "…" | null}

`columns` are canonical names, in any order; columns that are left out are NULL. Values are JSON texts, numbers,
booleans or null; decimals may be texts or numbers and stay exact; dates are `2026-10-01`, times `2026-10-01 08:30:00`.
`org` is a prefix; `start` and `end` (inclusive, both optional) bound the dataset's date column (whole months for `ym`).
They are only hints that save transfer: rows outside them, or outside the unit, are filtered again here. `next` is null
on the last page. The rows are loaded into a private in-memory DuckDB, and the same scoped SQL runs there.
"""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest
from tools.sources import Dataset, Source
from tools.sources.backend import Answer, Job
from tools.sources.bounds import Bounds, bounds_of
from tools.sources.duck import MEMORY, brief, run_on
from tools.sources.mapping import SourceMap
from tools.sources.rewrite import Plan, rewrite
from tools.sources.statement import Statement, dataset_of
from tools.sources.trouble import Cancel, Overdue, Trouble

if TYPE_CHECKING:
    import httpx

MAX_PAGES = 10_000
MAX_ROWS = 5_000_000


class RestBackend:
    """One REST source. Nothing is remembered between queries, so a number never comes from an older answer."""

    dialect = "duckdb"

    def __init__(self, source: Source, url: str, site: SourceMap, timeout: float) -> None:
        self._source, self._base, self._site, self._timeout = source, url.rstrip("/"), site, timeout
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def plan(self, statement: Statement, limit: int | None) -> Plan:
        """The statement for the in-memory engine."""
        return rewrite(statement, self._site, self.dialect, "", limit)

    def run(self, plan: Plan, job: Job, cancel: Cancel) -> Answer:
        """Fetch the datasets that the statement and its scope need, load them, run the SQL."""
        import duckdb

        engine = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 2})
        try:
            engine.execute("SET enable_external_access = false")
            deadline = time.monotonic() + self._timeout
            for name in self._needed(job.statement):
                dataset = dataset_of(self._source, name)
                bounds = bounds_of(job.statement, dataset, job.binds)
                self._load(engine, dataset, bounds, job.org, deadline, cancel)
            engine.execute("SET python_enable_replacements = false")
            engine.execute("SET lock_configuration = true")
            cancel.arm(engine.interrupt)
            return run_on(engine, plan, job)
        except duckdb.InterruptException as error:
            raise Overdue(f"{self._source.label}的查询超过时限，已中止") from error
        except duckdb.Error as error:
            raise BadRequest(f"{self._source.label}的数据与查询不符：{brief(error)}", "请检查列名与类型") from error
        finally:
            cancel.arm(None)
            engine.close()

    def close(self) -> None:
        """Close kept-alive connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def _opened(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(trust_env=False, follow_redirects=False)
            return self._client

    def _needed(self, statement: Statement) -> list[str]:
        names = list(statement.datasets)
        for name in names:
            via = dataset_of(self._source, name).scope_via
            if via and via[1] == self._source.name and via[2] not in names:
                names.append(via[2])
        return names

    def _load(self, engine: Any, dataset: Dataset, bounds: Bounds, org: str, deadline: float, cancel: Cancel) -> None:
        fields = ", ".join(f'"{column.name}" {column.type}' for column in dataset.columns)
        engine.execute(f'CREATE TABLE "{dataset.name}" ({fields})')
        cursor: str | None = None
        total = 0
        for _ in range(MAX_PAGES):
            if cancel.fired or time.monotonic() > deadline:
                raise self._slow()
            columns, rows, cursor = self._page(dataset, bounds, org, cursor, deadline)
            total += len(rows)
            if total > MAX_ROWS:
                raise Trouble(f"{self._source.label}返回的行数超过 {MAX_ROWS}", "请缩小统计期后重试", sick=False)
            self._insert(engine, dataset, columns, rows)
            if cursor is None:
                return
        raise Trouble(f"{self._source.label}的分页没有尽头", "请联系接口维护人员检查 next")

    def _page(
        self, dataset: Dataset, bounds: Bounds, org: str, cursor: str | None, deadline: float
    ) -> tuple[list[str], list[list[Any]], str | None]:
        params = {"org": org, "start": bounds.start, "end": bounds.end, "cursor": cursor}
        body = self._get(dataset.name, {key: value for key, value in params.items() if value is not None}, deadline)
        columns, rows, following = body.get("columns"), body.get("rows"), body.get("next")
        label = f"{self._source.label}接口的 {dataset.name}"
        if not isinstance(columns, list) or not isinstance(rows, list) or "next" not in body:
            raise Trouble(f"{label} 返回的内容缺 columns、rows 或 next", "请联系接口维护人员")
        unknown = [str(name) for name in columns if dataset.column(str(name)) is None]
        key = dataset.org_column or (dataset.scope_via[0] if dataset.scope_via else "")
        if unknown or key not in columns or len(set(columns)) != len(columns):
            what = f"多出列 {unknown[0]}" if unknown else f"缺少列 {key} 或有重名列"
            raise Trouble(f"{label} {what}", "请联系接口维护人员按数据约定返回")
        if any(not isinstance(row, list) or len(row) != len(columns) for row in rows):
            raise Trouble(f"{label} 有的行与列数不符", "请联系接口维护人员")
        return columns, rows, None if following is None else str(following)

    def _get(self, name: str, params: dict[str, str], deadline: float) -> dict[str, Any]:
        import json

        import httpx

        left = max(0.1, deadline - time.monotonic())
        try:
            with self._opened().stream(
                "GET",
                f"{self._base}/datasets/{name}",
                params=params,
                headers={"Accept": "application/json"},
                timeout=left,
            ) as response:
                if response.status_code == 404:
                    raise BadRequest(f"{self._source.label}接口没有 {name}（404）", "请联系接口维护人员按数据约定提供")
                if response.status_code != 200:
                    raise self._status(response.status_code)
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() > deadline:
                        raise self._slow()
        except httpx.TimeoutException as error:
            raise Overdue(f"{self._source.label}在 {self._timeout:g} 秒内没有返回", "请稍后重试") from error
        except httpx.HTTPError as error:
            raise Trouble(
                f"{self._source.label}接口连接不上或中途断开", "请稍后重试，仍不行请联系数据运维员", temporary=True
            ) from error
        try:
            body = json.loads(bytes(content), parse_float=Decimal)
        except ValueError as error:
            raise Trouble(f"{self._source.label}接口返回的不是完整的 JSON", "请稍后重试", temporary=True) from error
        if not isinstance(body, dict):
            raise Trouble(f"{self._source.label}接口返回的内容不合约定", "请联系接口维护人员")
        return body

    def _slow(self) -> Overdue:
        return Overdue(f"{self._source.label}在 {self._timeout:g} 秒内没有传完数据", "请缩小统计期后重试")

    def _status(self, status: int) -> Trouble:
        label = self._source.label
        if status in {401, 403}:
            return Trouble(f"{label}接口拒绝访问（{status}）", "请联系数据运维员检查接口授权")
        temporary = status >= 500 or status == 429
        return Trouble(f"{label}接口返回 {status}", "请稍后重试，仍不行请联系数据运维员", temporary=temporary)

    def _insert(self, engine: Any, dataset: Dataset, columns: list[str], rows: list[list[Any]]) -> None:
        import duckdb
        import pandas as pd

        if not rows:
            return
        texts = {name: pd.Series([_text(row[at]) for row in rows], dtype="object") for at, name in enumerate(columns)}
        types = {column.name: column.type for column in dataset.columns}
        engine.register("page", pd.DataFrame(texts))
        names = ", ".join(f'"{name}"' for name in columns)
        casts = ", ".join(f'CAST(CAST("{name}" AS VARCHAR) AS {types[name]})' for name in columns)
        try:
            engine.execute(f'INSERT INTO "{dataset.name}" ({names}) SELECT {casts} FROM page')
        except duckdb.Error as error:
            raise Trouble(
                f"{self._source.label}接口的 {dataset.name} 有值不合列的类型：{brief(error)}", "请联系接口维护人员"
            ) from error
        engine.unregister("page")


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
