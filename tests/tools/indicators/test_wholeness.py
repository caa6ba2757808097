"""A unit whose rows are wholly or partly missing makes the figures above it incomplete, and is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from core.domain.actor import Actor, Role
from core.domain.fact import Fact
from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import catalog
from tests.tools.indicators.conftest import CITY, minted
from tools.fetch import Gate
from tools.indicators.ask import Ask
from tools.indicators.coverage import Coverage
from tools.indicators.engine import Engine
from tools.indicators.wholeness import Wholeness

TODAY = date(2026, 11, 23)
GONE = "9940104"
OCTOBER = Period.parse("2026-10")
NOVEMBER = Period.parse("2026-11")


def _city(home: Path, **urls: str) -> Engine:
    settings = Settings(home=home, today=TODAY, _env_file=None, **urls)  # type: ignore[arg-type]
    gate = Gate(Actor(user="u", name="人", role=Role.ANALYST, org=CITY), settings)
    return Engine(gate, catalog(), TODAY, minted())


@pytest.fixture(scope="module")
def broken(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Engine]:
    """The city without one county's October bills, its meter days of that month, and one station's three loss days."""
    folder = tmp_path_factory.mktemp("broken")
    for source, deletes in {
        "marketing": [f"DELETE FROM bill WHERE org_code LIKE '{GONE}%' AND ym = '2026-10'"],
        "acquisition": [
            f"DELETE FROM energy_day WHERE org_code LIKE '{GONE}%' AND date BETWEEN '2026-10-01' AND '2026-10-31'",
            "DELETE FROM tg_loss_day WHERE org_code = '994010201' AND date BETWEEN '2026-10-07' AND '2026-10-09'",
        ],
    }.items():
        shutil.copy(demo_home / "demo" / f"{source}.duckdb", folder / f"{source}.duckdb")
        with duckdb.connect(str(folder / f"{source}.duckdb")) as connection:
            for statement in deletes:
                connection.execute(statement)
    urls = {f"source_{name}_url": f"duckdb:///{folder / name}.duckdb" for name in ("marketing", "acquisition")}
    return lambda: _city(demo_home, **urls)


def _one(engine: Engine, code: str, org: str = CITY, period: Period = OCTOBER) -> Fact:
    [fact] = engine.compute([Ask(code, org, period)])
    return fact


@pytest.mark.parametrize("code", ["A02", "B01", "B02", "B03"])
def test_bills_of_a_county_that_are_missing_make_the_city_partial(code: str, broken: Callable[[], Engine]) -> None:
    city = _one(broken(), code)
    assert city.status == "partial" and city.value is not None
    assert city.reason == "云州望湖区没有电费账单数据"
    counties = broken().compute([Ask(code, CITY, OCTOBER, by="org")])
    states = {fact.org: fact.status for fact in counties}
    assert states == {GONE: "empty", "9940101": "ok", "9940102": "ok", "9940103": "ok"}
    assert all(fact.value for fact in counties if fact.org != GONE)
    assert next(fact for fact in counties if fact.org == GONE).value is None


def test_an_incomplete_base_is_no_base(broken: Callable[[], Engine], city_engine: Engine) -> None:
    whole, short = _one(city_engine, "A02"), _one(broken(), "A02")
    assert whole.compare.yoy is not None and whole.compare.ytd is not None
    assert (short.compare.yoy, short.compare.mom, short.compare.ytd, short.compare.ytd_yoy) == (None,) * 4
    after = _one(broken(), "B02", period=NOVEMBER)
    assert after.compare.mom is None and after.compare.mom_base is None


def test_parts_of_a_whole_are_partial_too(broken: Callable[[], Engine]) -> None:
    facts = broken().compute([Ask("A06", CITY, OCTOBER, by="industry")])
    assert facts and all(fact.status == "partial" and "望湖区" in fact.reason for fact in facts if fact.value)
    months = broken().compute([Ask("A02", CITY, Period.parse("2026-08-01..2026-10-31"), by="month")])
    assert [fact.status for fact in months] == ["ok", "ok", "partial"]


def test_days_of_a_county_and_of_a_station_are_missed(broken: Callable[[], Engine]) -> None:
    metered = _one(broken(), "A04")
    assert metered.status == "partial" and metered.reason == "云州望湖区没有日冻结电量数据"
    assert _one(broken(), "A04", GONE).value is None
    assert _one(broken(), "A04", "9940101").status == "ok"
    loss = _one(broken(), "C02")
    assert loss.status == "partial" and loss.reason == "陵阳供电所的台区日线损数据不全"
    assert _one(broken(), "C02", "9940102").status == "partial" and _one(broken(), "C02", GONE).status == "ok"
    whole_days = _one(broken(), "C02", period=Period.parse("2026-10-10..2026-10-20"))
    assert whole_days.status == "ok", "days outside the hole are whole"


def test_a_whole_province_raises_no_alarm_but_its_planted_gap(demo_home: Path) -> None:
    settings = Settings(home=demo_home, today=TODAY, _env_file=None)
    gate = Gate(Actor(user="u", name="人", role=Role.ANALYST, org=CITY), settings)
    book, tree = catalog(), gate.org_tree()
    coverage = Coverage(gate, book)
    coverage.load(book.datasets)
    wholeness = Wholeness(gate, book, coverage, tree)
    months = OCTOBER.trailing_months(14)
    wholeness.learn(gate.run_many(wholeness.ask((name, month) for name in book.datasets for month in months)))
    found = {
        (name, month.code, gap.org)
        for name in book.datasets
        for month in months
        for org in tree.orgs
        for gap in wholeness.gaps(name, org.code, month)
        if org.level == "station"
    }
    with duckdb.connect(str(demo_home / "demo" / "acquisition.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT org_code, substr(CAST(date AS VARCHAR), 1, 7) AS m, COUNT(DISTINCT date) AS n FROM collect_day "
            "GROUP BY 1, 2 HAVING COUNT(DISTINCT date) < day(last_day(MIN(date)))"
        ).fetchall()
    assert rows, "the province has a planted gap"
    assert found == {("collect_day", month, org) for org, month, _ in rows}
