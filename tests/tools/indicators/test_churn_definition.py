"""H05 on planted losses: each way of being lost counts once, in its own month, and a reduction alone does not count."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import catalog
from tools.fetch import Gate
from tools.indicators.ask import Ask
from tools.indicators.engine import Engine

BIG = "cust_type = '高压' AND contract_cap_kva >= 315 AND close_date IS NULL AND open_date < DATE '2024-09-01'"


@pytest.fixture
def planted(demo_home: Path, tmp_path: Path, city_gate: Gate) -> Engine:
    copy = tmp_path / "marketing.duckdb"
    shutil.copy(demo_home / "demo" / "marketing.duckdb", copy)
    with duckdb.connect(str(copy)) as c:
        c.execute("DELETE FROM work_order")
        c.execute("UPDATE bill SET kwh_total = 1000")
        closed, stopped, shrunk, reduced, idle = (
            row[0] for row in c.execute(f"SELECT cons_no FROM customer WHERE {BIG} ORDER BY cons_no LIMIT 5").fetchall()
        )
        c.execute("UPDATE customer SET close_date = DATE '2026-10-15' WHERE cons_no = ?", [closed])
        c.execute("UPDATE bill SET kwh_total = 0 WHERE cons_no IN (?, ?) AND ym >= '2026-08'", [stopped, closed])
        c.execute("UPDATE bill SET kwh_total = 200 WHERE cons_no = ? AND ym = '2026-10'", [shrunk])
        c.execute("UPDATE bill SET kwh_total = 201 WHERE cons_no = ? AND ym = '2026-10'", [reduced])
        c.execute("UPDATE bill SET kwh_total = 0 WHERE cons_no = ? AND ym >= '2026-09'", [idle])
        for cons_no in (shrunk, reduced):
            c.execute(
                "INSERT INTO work_order SELECT 'W' || cons_no, cons_no, org_code, '减容', 800, 315, "
                "TIMESTAMP '2026-04-20', NULL, TIMESTAMP '2026-05-02', '已归档' FROM customer WHERE cons_no = ?",
                [cons_no],
            )
    settings = Settings(home=demo_home, today=city_gate.settings.today, source_marketing_url=f"duckdb:///{copy}")
    ids = iter(f"F{n}" for n in range(99))
    return Engine(Gate(city_gate.actor, settings), catalog(), settings.business_date(), lambda: next(ids))


def test_each_loss_counts_once_in_its_month(planted: Engine) -> None:
    months = ("2026-08", "2026-09", "2026-10", "2026-Q3")
    lost = planted.compute([Ask("H05.lost", "99401", Period.parse(month)) for month in months])
    # October: closed (also three idle months, still one customer), stopped, shrunk; the one at 20.1 % and the one idle
    # for only two months are not lost
    assert [fact.value for fact in lost] == [0, 0, 3, 0]
    [rate], [base] = planted.compute_each([Ask(code, "99401", Period.parse("2026-10")) for code in ("H05", "H05.base")])
    assert base.value is not None and rate.value is not None and rate.value * base.value == 300
