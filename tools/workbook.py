"""One uploaded table (csv, xlsx, parquet) and the one sandboxed tool that computes on it: a single read-only SELECT.

Every table lives in a database of its own in memory, whose outside access is shut before the first question: no file,
no network, no extension, no setting. The statement is also checked in its syntax tree, so that both walls must fail.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest, LimitReached, NotFound, Refused
from tools.checks.admission import MOST_COLUMNS, admit_table

if TYPE_CHECKING:
    import duckdb
    import pandas

TABLE = "data"
MOST_ROWS = 1_000
MOST_BYTES = 200 * 1024 * 1024
MOST_CELLS = 20_000_000
MOST_HEAD = 1 << 20
SECONDS = 20.0
_CALLABLE = "只能用一条 SELECT 计算上传的表。"


@dataclass(frozen=True)
class Outcome:
    """What a statement gave: column names and rows; `cut` says that there were more than MOST_ROWS."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool


class Workbook:
    """An uploaded table, ready to be computed on. Not safe between threads; `close` frees the memory."""

    def __init__(self, path: Path) -> None:
        """Read the table. Raises NotFound, or BadRequest for another kind of file, a damaged or a too large one."""
        import duckdb

        if not path.is_file():
            raise NotFound(f"没有文件「{path.name}」。", "请核对路径。")
        if path.stat().st_size > MOST_BYTES:
            raise BadRequest(f"文件「{path.name}」太大。", f"请上传不超过 {MOST_BYTES // 2**20} MB 的表。")
        self._connection = duckdb.connect(":memory:")
        try:
            _load(self._connection, path)
        except (duckdb.Error, ValueError, OSError, KeyError) as error:
            self._connection.close()
            why = str(error).splitlines()[0][:80]
            raise BadRequest(f"读不懂文件「{path.name}」：{why}。", "请另存后重试。") from error
        for setting in ("enable_external_access = false", "lock_configuration = true"):
            self._connection.execute(f"SET {setting}")

    def close(self) -> None:
        self._connection.close()

    def columns(self) -> dict[str, str]:
        """Name → type of every column, in order."""
        rows = self._connection.execute(f"DESCRIBE {TABLE}").fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def compute(self, sql: str) -> Outcome:
        """Run one SELECT over the table `data`.

        Raises Refused for anything else, BadRequest when it does not run, LimitReached when it takes too long.
        """
        import duckdb

        statement = _checked(sql)
        alarm = threading.Timer(SECONDS, self._connection.interrupt)
        alarm.start()
        try:
            found = self._connection.execute(statement)
            names = tuple(str(item[0]) for item in found.description or ())
            rows = found.fetchmany(MOST_ROWS + 1)
        except duckdb.InterruptException as error:
            raise LimitReached(f"计算超过 {SECONDS:g} 秒，已停止。", "请把问题改小。") from error
        except duckdb.Error as error:
            raise BadRequest(f"计算不了：{str(error).splitlines()[0][:120]}", "请核对列名和类型。") from error
        finally:
            alarm.cancel()
        return Outcome(names, tuple(tuple(row) for row in rows[:MOST_ROWS]), len(rows) > MOST_ROWS)


def _load(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    match path.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            import pandas

            _admit_text(path)
            # a separator is never guessed from the cells: what they say must not change how the table is read
            _keep(connection, pandas.read_csv(path, sep="\t" if path.suffix.lower() == ".tsv" else ","))
        case ".parquet":
            _admit_parquet(connection, path)
            connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM read_parquet(?)", [str(path)])
        case ".xlsx":
            import pandas

            admit_table(path)
            _keep(connection, pandas.read_excel(path))
        case other:
            raise ValueError(f"不支持 {other or '没有扩展名'} 的文件，请用 csv、xlsx 或 parquet")


def _admit_text(path: Path) -> None:
    """A first line that names more columns than a table has is none."""
    with path.open("rb") as file:
        head = file.readline(MOST_HEAD)
    if len(head) == MOST_HEAD or max(head.count(b","), head.count(b"\t")) > MOST_COLUMNS:
        raise ValueError(f"首行过长或超过 {MOST_COLUMNS} 列")


def _admit_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Runs of equal values take no room in the file and all of it in memory: what it unpacks to is counted first."""
    counted = "SELECT num_rows FROM parquet_file_metadata(?)"
    listed = "SELECT COUNT(*) FROM parquet_schema(?)"
    rows, columns = (connection.execute(sql, [str(path)]).fetchall()[0][0] for sql in (counted, listed))
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise ValueError(f"有 {rows} 行 {columns} 列，超过 {MOST_CELLS} 个单元格或 {MOST_COLUMNS} 列")


def _keep(connection: duckdb.DuckDBPyConnection, frame: pandas.DataFrame) -> None:
    connection.register("frame", frame)
    connection.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM frame")
    connection.unregister("frame")


def _checked(sql: str) -> str:
    """The statement itself when it is one SELECT over `data` alone; raises Refused otherwise."""
    import sqlglot
    from sqlglot import exp

    try:
        statements = [item for item in sqlglot.parse(sql, read="duckdb") if item is not None]
    except sqlglot.errors.SqlglotError as error:
        raise Refused(_CALLABLE, "语句不能解析，请改写。") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Refused(_CALLABLE, "不能写多条语句，也不能改数据、读文件或改设置。")
    tree = statements[0]
    named = {item.alias_or_name.lower() for item in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        plain = isinstance(table.this, exp.Identifier) and not table.db and not table.catalog
        if not plain or table.name.lower() not in {TABLE, *named}:
            raise Refused(f"只能用上传的表 {TABLE}。", "请去掉其他表、文件和表函数。")
    if tree.find(exp.Into, exp.Command, exp.Lock):
        raise Refused(_CALLABLE, "请去掉 SELECT 以外的部分。")
    return sql
