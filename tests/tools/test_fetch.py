"""The gate on the demonstration province: masking, probing, and the price of the gate."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from core.domain.actor import Actor, Role
from core.settings import Settings
from tools.fetch import Gate, Query
from tools.sources import all_sources
from tools.sources.probe import probe

CITY, COUNTY = "99401", "9940104"


@pytest.fixture(scope="module")
def province(demo_home: Path) -> Iterator[Gate]:
    settings = Settings(home=demo_home, today=date(2026, 11, 1), _env_file=None)  # type: ignore[call-arg]
    gate = Gate(Actor(user="analyst01", name="分析师", role=Role.ANALYST, org=CITY), settings)
    yield gate
    gate.connections.close()


def test_every_dataset_of_the_contract_answers(province: Gate) -> None:
    for source in all_sources().values():
        for dataset in source.datasets:
            outcome = province.run(Query(source.name, f"SELECT * FROM {dataset.name} LIMIT 3", {}, CITY))
            assert outcome.status in {"ok", "empty"}, f"{dataset.name}: {outcome.message}"


def test_county_sums_make_the_city(province: Gate) -> None:
    sql = "SELECT SUM(kwh_total) AS kwh FROM bill WHERE ym = '2026-10'"
    counties = [org.code for org in province.org_tree().children(CITY)]
    parts = province.run_many([Query("marketing", sql, {}, code) for code in counties])
    whole = province.run(Query("marketing", sql, {}, CITY))
    assert len(counties) == 4 and whole.rows[0][0] > 0
    assert sum(part.rows[0][0] for part in parts) == whole.rows[0][0]


def test_residents_are_masked_and_enterprises_clear(province: Gate) -> None:
    sql = "SELECT cust_type, cons_name, phone, address FROM customer WHERE cust_type = :kind LIMIT 50"
    people = province.run(Query("marketing", sql, {"kind": "低压居民"}, COUNTY)).records()
    firms = province.run(Query("marketing", sql, {"kind": "高压"}, COUNTY)).records()
    assert people and firms
    assert all("*" in person["cons_name"] and "*" in person["phone"] for person in people)
    assert not any("*" in firm["cons_name"] for firm in firms)


def test_all_five_sources_are_reachable_and_fresh(province: Gate) -> None:
    states = probe(province)
    assert [state.name for state in states] == list(all_sources())
    assert all(state.reachable and state.demo for state in states), states
    assert all(state.newest and date(2026, 9, 1) <= state.newest <= date(2026, 11, 1) for state in states), states


def test_administrators_probe_without_reading(province: Gate) -> None:
    admin = Actor(user="sysadmin01", name="系统管理员", role=Role.SYSADMIN, org=CITY)
    states = probe(Gate(admin, province.settings, connections=province.connections))
    assert all(state.reachable and state.newest is None for state in states)


def test_gate_costs_little_over_bare_sql(province: Gate, demo_home: Path) -> None:
    """Warm median over bare DuckDB on the same file: below 15 ms a query, measured on the month's daily energy."""
    import duckdb

    sql = (
        "SELECT cons_no, SUM(fwd_kwh) AS k FROM energy_day WHERE date >= '2026-10-01'"
        " GROUP BY cons_no ORDER BY 2 DESC LIMIT 20"
    )
    query = Query("acquisition", sql, {}, CITY)

    def gated() -> int:
        return province.run(query).row_count

    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute(f"ATTACH '{demo_home}/demo/acquisition.duckdb' AS bare (READ_ONLY)")
        bare_sql = sql.replace("energy_day", "bare.main.energy_day")

        def bare() -> int:
            return len(engine.execute(bare_sql).fetchall())

        assert bare() == gated()
        spent = {call: [] for call in (bare, gated)}  # type: ignore[var-annotated]
        for _ in range(15):
            for call in (bare, gated):
                started = time.perf_counter()
                call()
                spent[call].append(time.perf_counter() - started)
    assert statistics.median(spent[gated]) - statistics.median(spent[bare]) < 0.015
