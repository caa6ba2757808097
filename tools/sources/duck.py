"""DuckDB: a database file (attached read-only), or one Parquet or CSV file under a site's mapping.

The engine itself is in memory and locked: no file outside the source's folder, no settings, no Python objects.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadRequest
from tools.sources import Source
from tools.sources.backend import Answer, Job
from tools.sources.mapping import DatasetMap, SourceMap
from tools.sources.rewrite import Plan, fill, rewrite
from tools.sources.statement import Statement
from tools.sources.trouble import Cancel, Overdue, Trouble

if TYPE_CHECKING:
    import duckdb

    from tools.sources.rollup import Rollup

log = logging.getLogger(__name__)

CATALOG = "src"
MEMORY = "2GB"
_UNIT_COLUMN = "__unit_code"
CORES = os.cpu_count() or 2
_ADMITTED = threading.BoundedSemaphore(CORES)
"""As many heavy queries at once as there are cores; the rest queue inside their own deadline."""


class DuckBackend:
    """One DuckDB source. The file is opened on the first query and again when it has been replaced."""

    dialect = "duckdb"

    def __init__(
        self, source: Source, path: Path | None, site: SourceMap, spill: Path, rollup: Rollup | None = None
    ) -> None:
        self._source, self._path, self._site, self._spill, self._rollup = source, path, site, spill, rollup
        self._lock = threading.Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._stamp: tuple[int, ...] = ()

    def plan(self, statement: Statement, limit: int | None) -> Plan:
        """The statement in DuckDB's dialect. File mappings live in views, so datasets keep their names there."""
        if self._site.file is None:
            return rewrite(statement, self._site, self.dialect, CATALOG, limit)
        listed: dict[str, DatasetMap] = {}
        for dataset in self._source.datasets:
            entry = self._site.dataset(dataset.name)
            listed[dataset.name] = DatasetMap(absent=entry.absent, org=f'"{_UNIT_COLUMN}"' if entry.org else None)
        return rewrite(statement, SourceMap(listed), self.dialect, "", limit)

    def run(self, plan: Plan, job: Job, cancel: Cancel) -> Answer:
        """Run in a cursor of its own; interrupted at the deadline. Decimals come out exact."""
        import duckdb

        rolled = self._from_rollup(job, cancel)
        if rolled is not None:
            return rolled
        cursor = self._open().cursor()
        cancel.arm(cursor.interrupt)
        try:
            with _ADMITTED:
                if cancel.fired:
                    raise Overdue(f"{self._source.label}的查询排队超过时限，没有执行", "请稍后重试")
                return run_on(cursor, plan, job)
        except duckdb.InterruptException as error:
            raise Overdue(f"{self._source.label}的查询超过时限，已中止") from error
        except duckdb.OutOfMemoryException as error:
            raise Trouble(
                f"{self._source.label}的查询占用内存过大，已中止", "请缩小统计期后重试", sick=False
            ) from error
        except (duckdb.IOException, duckdb.PermissionException) as error:
            raise Trouble(
                f"{self._source.label}的数据文件读不出来", "请联系数据运维员检查文件与权限", temporary=True
            ) from error
        except duckdb.Error as error:
            raise BadRequest(
                f"{self._source.label}的数据表与查询不符：{brief(error)}", "请检查列名、类型或现场映射"
            ) from error
        finally:
            cancel.arm(None)
            cursor.close()

    def close(self) -> None:
        """Close the engine; the next query opens it again."""
        if self._rollup is not None:
            self._rollup.close()
        with self._lock:
            self._drop()

    def _from_rollup(self, job: Job, cancel: Cancel) -> Answer | None:
        """The answer from the roll-up where it has it, exactly; None: ask the source. Raises Overdue only."""
        import duckdb

        plan = self._rollup.plan(job.statement, job.limit) if self._rollup is not None else None
        cursor = self._rollup.cursor() if self._rollup is not None and plan is not None else None
        if self._rollup is None or plan is None or cursor is None:
            return None
        cancel.arm(cursor.interrupt)
        try:
            return run_on(cursor, plan, job)
        except duckdb.InterruptException as error:
            raise Overdue(f"{self._source.label}的查询超过时限，已中止") from error
        except (duckdb.IOException, duckdb.FatalException, duckdb.InternalException) as error:
            self._rollup.broken(error)
        except duckdb.Error as error:
            log.info("rollup did not answer, reading raw rows: %s", type(error).__name__)
        finally:
            cancel.arm(None)
            cursor.close()
        return None

    def _drop(self) -> None:
        # Queries in flight run on cursors of their own, which keep the engine alive until they end.
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _open(self) -> duckdb.DuckDBPyConnection:
        target = self._site.file or self._path
        with self._lock:
            try:
                found = os.stat(target) if target else None
            except OSError as error:
                self._drop()
                raise Trouble(
                    f"{self._source.label}的数据文件 {target.name if target else ''} 不存在或无权读取",
                    "请先执行 gma demo build，或检查该数据源的地址",
                ) from error
            stamp = (found.st_ino, found.st_mtime_ns, found.st_size) if found else ()
            if self._connection is None or stamp != self._stamp:
                self._drop()
                self._connection, self._stamp = self._connect(), stamp
            return self._connection

    def _connect(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        target = self._site.file or self._path
        engine = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": CORES})
        self._spill.mkdir(parents=True, exist_ok=True)
        engine.execute(f"SET temp_directory = {_quoted(self._spill)}")
        engine.execute("SET python_enable_replacements = false")
        try:
            if self._site.file is not None:
                _build_views(engine, self._source, self._site, self._site.file)
            elif target is not None:
                engine.execute(f"ATTACH {_quoted(target)} AS {CATALOG} (READ_ONLY)")
        except duckdb.Error as error:
            raise Trouble(
                f"{self._source.label}的数据文件打不开：{brief(error)}", "请联系数据运维员检查该文件"
            ) from error
        if target is not None:
            folder = target.resolve().parent
            engine.execute(f"SET allowed_directories = [{_quoted(folder)}, {_quoted(self._spill.resolve())}]")
        engine.execute("SET enable_external_access = false")
        engine.execute("SET lock_configuration = true")
        return engine


def run_on(cursor: duckdb.DuckDBPyConnection, plan: Plan, job: Job) -> Answer:
    """Run a plan on an open cursor: binds as `$name`, lists spread out, key sets as one-column tables."""
    mode, values = job.spelled("$")
    if job.keys:
        import pandas as pd

        for name, keys in job.keys.items():
            cursor.register(f"keys_{name}", pd.DataFrame({"k": pd.Series(list(keys), dtype="object")}))
            mode[f"k:{name}"] = f"SELECT k FROM keys_{name}"
    sql = fill(plan, mode)
    marked = set(re.findall(r"\$(\w+)", sql))
    used = {name: value for name, value in values.items() if name in marked}
    result = cursor.execute(sql, used)
    if job.bulk:
        return Answer([], result.df())
    return Answer(result.fetchmany(job.limit))


def _build_views(engine: duckdb.DuckDBPyConnection, source: Source, site: SourceMap, file: Path) -> None:
    """Plain column mappings stay views over the file; a `query` reshapes, so its result is kept in memory."""
    reader = "read_parquet" if file.suffix.lower() == ".parquet" else "read_csv"
    engine.execute(f"CREATE VIEW data AS SELECT * FROM {reader}({_quoted(file.resolve())})")
    for name, entry in site.datasets.items():
        dataset = source.dataset(name)
        if entry.absent or dataset is None:
            continue
        fields = []
        for column in dataset.columns:
            real = entry.columns.get(column.name, f'"{column.name}"')
            value = "NULL" if column.name in entry.missing else real
            fields.append(f'CAST({value} AS {column.type}) AS "{column.name}"')
        if entry.org:
            fields.append(f'CAST({entry.org} AS VARCHAR) AS "{_UNIT_COLUMN}"')
        kind, origin = ("TABLE", f"({entry.query}) AS site") if entry.query else ("VIEW", "data")
        engine.execute(f'CREATE {kind} "{name}" AS SELECT {", ".join(fields)} FROM {origin}')


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def brief(error: Exception) -> str:
    """The first line of an engine's message, short, without paths."""
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return " ".join(word for word in line.split() if "/" not in word)[:120]
