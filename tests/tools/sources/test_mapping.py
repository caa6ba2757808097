"""A site's own tables under the canonical names: renamed, computed, missing, absent, and from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

import tools.sources
from core.domain.actor import Actor
from core.errors import BadRequest
from core.settings import Settings
from tools.fetch import Gate, Query
from tools.sources.mapping import load_site
from tools.sources.probe import probe

CITY = "99401"
MISTAKES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "mapping_mistakes.yaml").read_text(encoding="utf-8"))
RECIPE = Path(tools.sources.__file__).parent / "examples" / "enterprise_parquet.yaml"
SITE = """
absent: [service]
sources:
  marketing:
    datasets:
      customer:
        table: KH
        columns: {cons_no: YHBH, cons_name: YHMC, org_code: "GDDW", run_cap_kva: "RL * 1000"}
        missing: [tg_no, line_id, industry_code, tariff_class, voltage_kv, contract_cap_kva, market_flag, status,
          cust_type, open_date, close_date, phone, address]
      bill:
        query: SELECT YHBH, DW, NY, SUM(DL) AS DL FROM ZD GROUP BY YHBH, DW, NY
        columns: {cons_no: YHBH, org_code: DW, ym: "SUBSTR(NY, 1, 4) || '-' || SUBSTR(NY, 5, 2)", kwh_total: DL}
        missing: [bill_id, period_start, period_end, kwh_peak, kwh_flat, kwh_valley, energy_amt, basic_amt, pf_amt,
          surcharge_amt, receivable_amt, issue_time, reversal_of]
      pv_plant: absent
"""


@pytest.fixture
def site_gate(tmp_path: Path, make_gate: Callable[..., Gate], actor: Actor) -> Gate:
    """A SQLite site with its own Chinese-pinyin names."""
    import sqlite3

    path = tmp_path / "site.sqlite"
    with sqlite3.connect(path) as engine:
        engine.execute("CREATE TABLE KH (YHBH TEXT, YHMC TEXT, GDDW TEXT, RL NUMERIC)")
        engine.execute("CREATE TABLE ZD (YHBH TEXT, DW TEXT, NY TEXT, DL NUMERIC)")
        customers = [("1", "张三丰", "9940101", 0.05), ("2", "甲公司", "9940104", 2)]
        engine.executemany("INSERT INTO KH VALUES (?, ?, ?, ?)", customers)
        engine.executemany(
            "INSERT INTO ZD VALUES (?, ?, ?, ?)",
            [("1", "9940101", "202610", 10.5), ("1", "9940101", "202610", 1.25), ("2", "9940104", "202610", 700)],
        )
    engine.close()
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    return make_gate(actor, source_marketing_url=f"sqlite:///{path}", source_mapping=tmp_path / "site.yaml")


def test_site_names_become_canonical_and_stay_scoped(site_gate: Gate) -> None:
    sql = (
        "SELECT c.cons_no, c.cons_name, c.run_cap_kva, b.kwh_total, c.market_flag FROM customer c"
        " JOIN bill b ON b.cons_no = c.cons_no WHERE b.ym = '2026-10' ORDER BY 1"
    )
    outcome = site_gate.run(Query("marketing", sql, {}, CITY))
    assert outcome.rows == [
        ("1", "张*丰", Decimal("50.0"), Decimal("11.75"), None),
        ("2", "甲公司", Decimal("2000"), Decimal("700"), None),
    ], outcome.message
    assert len(site_gate.run(Query("marketing", sql, {}, "9940101")).rows) == 1


def test_absent_tables_and_sources_are_empty_with_a_reason(site_gate: Gate) -> None:
    table = site_gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM pv_plant", {}, CITY))
    system = site_gate.run(Query("service", "SELECT COUNT(*) AS n FROM ticket", {}, CITY))
    assert (table.status, system.status) == ("empty", "empty")
    assert "pv_plant" in table.message and "未接入" in system.message
    assert {state.name for state in probe(site_gate) if not state.connected} == {"service"}


def test_wrong_real_names_are_errors_that_name_them(site_gate: Gate) -> None:
    outcome = site_gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM inspection WHERE finding = 'x'", {}, CITY))
    assert outcome.status == "error" and "inspection" in outcome.message and "映射" in outcome.message


@pytest.mark.parametrize("case", MISTAKES, ids=lambda case: case["yaml"][:50])
def test_every_mistake_is_named_in_chinese(tmp_path: Path, case: dict[str, Any]) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(case["yaml"], encoding="utf-8")
    with pytest.raises(BadRequest) as caught:
        load_site(Settings(home=tmp_path, source_mapping=path, _env_file=None))  # type: ignore[call-arg]
    assert all(word in str(caught.value) for word in case["says"]), str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("expression", ["(SELECT MAX(x) FROM t)", "SUM(x)", "a b c d", "DROP TABLE t"])
def test_expressions_are_single_row_expressions(
    tmp_path: Path, make_gate: Callable[..., Gate], actor: Actor, expression: str
) -> None:
    raw = {"sources": {"marketing": {"datasets": {"bill": {"columns": {"ym": expression}}}}}}
    (tmp_path / "site.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
    gate = make_gate(actor, source_mapping=tmp_path / "site.yaml")
    outcome = gate.run(Query("marketing", "SELECT ym FROM bill", {}, CITY))
    assert outcome.status == "error" and "映射" in outcome.message


@pytest.fixture
def wide_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Three enterprises, forty days, one column a day; 1 is the floor that means no use."""
    import duckdb

    path = tmp_path / "daily.parquet"
    days = [date(2015, 1, 1) + timedelta(days=at) for at in range(40)]
    fields = ", ".join(f'CAST(CASE WHEN u = 3 THEN 1 ELSE u * 10 END AS BIGINT) AS "{day}"' for day in days)
    with duckdb.connect() as engine:
        engine.execute(f"COPY (SELECT u AS user_id, {fields} FROM (VALUES (1), (2), (3)) t(u)) TO '{path}'")
    monkeypatch.setenv("PARQUET", str(path))
    yield path


