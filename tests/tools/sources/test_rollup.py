"""The roll-up of daily energy: equal to the raw rows, exactly, whatever arrives late, twice or in another order."""

from __future__ import annotations

import itertools
import logging
import os
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.actor import Actor, Role
from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import catalog
from tools.fetch import Gate, Query
from tools.indicators.ask import Ask
from tools.indicators.engine import Engine
from tools.sources.additive import over_rollup
from tools.sources.rollup import Rollup, Unsuited, bring_up_to_date
from tools.sources.statement import statement

TODAY = date(2026, 11, 5)
COUNTY, STATION = "9940103", "994010301"
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "rollup.yaml").read_text(encoding="utf-8"))
SETTLE = 0.01
Row = tuple[str, str, str, date | None, Decimal | None, Decimal | None]
BY_AREA = (
    "SELECT org_code, tg_no, date, COUNT(*) AS rows_n, COUNT(fwd_kwh) AS fwd_n, SUM(fwd_kwh) AS fwd,"
    " SUM(rev_kwh) AS rev FROM energy_day GROUP BY org_code, tg_no, date"
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sql"][:70])
def test_what_the_rollup_answers(case: dict[str, Any]) -> None:
    plan = over_rollup(statement("acquisition", case["sql"]), "roll", 10)
    assert (plan is not None) == case["answers"]


def gate(home: Path, org: str = "99401", *, rollup: bool = True, **changes: Any) -> Gate:
    actor = Actor(user="analyst", name="分析", role=Role.ANALYST, org=org)
    return Gate(actor, Settings(home=home, today=TODAY, source_rollup=rollup, **changes))


def facts(home: Path, org: str, period: str, rollup: bool) -> list[Any]:
    count = itertools.count(1)
    with_gate = gate(home, org, rollup=rollup)
    engine = Engine(with_gate, catalog(), TODAY, lambda: f"F{next(count)}")
    asks = [Ask(code, org, Period.parse(period)) for code in ("A04", "C01", "A05", "I02")]
    asks += [Ask("A04", org, Period.parse(period), by=by, limit=5) for by in ("tg", "day")]
    found = [fact.model_dump(exclude={"id", "at", "computed_at"}) for fact in engine.compute(asks)]
    with_gate.connections.close()
    return found


@pytest.mark.parametrize("period", ["2026-10", "2026-Q3", "2026-10-06"])
@pytest.mark.parametrize("org", ["99401", COUNTY, STATION])
def test_facts_are_the_same_without_the_rollup(fresh_home: Path, org: str, period: str) -> None:
    gate(fresh_home, org).run(Query("acquisition", BY_AREA, {}, org))
    with_rollup = facts(fresh_home, org, period, True)
    assert list((fresh_home / "rollup").glob("*.duckdb")) and with_rollup
    assert _stable(with_rollup) == _stable(facts(fresh_home, org, period, False))


def _stable(found: list[Any]) -> list[Any]:
    return [{key: value for key, value in fact.items() if key != "at" and "time" not in key} for fact in found]


@pytest.mark.parametrize("case", [case for case in CASES if case["answers"]], ids=lambda case: case["sql"][:70])
def test_statements_are_the_same_over_the_tiny_province(demo_home: Path, tmp_path: Path, case: dict[str, Any]) -> None:
    path = demo_home / "demo" / "acquisition.duckdb"
    rolled, raw = Rollup("acquisition", path, tmp_path, wait=20), gate(demo_home, rollup=False)
    job_rows = _rolled_rows(rolled, case["sql"], case.get("params", {}))
    assert job_rows is not None
    expected = raw.run(Query("acquisition", case["sql"], case.get("params", {}), "99401"))
    assert expected.status in {"ok", "empty"}, expected.message
    assert sorted(job_rows, key=str) == sorted(expected.rows, key=str)
    assert [type(value) for row in job_rows[:1] for value in row] == [
        type(value) for row in expected.rows[:1] for value in row
    ]


def _rolled_rows(rollup: Rollup, sql: str, params: dict[str, Any]) -> list[tuple[Any, ...]] | None:
    from tools.sources.backend import Job, typed_binds
    from tools.sources.duck import run_on
    from tools.sources.rewrite import UNIT

    asked = statement("acquisition", sql)
    plan, cursor = rollup.plan(asked, 20_001), rollup.cursor()
    if plan is None or cursor is None:
        return None
    return run_on(cursor, plan, Job(asked, {**typed_binds(asked, params), UNIT: "99401%"}, {}, 20_001, "99401")).rows


class Site:
    """A source that a late loader writes: one Parquet file a month behind a view, or one table."""

    def __init__(self, folder: Path, parted: bool) -> None:
        self.path, self.parted, self.folder = folder / "acquisition.duckdb", parted, folder / "parquet"
        self.rows: dict[str, list[Row]] = {}
        self.folder.mkdir()
        self.load([("9940103", "T0", "M0", date(2026, 8, 1), Decimal("1.00"), None)])

    def load(self, rows: list[Row]) -> set[str]:
        """Rows arrive: appended to their months, whose files are written anew. Returns the months."""
        months: set[str] = set()
        for row in rows:
            month = f"{row[3]:%Y-%m}" if row[3] else ""
            self.rows.setdefault(month, []).append(row)
            months.add(month)
        self.write(months)
        return months

    def write(self, months: set[str]) -> None:
        with WRITER.cursor() as engine:
            engine.execute(
                "CREATE OR REPLACE TEMP TABLE e (org_code VARCHAR, tg_no VARCHAR, mp_no VARCHAR, date DATE,"
                " fwd_kwh DECIMAL(9,2), rev_kwh DECIMAL(9,2))"
            )
            wanted = months if self.parted else set(self.rows)
            for month in sorted(wanted):
                engine.execute("DELETE FROM e WHERE true" if self.parted else "SELECT 1")
                engine.executemany("INSERT INTO e VALUES (?, ?, ?, ?, ?, ?)", self.rows[month])
                if self.parted:
                    part = self.folder / f"{month or 'none'}.part"
                    engine.execute(f"COPY e TO '{part}' (FORMAT parquet)")
                    os.replace(part, self.folder / f"{month or 'none'}.parquet")
            if self.parted and self.path.exists():
                return
            new = self.path.with_suffix(".new")
            engine.execute(f"ATTACH '{new}' AS out")
            origin = f"VIEW out.main.energy_day AS SELECT * FROM read_parquet('{self.folder}/*.parquet')"
            engine.execute(f"CREATE {origin}" if self.parted else "CREATE TABLE out.main.energy_day AS FROM e")
            engine.execute("DETACH out")
        os.replace(new, self.path)

    def raw(self) -> list[tuple[Any, ...]]:
        return _read(self.path, BY_AREA.replace("energy_day", "seen.energy_day"))


WRITER = duckdb.connect()
"""One engine for all loaders and readers of this file: a new one costs more than the work."""


def _read(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with WRITER.cursor() as engine:
        engine.execute(f"ATTACH '{path}' AS seen (READ_ONLY)")
        try:
            return engine.execute(sql).fetchall()
        finally:
            engine.execute("DETACH seen")


KWH = st.none() | st.decimals(min_value=0, max_value=9_999, places=2)
READING = st.tuples(
    st.sampled_from(["994010301", "994010302"]),
    st.sampled_from(["T1", "T2"]),
    st.sampled_from(["M1", "M2", "M3"]),
    st.none() | st.integers(0, 75).map(lambda days: date(2026, 8, 1) + timedelta(days=days)),
    KWH,
    KWH,
)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    parted=st.booleans(),
    readings=st.lists(READING, min_size=1, max_size=8),
    twice=st.booleans(),
    order=st.randoms(use_true_random=False),
)
def test_late_double_and_reordered_days_equal_a_full_recompute(
    parted: bool, readings: list[Row], twice: bool, order: Any
) -> None:
    arrivals = readings * (2 if twice else 1)
    order.shuffle(arrivals)
    cut = len(arrivals) // 2
    with tempfile.TemporaryDirectory() as folder:
        site, rollup_file = Site(Path(folder), parted), Path(folder, "rollup.duckdb")
        time.sleep(SETTLE * 1.2)
        bring_up_to_date(site.path, rollup_file, SETTLE)
        for batch in filter(None, (arrivals[:cut], arrivals[cut:])):
            touched = site.load(batch)
            time.sleep(SETTLE * 1.2)
            done = bring_up_to_date(site.path, rollup_file, SETTLE)
            assert len(done) == len(touched), "only the months that rows arrived for are recomputed"
            found = _read(
                rollup_file,
                "SELECT org_code, tg_no, date, SUM(n)::BIGINT, SUM(fwd_kwh_n)::BIGINT, SUM(fwd_kwh), SUM(rev_kwh)"
                " FROM seen.energy_day_rollup GROUP BY ALL",
            )
            assert sorted(found, key=str) == sorted(site.raw(), key=str)


@pytest.mark.parametrize("parted", [True, False])
def test_a_changed_month_is_seen_by_the_next_query(tmp_path: Path, parted: bool) -> None:
    site = Site(tmp_path, parted)
    asking = gate(tmp_path / "home", source_acquisition_url=f"duckdb:///{site.path}")
    query = Query("acquisition", "SELECT SUM(fwd_kwh) AS k, COUNT(*) AS n FROM energy_day", {}, "99401")
    for number in range(1, 5):
        time.sleep(0.06 if number % 2 else 0)
        assert asking.run(query).rows == [(Decimal(number), number)]
        site.load([("9940103", "T0", f"M{number}", date(2026, 8, 1 + number % 2), Decimal("1.00"), None)])
    site.rows["2026-08"].pop()
    site.write({"2026-08"})
    assert asking.run(query).rows == [(Decimal(4), 4)]


def test_a_moved_kilowatt_hour_is_seen_though_rows_and_sums_stay(tmp_path: Path) -> None:
    site, file = Site(tmp_path, False), tmp_path / "rollup.duckdb"
    august = date(2026, 8, 2)
    site.load([("9940103", tg, tg, august, Decimal(kwh), Decimal(0)) for tg, kwh in (("T1", 1), ("T2", 2))])
    bring_up_to_date(site.path, file, 0)
    swapped = [("9940103", tg, tg, august, Decimal(kwh), Decimal(0)) for tg, kwh in (("T1", 2), ("T2", 1))]
    site.rows["2026-08"][1:] = swapped
    site.write({"2026-08"})
    assert bring_up_to_date(site.path, file, 0) == ["2026-08"]
    assert bring_up_to_date(site.path, file, 0) == []


@pytest.mark.parametrize("damage", ["header", "middle", "short", "text"])
def test_a_damaged_rollup_is_built_anew(fresh_home: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    query = Query("acquisition", BY_AREA, {}, COUNTY)
    first = gate(fresh_home).run(query)
    [file] = (fresh_home / "rollup").glob("*.duckdb")
    whole = bytearray(file.read_bytes())
    spoiled = {
        "header": bytes(4096) + bytes(whole[4096:]),
        "middle": bytes(whole[:12288]) + bytes(byte ^ 0xFF for byte in whole[12288:]),
        "short": bytes(whole[: len(whole) // 3]),
        "text": "不是数据库".encode(),
    }
    file.unlink()
    file.write_bytes(spoiled[damage])
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            outcome = gate(fresh_home).run(query)
            assert sorted(outcome.rows, key=str) == sorted(first.rows, key=str)
    assert "rollup unreadable" in caplog.text
    assert Rollup("acquisition", fresh_home / "demo" / "acquisition.duckdb", fresh_home / "rollup").cursor() is not None


def test_the_rollup_is_what_answers(fresh_home: Path) -> None:
    query = Query("acquisition", "SELECT COUNT(*) AS n, COUNT(cons_no) AS c FROM energy_day", {}, COUNTY)
    rolled = Query("acquisition", "SELECT COUNT(*) AS n FROM energy_day", {}, COUNTY)
    path = fresh_home / "demo" / "acquisition.duckdb"
    keeper = Rollup("acquisition", path, fresh_home / "rollup", wait=20)
    assert keeper.cursor() is not None
    keeper.close()
    with duckdb.connect(str(keeper.file)) as engine:
        engine.execute("UPDATE energy_day_rollup SET n = n * 1000")
    counted = gate(fresh_home, rollup=False).run(rolled).rows[0][0]
    assert gate(fresh_home).run(rolled).rows == [(counted * 1000,)]
    assert gate(fresh_home).run(query).rows == [(counted, counted)], "customers are not in the roll-up"


def test_a_rollup_that_cannot_be_written_leaves_the_raw_rows(fresh_home: Path) -> None:
    (fresh_home / "rollup").write_text("a file where the folder should be")
    outcome = gate(fresh_home).run(Query("acquisition", BY_AREA, {}, COUNTY))
    assert outcome.status == "ok" and outcome.rows


def test_two_processes_worth_of_rollups_share_one_file(fresh_home: Path) -> None:
    path = fresh_home / "demo" / "acquisition.duckdb"
    both = [Rollup("acquisition", path, fresh_home / "rollup", wait=20) for _ in range(2)]
    assert both[0].cursor() is not None
    made = os.stat(both[0].file)
    assert both[1].cursor() is not None
    assert os.stat(both[1].file).st_ino == made.st_ino, "the second finds the first one's work"


@pytest.mark.parametrize(
    "spoil",
    [
        "CREATE VIEW energy_day AS SELECT * FROM base WHERE fwd_kwh > 1",
        "CREATE VIEW energy_day AS SELECT * REPLACE (fwd_kwh * 2 AS fwd_kwh) FROM read_parquet('{folder}/*.parquet')",
        "CREATE TABLE energy_day AS SELECT * REPLACE (fwd_kwh::DOUBLE AS fwd_kwh) FROM base",
    ],
)
def test_other_shapes_are_left_to_the_raw_rows(tmp_path: Path, spoil: str) -> None:
    site, other = Site(tmp_path, True), tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as engine:
        engine.execute(f"CREATE TABLE base AS FROM read_parquet('{site.folder}/*.parquet')")
        engine.execute(spoil.format(folder=site.folder))
    with pytest.raises(Unsuited):
        bring_up_to_date(other, tmp_path / "rollup.duckdb", 0)
    assert Rollup("acquisition", other, tmp_path, wait=5).cursor() is None


def test_scope_holds_on_the_rollup(fresh_home: Path) -> None:
    sql = "SELECT org_code, SUM(fwd_kwh) AS k FROM energy_day GROUP BY org_code"
    outcome = gate(fresh_home, COUNTY).run(Query("acquisition", sql, {}, COUNTY))
    assert outcome.rows and all(row[0].startswith(COUNTY) for row in outcome.rows)
    assert gate(fresh_home, COUNTY).run(Query("acquisition", sql, {}, "99401")).status == "denied"
