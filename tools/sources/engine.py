"""Any SQLAlchemy URL: PostgreSQL, SQLite, MySQL, Oracle and others, read-only wherever the engine offers it.

Statement time-outs are set where the engine has them; elsewhere the driver's cancel is called at the deadline. Limits:
SQLite has no decimals (sums are made in binary floating point, then read through their shortest text), and what the
transpiler cannot express in an engine's dialect comes back as a wrong-statement error, never as another number.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest
from tools.sources import Source
from tools.sources.backend import Answer, Job, typed_value
from tools.sources.duck import brief
from tools.sources.mapping import SourceMap
from tools.sources.rewrite import Plan, fill, rewrite
from tools.sources.statement import Statement
from tools.sources.trouble import Cancel, Overdue, Trouble

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

DIALECTS = {
    "postgresql": "postgres",
    "opengauss": "postgres",
    "gaussdb": "postgres",
    "kingbase": "postgres",
    "mariadb": "mysql",
    "oceanbase": "mysql",
    "dm": "oracle",
    "mssql": "tsql",
    "clickhousedb": "clickhouse",
    "teradatasql": "teradata",
}
"""SQLAlchemy back-end names whose SQL dialect has another name."""
_OVERDUE = ("statement timeout", "interrupted", "maximum statement execution", "canceling statement")
KEYS_SPELLED_OUT = 5_000
"""How many keys of another source may be spelled out for engines without array binds."""


class EngineBackend:
    """One source behind SQLAlchemy; a small pool, made on the first query."""

    def __init__(self, source: Source, url: str, site: SourceMap, timeout: float) -> None:
        from sqlalchemy.engine import make_url
        from sqlglot.dialects.dialect import Dialect

        self._source, self._url, self._site, self._timeout = source, url, site, timeout
        self._backend = make_url(url).get_backend_name()
        self.dialect = DIALECTS.get(self._backend, self._backend)
        if Dialect.get(self.dialect) is None:
            raise Trouble(f"{source.label}的数据源类型 {self._backend} 不受支持", "请改用受支持的数据库或 HTTP 接口")
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def plan(self, statement: Statement, limit: int | None) -> Plan:
        """The statement in this engine's dialect, through the site's mapping."""
        return rewrite(statement, self._site, self.dialect, "", limit)

    def run(self, plan: Plan, job: Job, cancel: Cancel) -> Answer:
        """Run in a read-only transaction that is rolled back; values are typed as the statement says."""
        from sqlalchemy import exc, text

        sql, values = self._bound(plan, job)
        try:
            with self._opened().connect() as connection:
                cancel.arm(_canceller(connection, self._backend))
                try:
                    self._guard(connection)
                    rows = connection.execute(text(sql), values).fetchmany(job.limit)
                finally:
                    cancel.arm(None)
                    if not cancel.fired:
                        connection.rollback()
        except exc.DBAPIError as error:
            raise self._trouble(error, cancel) from error
        except exc.SQLAlchemyError as error:
            raise Trouble(f"{self._source.label}连接不上", "请联系数据运维员检查数据源地址与驱动") from error
        kinds = [output.kind for output in job.statement.outputs]
        typed = [tuple(typed_value(value, kind) for value, kind in zip(row, kinds, strict=True)) for row in rows]
        return Answer([], _frame(typed, job)) if job.bulk else Answer(typed)

    def close(self) -> None:
        """Give the pool back; the next query makes a new one."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _opened(self) -> Engine:
        from sqlalchemy import create_engine, exc

        with self._lock:
            if self._engine is None:
                options: dict[str, Any] = {"pool_pre_ping": True}
                if self._backend == "sqlite":
                    options["creator"] = self._sqlite()
                else:
                    options |= {"pool_size": 4, "max_overflow": 4, "pool_timeout": self._timeout, "pool_recycle": 1800}
                if self._backend == "postgresql":
                    options["connect_args"] = {"connect_timeout": max(2, int(self._timeout))}
                try:
                    self._engine = create_engine(self._url, **options)
                except (exc.SQLAlchemyError, ImportError) as error:
                    raise Trouble(
                        f"{self._source.label}的数据源地址用不了", "请检查 URL 写法，并安装对应的数据库驱动"
                    ) from error
            return self._engine

    def _sqlite(self) -> Callable[[], Any]:
        import sqlite3

        from sqlalchemy.engine import make_url

        path = make_url(self._url).database or ""

        def connect() -> Any:
            quoted = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
            opened = sqlite3.connect(f"file:{quoted}?mode=ro", uri=True, check_same_thread=False, timeout=self._timeout)
            opened.execute("PRAGMA query_only = ON")
            return opened

        return connect

    def _guard(self, connection: Connection) -> None:
        from sqlalchemy import text

        milliseconds = max(1, int(self._timeout * 1000))
        match self._backend:
            case "postgresql":
                connection.execute(text("SET TRANSACTION READ ONLY"))
                connection.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
            case "mysql" | "mariadb":
                connection.execute(text("SET SESSION TRANSACTION READ ONLY"))
                if self._backend == "mysql":
                    connection.execute(text(f"SET SESSION max_execution_time = {milliseconds}"))
            case "oracle":
                connection.execute(text("SET TRANSACTION READ ONLY"))
            case _:
                return

    def _bound(self, plan: Plan, job: Job) -> tuple[str, dict[str, Any]]:
        mode, values = job.spelled(":")
        values = {mark: self._native(value) for mark, value in values.items()}
        for name, keys in job.keys.items():
            mode[f"k:{name}"] = self._keys(f"keys_{name}", list(keys), values)
        escaped = Plan(re.sub(r"([\\:])", r"\\\1", plan.sql), plan.keysets, plan.absent)
        return fill(escaped, mode), values

    def _native(self, value: Any) -> Any:
        if self._backend != "sqlite":
            return value
        if isinstance(value, datetime):
            return value.isoformat(sep=" ")
        if isinstance(value, date):
            return value.isoformat()
        return float(value) if isinstance(value, Decimal) else value

    def _keys(self, name: str, keys: list[str], values: dict[str, Any]) -> str:
        if self._backend == "sqlite":
            values[name] = json.dumps(keys)
            return f"SELECT value FROM json_each(:{name})"
        if self._backend == "postgresql":
            values[name] = keys
            return f"SELECT unnest(CAST(:{name} AS TEXT[]))"
        if len(keys) > KEYS_SPELLED_OUT:
            raise BadRequest(
                f"{self._source.label}的这张表没有供电单位列，范围内的键有 {len(keys)} 个，超过 {KEYS_SPELLED_OUT} 个",
                "请在现场映射里用 org: 为它给出供电单位编码",
            )
        dual = " FROM dual" if self._backend == "oracle" else ""
        values.update({f"{name}_{at}": key for at, key in enumerate(keys)})
        return " UNION ALL ".join(f"SELECT :{name}_{at}{dual}" for at in range(len(keys))) or "NULL"

    def _trouble(self, error: Any, cancel: Cancel) -> Trouble | BadRequest:
        from sqlalchemy import exc

        label = self._source.label
        words = str(error.orig).lower()
        if cancel.fired or any(mark in words for mark in _OVERDUE):
            return Overdue(f"{label}的查询超过时限，已中止", "请缩小统计期或供电单位后重试")
        if "unable to open database file" in words:
            return Trouble(f"{label}的数据文件不存在或无权读取", "请联系数据运维员检查数据源地址")
        if "no such table" in words or "no such column" in words:
            return BadRequest(f"{label}的数据表与查询不符：{brief(error.orig)}", "请检查现场映射里的表名和列名")
        if error.connection_invalidated or isinstance(error, exc.OperationalError | exc.InterfaceError):
            return Trouble(f"{label}连接不上或连接中断", "请稍后重试，仍不行请联系数据运维员", temporary=True)
        return BadRequest(f"{label}的数据表与查询不符：{brief(error.orig)}", "请检查现场映射里的表名、列名和权限")


def _canceller(connection: Connection, backend: str) -> Callable[[], object] | None:
    raw = connection.connection.driver_connection
    name = "interrupt" if backend == "sqlite" else "cancel"
    stop: Callable[[], object] | None = getattr(raw, name, None)
    return stop


def _frame(rows: list[tuple[Any, ...]], job: Job) -> Any:
    import pandas as pd

    names = [output.name for output in job.statement.outputs]
    plain = [tuple(float(value) if isinstance(value, Decimal) else value for value in row) for row in rows]
    return pd.DataFrame.from_records(plain, columns=names)
