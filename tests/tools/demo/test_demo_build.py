"""The build itself: contract columns, exact types, determinism, replacement, manifest."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tools.demo import build
from tools.demo import province as builder
from tools.demo.scale import parse_scale
from tools.demo.schema import SOURCES

CONTRACT = {
    "marketing.org": "org_code, org_name, parent_code, level",
    "marketing.customer": "cons_no, cons_name, cust_type, org_code, tg_no, line_id, industry_code, tariff_class, "
    "voltage_kv, contract_cap_kva, run_cap_kva, market_flag, status, open_date, close_date, phone, address",
    "marketing.metering_point": "mp_no, cons_no, mp_class, tg_no, ratio, valid_from, valid_to",
    "marketing.meter_change": "mp_no, change_time, old_stop, new_start, old_ratio, new_ratio",
    "marketing.bill": "bill_id, cons_no, org_code, ym, period_start, period_end, kwh_total, kwh_peak, kwh_flat, "
    "kwh_valley, energy_amt, basic_amt, pf_amt, surcharge_amt, receivable_amt, issue_time, reversal_of",
    "marketing.payment": "pay_id, bill_id, cons_no, org_code, ym, amt, channel, arrive_time",
    "marketing.work_order": "wo_no, cons_no, org_code, wo_type, cap_before_kva, cap_after_kva, accept_time, plan_time, "
    "finish_time, status",
    "marketing.inspection": "case_no, cons_no, org_code, found_date, finding, kwh, amount",
    "marketing.pv_plant": "cons_no, org_code, tg_no, cap_kw, grid_date",
    "marketing.weather_day": "org_code, date, t_avg, t_max, t_min",
    "meter.meter_event": "mp_no, cons_no, org_code, event_code, start_time, end_time",
    "meter.curve96": "mp_no, cons_no, ts, p_kw, q_kvar, ua, ub, uc, ia, ib, ic",
    "meter.register_day": "mp_no, date, r_total, r_peak, r_flat, r_valley, rev_total, quality",
    "service.ticket": "ticket_no, channel, biz_type, sub_type, cons_no, org_code, accept_time, dispatch_time, "
    "arrive_time, finish_time, revisit_time, satisfaction, is_true, duty_dept, repeat_of, content",
    "service.call_day": "org_code, date, calls, answered, answered_20s",
    "equipment.line": "line_id, line_name, voltage_kv, org_code",
    "equipment.transformer": "tg_no, tg_name, line_id, org_code, cap_kva, is_public, run_date",
    "equipment.outage_event": "event_id, event_type, line_id, tg_no, org_code, start_time, end_time, customers, "
    "cause_code",
    "equipment.work_plan": "plan_no, line_id, org_code, plan_start, plan_end, status",
    "equipment.defect": "defect_no, tg_no, org_code, found_time, level, cleared_time",
    "acquisition.energy_day": "mp_no, cons_no, tg_no, org_code, date, fwd_kwh, rev_kwh, quality",
    "acquisition.supply_day": "org_code, tg_no, date, supply_kwh",
    "acquisition.collect_day": "org_code, tg_no, date, expected, got",
    "acquisition.tg_loss_day": "tg_no, org_code, date, supply_kwh, sale_kwh, pv_kwh, loss_kwh, loss_pct, computable, "
    "reason",
    "acquisition.fee_control": "cmd_no, cons_no, org_code, cmd, sent_time, result",
    **dict.fromkeys((f"{source}.delivery_day" for source in SOURCES), "dataset, org_code, date, row_count"),
}


def columns(con: Any) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for source, table, name, kind in con.execute(
        "SELECT database_name, table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name NOT IN ('memory', 'system', 'temp') ORDER BY database_name, table_name, column_index"
    ).fetchall():
        found.setdefault(f"{source}.{table}", []).append((name, kind))
    return found


def test_tables_have_exactly_the_contract_columns(province: Any) -> None:
    found = columns(province.con)
    assert {table: ", ".join(name for name, _ in cols) for table, cols in found.items()} == CONTRACT
    assert {f"{s}.{t}" for s, tables in SOURCES.items() for t in tables} == set(CONTRACT)


def test_no_floating_point_column_anywhere(province: Any) -> None:
    kinds = {kind for cols in columns(province.con).values() for _, kind in cols}
    assert not kinds & {"DOUBLE", "FLOAT"}


def test_every_row_carries_a_station_code(province: Any) -> None:
    for table, text in CONTRACT.items():
        if "org_code" in text and table != "marketing.org":
            province.none(
                f"SELECT org_code FROM {table} WHERE org_code IS NULL OR org_code NOT IN "
                "(SELECT org_code FROM marketing.org WHERE level = 'station') LIMIT 5"
            )


def test_manifest_says_what_it_is(province: Any) -> None:
    manifest = json.loads((province.out / "manifest.json").read_text("utf-8"))
    assert manifest["label"] == "演示数据"
    assert manifest["data_window"] == {"start": "2024-09-01", "end": "2026-10-31"}
    for table, count in manifest["rows"].items():
        assert province.one(f"SELECT count(*) FROM {table}") == count, table
        assert count > 0, table


Fingerprint = Callable[[Path], dict[str, tuple[int, int]]]


def test_same_seed_same_digits_and_another_seed_others(
    build_tiny: Callable[..., Path], fingerprint: Fingerprint, demo_source: Path
) -> None:
    first, second = build_tiny(seed=7), build_tiny(seed=7)
    assert fingerprint(first) == fingerprint(second)
    for name in ("defects", "events", "churn"):
        path = f"answer_key/{name}.json"
        assert (first / path).read_bytes() == (second / path).read_bytes()
    assert fingerprint(first)["acquisition.energy_day"] != fingerprint(demo_source)["acquisition.energy_day"]


def test_without_planting_nothing_is_planted(plain: Path, attached: Any) -> None:
    for name in ("defects", "events", "churn"):
        assert json.loads((plain / "answer_key" / f"{name}.json").read_text("utf-8")) == []
    con = attached(plain)
    assert con.execute("SELECT count(*) FROM marketing.bill WHERE reversal_of IS NOT NULL").fetchone() == (0,)
    assert con.execute("SELECT count(*) FROM acquisition.energy_day WHERE quality = '缺失'").fetchone() == (0,)
    con.close()


def test_a_failed_rebuild_leaves_the_old_and_a_good_one_replaces_it(
    plain: Path, tmp_path: Path, fingerprint: Fingerprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "demo"
    shutil.copytree(plain, out)
    (out / "left.txt").write_text("old", "utf-8")
    before = fingerprint(out)
    with monkeypatch.context() as patch:
        patch.setattr("tools.demo.books.write_registry", _fail)
        with pytest.raises(RuntimeError):
            build(out, scale="tiny")
    assert fingerprint(out) == before
    build(out, scale="tiny")
    assert not (out / "left.txt").exists()
    assert fingerprint(out) != before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["demo"]


def _fail(*_args: object, **_options: object) -> None:
    raise RuntimeError("stop")


def test_parquet_layout_gives_the_same_rows(
    plain: Path, build_tiny: Callable[..., Path], attached: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "parse_scale", lambda name: replace(parse_scale(name), parquet=True))
    parted = build_tiny(plant=False)
    assert len(list((parted / "parquet" / "energy_day").glob("*.parquet"))) == 26
    one, other = attached(plain), attached(parted)
    for table in ("acquisition.energy_day", "meter.register_day"):
        query = f"SELECT count(*), sum(hash(t)::HUGEINT) FROM {table} t"
        assert one.execute(query).fetchone() == other.execute(query).fetchone()
        assert columns(one)[table] == columns(other)[table]
    files = sorted(str(p) for p in (parted / "parquet").rglob("*.parquet"))
    months, unsorted = other.execute(f"""
        SELECT count(DISTINCT date_trunc('month', date)), count(*) FILTER (mp_no < earlier)
        FROM (SELECT *, lag(mp_no) OVER (ORDER BY file_row_number) AS earlier
              FROM read_parquet('{files[0]}', file_row_number = true))
    """).fetchone()
    assert (months, unsorted) == (1, 0)


def test_importing_the_package_is_light() -> None:
    code = "import sys, tools.demo; sys.exit(bool({'numpy', 'duckdb', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_unknown_scale_is_refused_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="演示数据规模"):
        build(tmp_path / "x", scale="huge")
    assert parse_scale("large:50000").customers == 50_000
