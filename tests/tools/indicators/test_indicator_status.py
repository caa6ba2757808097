"""无数据, 无权限, 取数失败, 数据不完整 and 真为零 are five different facts."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from core.domain.actor import Actor, Role
from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import catalog
from tools.fetch import Gate
from tools.indicators.ask import Ask
from tools.indicators.engine import Engine

TODAY = date(2026, 11, 5)
OCTOBER = Period.parse("2026-10")


def engine(home: Path, org: str = "99401", role: Role = Role.ANALYST, today: date = TODAY, **urls: str) -> Engine:
    settings = Settings(home=home, today=today, **urls)  # type: ignore[arg-type]
    ids = iter(f"F{n}" for n in range(1, 10_000))
    return Engine(Gate(Actor(user="u", name="人", role=role, org=org), settings), catalog(), today, lambda: next(ids))


def test_a_real_zero_is_a_number(demo_home: Path) -> None:
    zero, all_tickets = engine(demo_home).compute([Ask("H04", "99401", OCTOBER), Ask("E01", "99401", OCTOBER)])
    assert zero.status == "ok" and zero.value == 0
    assert all_tickets.status == "ok" and all_tickets.value
    complaints = engine(demo_home).compute([Ask("E02", "99401", OCTOBER, by="org")])
    assert len(complaints) == 4 and all(fact.status == "ok" and fact.value is not None for fact in complaints)


def test_a_period_before_the_data_is_empty_not_zero(demo_home: Path) -> None:
    facts = engine(demo_home).compute([Ask(code, "99401", Period.parse("2023-05")) for code in ("A02", "E02", "C02")])
    assert [(fact.status, fact.value) for fact in facts] == [("empty", None)] * 3
    assert "没有电费账单数据" in facts[0].reason and "2024-09-01" in facts[0].reason
    assert "没有95598工单数据" in facts[1].reason


def test_a_period_that_has_not_begun_is_empty_and_says_so(demo_home: Path) -> None:
    [fact] = engine(demo_home).compute([Ask("A02", "99401", Period.parse("2026-12"))])
    assert (fact.status, fact.value) == ("empty", None)
    assert "尚未开始" in fact.reason and "2026-11-05" in fact.reason


def test_a_running_period_is_partial_and_not_compared(demo_home: Path) -> None:
    [fact] = engine(demo_home, today=date(2026, 10, 20)).compute([Ask("I02", "99401", Period.parse("2026-Q4"))])
    assert fact.status == "partial" and fact.value is not None and "2026-10-31" in fact.reason
    assert fact.compare.yoy is None and fact.compare.mom is None


def test_data_that_end_early_are_partial(demo_home: Path, tmp_path: Path) -> None:
    cut = tmp_path / "acquisition.duckdb"
    shutil.copy(demo_home / "demo" / "acquisition.duckdb", cut)
    with duckdb.connect(str(cut)) as connection:
        connection.execute("DELETE FROM collect_day WHERE date > DATE '2026-10-20'")
        connection.execute("DELETE FROM tg_loss_day WHERE org_code LIKE '9940102%' AND date > DATE '2026-10-25'")
    cut_engine = engine(demo_home, source_acquisition_url=f"duckdb:///{cut}")
    collected, county, whole = cut_engine.compute(
        [Ask("D02", "99401", OCTOBER), Ask("C02", "9940102", OCTOBER), Ask("C02", "99401", OCTOBER)]
    )
    assert collected.status == "partial" and "截至2026-10-20" in collected.reason
    assert collected.as_of is not None and collected.as_of.date() == date(2026, 10, 20)
    assert county.status == "partial" and "截至2026-10-25" in county.reason
    assert whole.status == "partial" and whole.reason == "云州东陵县的台区日线损数据不全"


def test_another_unit_is_denied_and_named(demo_home: Path) -> None:
    facts = engine(demo_home, org="9940104").compute(
        [Ask("A02", "9940101", OCTOBER), Ask("A02", "99401", OCTOBER), Ask("A02", "9940104", OCTOBER)]
    )
    assert [fact.status for fact in facts] == ["denied", "denied", "ok"]
    assert "9940101" in facts[0].reason and "9940104" in facts[0].reason


def test_an_administrator_sees_no_figures(demo_home: Path) -> None:
    [fact] = engine(demo_home, role=Role.SYSADMIN).compute([Ask("A02", "99401", OCTOBER)])
    assert (fact.status, fact.value) == ("denied", None) and fact.reason


@pytest.mark.parametrize("code", ["E02", "E03"])
def test_a_failing_source_is_an_error_never_a_zero(code: str, demo_home: Path, tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'missing.duckdb'}"
    asks = [Ask(code, "99401", OCTOBER), Ask("A02", "99401", OCTOBER)]
    facts = engine(demo_home, source_service_url=url).compute(asks)
    assert [fact.status for fact in facts] == ["error", "ok"]
    assert facts[0].value is None and "95598" in facts[0].reason


def test_a_cross_source_ratio_names_the_failed_leg(demo_home: Path, tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'missing.duckdb'}"
    [fact] = engine(demo_home, source_acquisition_url=url).compute([Ask("C01", "99401", OCTOBER)])
    assert fact.status == "error" and "采集2.0" in fact.reason and fact.value is None


def test_a_monthly_indicator_has_no_days(demo_home: Path) -> None:
    asks = [Ask("A02", "99401", Period.parse("2026-10-05")), Ask("A02", "99401", OCTOBER, by="day")]
    facts = engine(demo_home).compute(asks)
    assert [fact.status for fact in facts] == ["empty", "empty"]
    assert "按月统计" in facts[0].reason


def test_a_station_has_no_lower_units(demo_home: Path) -> None:
    [fact] = engine(demo_home).compute([Ask("A02", "994010101", OCTOBER, by="org")])
    assert fact.status == "empty" and "没有下级单位" in fact.reason


def test_a_source_without_the_dataset_is_no_data(demo_home: Path, tmp_path: Path) -> None:
    bare = tmp_path / "service.duckdb"
    with duckdb.connect(str(bare)) as connection:
        connection.execute("ATTACH '%s' AS old (READ_ONLY)" % (demo_home / "demo" / "service.duckdb"))
        connection.execute("CREATE TABLE ticket AS SELECT * FROM old.ticket WHERE false")
        connection.execute("CREATE TABLE call_day AS SELECT * FROM old.call_day")
    [fact] = engine(demo_home, source_service_url=f"duckdb:///{bare}").compute([Ask("E02", "99401", OCTOBER)])
    assert (fact.status, fact.value) == ("empty", None)
