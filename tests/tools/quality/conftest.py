"""A clinic: small sites made of exactly the rows that a case needs, read through the real gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.domain.actor import Actor, Role
from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import catalog
from tools.evidence import Evidence, Scope
from tools.fetch import Gate
from tools.sources import all_sources

CITY, TODAY = "99401", date(2026, 11, 23)
Tables = dict[str, list[dict[str, Any]]]


def write_site(home: Path, tables: Tables) -> Path:
    """A GMA_HOME whose sources hold these rows; columns that a row leaves out are null."""
    folder = home / "demo"
    folder.mkdir(parents=True)
    for source in all_sources().values():
        with duckdb.connect(str(folder / f"{source.name}.duckdb")) as engine:
            for dataset in source.datasets:
                fields = ", ".join(f'"{column.name}" {column.type}' for column in dataset.columns)
                engine.execute(f'CREATE TABLE "{dataset.name}" ({fields})')
                rows = tables.get(dataset.name, [])
                unknown = {name for row in rows for name in row} - {column.name for column in dataset.columns}
                assert not unknown, f"{dataset.name} has no {unknown}"
                if rows:
                    marks = ", ".join("?" for _ in dataset.columns)
                    values = [[row.get(column.name) for column in dataset.columns] for row in rows]
                    engine.executemany(f'INSERT INTO "{dataset.name}" VALUES ({marks})', values)
    return home


def gate_of(home: Path, org: str = CITY, **settings: Any) -> Gate:
    actor = Actor(user="analyst01", name="李分析", role=Role.ANALYST, org=org)
    return Gate(actor, Settings(home=home, today=TODAY, _env_file=None, **settings))


def scope_of(period: str = "2026-10", org: str = CITY) -> Scope:
    return Scope(org, Period.parse(period), TODAY, catalog())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Callable[..., Evidence]]:
    """Evidence over a site of these tables; all gates closed at the end."""
    made: list[Gate] = []

    def make(tables: Tables, **settings: Any) -> Evidence:
        gate = gate_of(write_site(tmp_path / f"home{len(made)}", tables), **settings)
        made.append(gate)
        return Evidence(gate, CITY, "test")

    yield make
    for gate in made:
        gate.connections.close()
