"""One small province for the whole session, attached read-only."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from tools.demo import build

SOURCES = ("marketing", "meter", "service", "equipment", "acquisition")


@dataclass
class Province:
    """A built province and a connection to all of its sources."""

    out: Path
    con: duckdb.DuckDBPyConnection

    def one(self, sql: str) -> Any:
        """The only value of a query."""
        row = self.con.execute(sql).fetchone()
        assert row is not None
        return row[0]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.con.execute(sql).fetchall()

    def none(self, sql: str) -> None:
        """The query must find no offending row."""
        found = self.con.execute(sql).fetchmany(5)
        assert found == [], f"offending rows: {found}"

    def key(self, name: str) -> list[dict[str, Any]]:
        """One file of the answer key."""
        content: list[dict[str, Any]] = json.loads((self.out / "answer_key" / f"{name}.json").read_text("utf-8"))
        return content


def attach(out: Path) -> duckdb.DuckDBPyConnection:
    """All sources of a province under their names."""
    con = duckdb.connect()
    for source in SOURCES:
        con.execute(f"ATTACH '{out / f'{source}.duckdb'}' AS {source} (READ_ONLY)")
    return con


def fingerprints(out: Path) -> dict[str, tuple[int, int]]:
    """Row count and an order-free hash of every table."""
    con = attach(out)
    found: dict[str, tuple[int, int]] = {}
    listed = con.execute(
        "SELECT database_name, table_name FROM duckdb_tables() WHERE database_name <> 'memory'"
    ).fetchall()
    for source, table in sorted(listed):
        row = con.execute(f"SELECT count(*), sum(hash(t)::HUGEINT) FROM {source}.{table} t").fetchone()
        assert row is not None
        found[f"{source}.{table}"] = (row[0], row[1])
    con.close()
    return found


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """The small province with everything planted; several workers share one. ``DEMO_TEST_SEED`` tries another."""
    root = tmp_path_factory.getbasetemp()
    shared = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    out = shared / "small" / "demo"
    with FileLock(shared / "small.lock"):
        if not (out / "manifest.json").exists():
            build(out, seed=int(os.environ.get("DEMO_TEST_SEED", "20261")))
    con = attach(out)
    yield Province(out, con)
    con.close()


@pytest.fixture
def build_tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Builds tiny provinces."""

    def run(**options: Any) -> Path:
        out = tmp_path_factory.mktemp("tiny") / "demo"
        build(out, scale="tiny", **options)
        return out

    return run


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny province with nothing planted; read only."""
    out = tmp_path_factory.mktemp("plain") / "demo"
    build(out, scale="tiny", plant=False)
    return out


@pytest.fixture
def attached() -> Callable[[Path], duckdb.DuckDBPyConnection]:
    """Opens a province."""
    return attach


@pytest.fixture
def fingerprint() -> Callable[[Path], dict[str, tuple[int, int]]]:
    """Hashes a province."""
    return fingerprints
