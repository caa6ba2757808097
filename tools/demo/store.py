"""Writes columns into the five databases: integers become exact decimals, dates and times in SQL."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tools.demo.arrays import NULL, Array
from tools.demo.schema import PARTITIONED, SOURCES
from tools.demo.window import START

if TYPE_CHECKING:
    import duckdb

MIDNIGHT = f"TIMESTAMP '{START.isoformat()} 00:00:00'"
FLUSH_ROWS = 7_000_000
FLUSH_TEXT_ROWS = 300_000
FIRST = f"DATE '{START.isoformat()}'"


def expression(column: str, kind: str) -> str:
    """SQL that turns a raw column into its declared type.

    Raw values: DECIMAL as integers of its last digit, DATE as day numbers, TIMESTAMP as second numbers, BOOLEAN as 0/1,
    VARCHAR as text with the empty string for NULL.
    """
    raw = f'"{column}"'
    if kind.startswith("DECIMAL"):
        digits = int(kind.split(",")[1].rstrip(")"))
        unit = "0." + "0" * (digits - 1) + "1"
        value = f"CAST(CAST({raw} AS DECIMAL(15,0)) * CAST({unit} AS DECIMAL({digits},{digits})) AS {kind})"
    elif kind == "DATE":
        value = f"{FIRST} + CAST({raw} AS INTEGER)"
    elif kind == "TIMESTAMP":
        value = f"{MIDNIGHT} + to_seconds({raw})"
    elif kind == "INTEGER":
        value = f"CAST({raw} AS INTEGER)"
    elif kind == "BOOLEAN":
        value = f"{raw} = 1"
    else:
        return f"NULLIF({raw}, '')"
    return f"CASE WHEN {raw} = {NULL} THEN NULL ELSE {value} END"


class Store:
    """One connection with the five databases attached."""

    def __init__(self, folder: Path, parquet: bool) -> None:
        import duckdb

        self.folder = folder
        self.parquet = parquet
        self.threads = min(4, os.cpu_count() or 1)
        self._waiting: dict[str, tuple[str, str, list[dict[str, Array]]]] = {}
        self.con: duckdb.DuckDBPyConnection = duckdb.connect(
            config={
                "threads": self.threads,
                "memory_limit": "3GB",
                "temp_directory": str(folder / "tmp"),
            }
        )
        for source, tables in SOURCES.items():
            self.con.execute(f"ATTACH '{folder / f'{source}.duckdb'}' AS {source}")
            for table, columns in tables.items():
                if parquet and (source, table) in PARTITIONED:
                    (folder / "parquet" / table).mkdir(parents=True)
                    continue
                body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
                self.con.execute(f"CREATE TABLE {source}.{table} ({body})")

    def insert(self, table: str, columns: dict[str, Any]) -> None:
        """Append rows to ``source.table``."""
        source, name = table.split(".")
        declared = SOURCES[source][name]
        if set(columns) != set(declared):
            raise ValueError(f"{table}: columns {sorted(set(columns) ^ set(declared))} do not match the contract")
        rows = {key: self._raw(columns[key]) for key in declared}
        if len({len(v) for v in rows.values()}) != 1:
            raise ValueError(f"{table}: columns of different lengths")
        body = ", ".join(expression(key, kind) for key, kind in declared.items())
        self._wait(table, f"SELECT {body} FROM incoming", "incoming", rows, FLUSH_TEXT_ROWS)

    @staticmethod
    def _raw(values: Any) -> Array:
        array = values if isinstance(values, np.ndarray) else _objects(values)
        if array.dtype.kind in "iub":
            return array.astype(np.int64)
        # An object column that begins with many None makes DuckDB guess; text never does.
        out = array.astype(object)
        out[np.array([value is None for value in out], dtype=bool)] = ""
        return out

    def query(self, select: str, **frames: dict[str, Array]) -> None:
        """Run one statement that reads the given columns by name."""
        for name, frame in frames.items():
            self.con.register(name, frame)
        self.con.execute(select)
        for name in frames:
            self.con.unregister(name)

    def month_rows(self, table: str, ym: str, select: str, name: str, frame: dict[str, Array]) -> None:
        """Append one month of a large table, whose rows ``select`` makes from the raw columns called ``name``.

        At city scale the daily tables become one Parquet file a month.
        """
        source, short = table.split(".")
        if self.parquet and (source, short) in PARTITIONED:
            target = self.folder / "parquet" / short / f"{ym}.parquet"
            options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 200000"
            # One thread keeps the order of the rows (by customer, then day), on which quick look-ups rest.
            self.con.execute("SET threads = 1")
            self.query(f"COPY ({select}) TO '{target}' ({options})", **{name: frame})
            self.con.execute(f"SET threads = {self.threads}")
            return
        self._wait(table, select, name, frame, FLUSH_ROWS)

    def _wait(self, table: str, select: str, name: str, frame: dict[str, Array], limit: int) -> None:
        """Few large inserts are much faster than many small ones: raw columns wait until there are enough."""
        frames = self._waiting.setdefault(table, (select, name, []))[2]
        frames.append(frame)
        if sum(len(next(iter(f.values()))) for f in frames) >= limit:
            self.flush(table)

    def flush(self, table: str | None = None) -> None:
        """Write waiting rows of one table, or of all."""
        for found in [table] if table else list(self._waiting):
            select, name, frames = self._waiting.pop(found)
            joined = {key: np.concatenate([f[key] for f in frames]) for key in frames[0]}
            frames.clear()
            if len(next(iter(joined.values()))):
                self.query(f"INSERT INTO {found} {select}", **{name: joined})

    def counts(self) -> dict[str, int]:
        """Rows of every table."""
        out: dict[str, int] = {}
        for source, tables in SOURCES.items():
            for table in tables:
                if self.parquet and (source, table) in PARTITIONED:
                    origin = f"read_parquet('{self.folder / 'parquet' / table}/*.parquet')"
                else:
                    origin = f"{source}.{table}"
                row = self.con.execute(f"SELECT count(*) FROM {origin}").fetchone()
                out[f"{source}.{table}"] = int(row[0]) if row else 0
        return out

    def close(self) -> None:
        """Checkpoint and release all files."""
        for source in SOURCES:
            self.con.execute(f"CHECKPOINT {source}")
            self.con.execute(f"DETACH {source}")
        self.con.close()
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)


def create_views(out: Path) -> None:
    """Put views over the Parquet files, which must already lie at their final place."""
    import duckdb

    for source, table in PARTITIONED:
        with duckdb.connect(str(out / f"{source}.duckdb")) as con:
            path = (out / "parquet" / table).resolve()
            con.execute(f"CREATE OR REPLACE VIEW {table} AS SELECT * FROM read_parquet('{path}/*.parquet')")


def write_json(path: Path, content: Any) -> None:
    """Write JSON that a person can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=False) + "\n", encoding="utf-8")


def _objects(values: Any) -> Array:
    listed = list(values)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out
