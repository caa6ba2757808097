"""Fixtures of the indicator tests: the tiny province through the real gate, and its files opened bare."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from core.domain.actor import Actor, Role
from core.settings import SOURCES, Settings
from knowledge.catalog import catalog
from tools.fetch import Gate
from tools.indicators.engine import Engine

TODAY = date(2026, 11, 5)
CITY = "99401"


@pytest.fixture(scope="session")
def city_gate(demo_home: Path) -> Gate:
    return Gate(Actor(user="analyst", name="分析", role=Role.ANALYST, org=CITY), Settings(home=demo_home, today=TODAY))


@pytest.fixture
def city_engine(city_gate: Gate) -> Engine:
    return Engine(city_gate, catalog(), TODAY, minted())


@pytest.fixture(scope="session")
def bare(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection with a copy of every source attached under its name; no gate, no engine."""
    folder = tmp_path_factory.mktemp("bare")
    connection = duckdb.connect()
    for source in SOURCES:
        copy = shutil.copy(demo_home / "demo" / f"{source}.duckdb", folder / f"{source}.duckdb")
        connection.execute(f"ATTACH '{copy}' AS {source} (READ_ONLY)")
    yield connection
    connection.close()


def minted() -> Callable[[], str]:
    """Ids F1, F2, … as a run mints them."""
    count = itertools.count(1)
    return lambda: f"F{next(count)}"