def test_enterprise_recipe_serves_two_sources_from_one_file(
    wide_parquet: Path, make_gate: Callable[..., Gate], actor: Actor
) -> None:
    district = actor.model_copy(update={"org": "32000"})
    gate = make_gate(district, source_mapping=RECIPE)
    assert [org.code for org in gate.org_tree().orgs] == ["32000", "3200001"]
    daily = gate.run(
        Query(
            "acquisition",
            "SELECT SUM(fwd_kwh) AS k, COUNT(*) AS n FROM energy_day WHERE date BETWEEN :a AND :b",
            {"a": "2015-01-30", "b": "2015-02-02"},
            "3200001",
        )
    )
    assert daily.rows == [(Decimal("120.00"), 12)], daily.message
    monthly = gate.run(
        Query("marketing", "SELECT ym, SUM(kwh_total) AS k, SUM(receivable_amt) AS r FROM bill GROUP BY ym ORDER BY ym",
              {}, "32000")
    )  # fmt: skip
    assert monthly.rows == [("2015-01", Decimal("930.00"), None), ("2015-02", Decimal("270.00"), None)]
    names = gate.run(Query("marketing", "SELECT cons_no, cons_name FROM customer ORDER BY cons_no", {}, "32000"))
    assert names.rows[0] == ("0000000001", "示范企业0000000001公司")
    assert gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM payment", {}, "32000")).status == "empty"
    assert str(gate.cutoff("acquisition", "energy_day")) == "2015-02-09"
    assert gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM customer", {}, "99401")).status == "denied"


def test_bulk_frames_are_typed_and_hold_no_sensitive_column(
    wide_parquet: Path, make_gate: Callable[..., Gate], actor: Actor
) -> None:
    gate = make_gate(actor.model_copy(update={"org": "32000"}), source_mapping=RECIPE, source_rows=10)
    outcome = gate.run(Query("acquisition", "SELECT cons_no, date, fwd_kwh FROM energy_day", {}, "32000", bulk=True))
    frame = outcome.frame()
    assert outcome.status == "ok" and outcome.rows == [] and outcome.row_count == len(frame) == 120
    assert list(frame.columns) == ["cons_no", "date", "fwd_kwh"] and frame["fwd_kwh"].sum() == 1200
    assert gate.run(Query("marketing", "SELECT cons_name FROM customer", {}, "32000", bulk=True)).status == "denied"


def test_recipe_without_its_variable_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PARQUET", raising=False)
    with pytest.raises(BadRequest, match="PARQUET"):
        load_site(Settings(home=tmp_path, source_mapping=RECIPE, _env_file=None))  # type: ignore[call-arg]
