"""Events of a county that were not delivered: no figure above them is whole, and none of its own is a zero."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from core.domain.actor import Actor, Role
from core.domain.org import Org, OrgTree
from core.domain.period import Period
from core.settings import SOURCES, Settings
from knowledge.catalog import catalog
from tests.tools.indicators.conftest import CITY, minted
from tools.demo.schema import EVENTS
from tools.fetch import Gate
from tools.indicators.ask import Ask
from tools.indicators.coverage import Coverage
from tools.indicators.engine import Engine
from tools.indicators.silence import Usual, silences
from tools.indicators.wholeness import Wholeness

TODAY = date(2026, 11, 23)
GONE, THERE = "9940104", ("9940101", "9940102", "9940103")
OCTOBER = Period.parse("2026-10")
FIGURES = {
    "payment": ("B04", "B05", "B08"),
    "work_order": ("F01", "F03", "H04"),
    "meter_event": ("D07", "D07.count"),
    "ticket": ("E01", "E02", "E03", "E09"),
    "outage_event": ("G01", "G02", "G04", "G06"),
    "fee_control": ("D05",),
}
Cut = Callable[[str], dict[str, str]]


def _gate(home: Path, **urls: str) -> Gate:
    settings = Settings(home=home, today=TODAY, _env_file=None, **urls)  # type: ignore[arg-type]
    return Gate(Actor(user="u", name="人", role=Role.ANALYST, org=CITY), settings)


def _gaps(gate: Gate) -> set[tuple[str, str, str]]:
    """(dataset, unit, what is said) of every event dataset in every month of the province."""
    book, names = catalog(), [table.split(".")[1] for table in EVENTS]
    coverage = Coverage(gate, book)
    coverage.load(names)
    wholeness = Wholeness(gate, book, coverage, gate.org_tree())
    months = OCTOBER.trailing_months(26)
    wholeness.learn(gate.run_many(wholeness.ask((name, month) for name in names for month in months)))
    assert not any(wholeness.unknown(name) for name in names)
    return {
        (name, gap.org, wholeness.said(name, [gap]))
        for name in names
        for month in months
        for gap in wholeness.gaps(name, CITY, month)
    }


@pytest.fixture(scope="module")
def cut(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Cut:
    """Settings on a copy of the province without the county's October rows of one dataset."""
    folder = tmp_path_factory.mktemp("cut")

    def copy(dataset: str) -> dict[str, str]:
        table = next(table for table in EVENTS if table.endswith(f".{dataset}"))
        source, path = table.split(".")[0], folder / f"{dataset}.duckdb"
        if not path.exists():
            shutil.copy(demo_home / "demo" / f"{source}.duckdb", path)
            with duckdb.connect(str(path)) as connection:
                where = f"org_code LIKE '{GONE}%' AND strftime({EVENTS[table]}, '%Y-%m') = '2026-10'"
                [gone] = connection.execute(f"SELECT COUNT(*) FROM {dataset} WHERE {where}").fetchone() or [0]
                assert gone, f"{dataset} has rows to lose"
                connection.execute(f"DELETE FROM {dataset} WHERE {where}")
        return {f"source_{source}_url": f"duckdb:///{path}"}

    return copy


@pytest.mark.parametrize("dataset", FIGURES)
def test_a_county_without_its_events_is_named_and_never_zero(dataset: str, demo_home: Path, cut: Cut) -> None:
    label = catalog().datasets[dataset].label
    gate = _gate(demo_home, **cut(dataset))
    asks = [Ask(code, org, OCTOBER) for code in FIGURES[dataset] for org in (CITY, GONE, *THERE)]
    for ask, fact in zip(asks, Engine(gate, catalog(), TODAY, minted()).compute(asks), strict=True):
        if ask.org in THERE:
            assert fact.status != "partial", (fact.indicator, fact.reason)
            continue
        assert fact.status in {"partial", "empty"} and label in fact.reason, (fact.indicator, fact.status, fact.reason)
        # balances, orders accepted earlier and a year's outages hold other rows than those of October
        assert ask.org == CITY or fact.value is None or fact.indicator in {"B08", "F03", "H04", "G06"}, "not a zero"
        assert fact.value is not None or fact.status == "empty"
    found = _gaps(gate)
    assert {name for name, _, _ in found} == {dataset}
    assert all(unit.startswith(GONE) and label in said for _, unit, said in found)


def test_a_unit_whose_delivery_is_not_in_the_log_is_missing(demo_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "service.duckdb"
    shutil.copy(demo_home / "demo" / copy.name, copy)
    with duckdb.connect(str(copy)) as connection:
        for name, at in (("ticket", "accept_time"), ("delivery_day", "date")):
            connection.execute(
                f"DELETE FROM {name} WHERE org_code LIKE '{GONE}%' AND strftime({at}, '%Y-%m') = '2026-10'"
            )
    gate = _gate(demo_home, source_service_url=f"duckdb:///{copy}")
    [city, county] = Engine(gate, catalog(), TODAY, minted()).compute(
        [Ask("E01", org, OCTOBER) for org in (CITY, GONE)]
    )
    assert (city.status, city.reason) == ("partial", "云州望湖区没有95598工单数据")
    assert (county.status, county.value) == ("empty", None) and "没有95598工单数据" in county.reason


def test_rows_that_vanished_on_single_days_are_told(demo_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "marketing.duckdb"
    shutil.copy(demo_home / "demo" / copy.name, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "DELETE FROM payment WHERE pay_id = (SELECT MIN(pay_id) FROM payment WHERE org_code = '994010201' "
            "AND strftime(arrive_time, '%Y-%m') = '2026-10')"
        )
    gate = _gate(demo_home, source_marketing_url=f"duckdb:///{copy}")
    [city] = Engine(gate, catalog(), TODAY, minted()).compute([Ask("B04", CITY, OCTOBER)])
    assert (city.status, city.reason) == ("partial", "陵阳供电所的收费记录数据不全")


def test_the_whole_province_raises_no_alarm(demo_home: Path, tmp_path: Path) -> None:
    assert _gaps(_gate(demo_home)) == set()
    urls = {}
    for source in SOURCES:
        copy = tmp_path / f"{source}.duckdb"
        shutil.copy(demo_home / "demo" / copy.name, copy)
        with duckdb.connect(str(copy)) as connection:
            connection.execute("DROP TABLE delivery_day")
        urls[f"source_{source}_url"] = f"duckdb:///{copy}"
    assert _gaps(_gate(demo_home, **urls)) == set(), "nor where the sources keep no log"
    lost = tmp_path / "lost.duckdb"
    shutil.copy(tmp_path / "marketing.duckdb", lost)
    with duckdb.connect(str(lost)) as connection:
        connection.execute(
            f"DELETE FROM payment WHERE org_code LIKE '{GONE}%' AND strftime(arrive_time, '%Y-%m') = '2026-10'"
        )
    urls["source_marketing_url"] = f"duckdb:///{lost}"
    assert _gaps(_gate(demo_home, **urls)) == {("payment", GONE, "云州望湖区的收费记录数据不全")}


TREE = OrgTree(orgs=(Org(code="11", name="市"), Org(code="1101", name="甲县", parent="11")))
USUAL = Usual(probability=1e-6, history=365, share=0.5)
DAYS = [date(2026, 1, 1) + timedelta(days=at) for at in range(300)]


@pytest.mark.parametrize(
    ("quiet", "every", "found"),
    [
        ((200, 230), 1, True),  # a month without events after events every day
        ((200, 210), 1, False),  # ten days may be chance
        ((60, 90), 1, False),  # too short a history to know a rate
        ((200, 290), 3, False),  # events on one day in three: silence proves nothing
        ((270, 300), 1, True),  # silent to the end, while the other unit goes on
    ],
)
def test_silence_counts_only_where_chance_cannot_explain_it(quiet: tuple[int, int], every: int, found: bool) -> None:
    mine = [day for at, day in enumerate(DAYS) if at % every == 0 and not quiet[0] <= at < quiet[1]]
    missing = silences({"1101": set(mine), "1102": set(DAYS)}, TREE, DAYS[-1], USUAL, 3)
    assert set(missing) == ({"1101"} if found else set())
    lost = missing.get("1101", ())
    assert all(quiet[0] <= DAYS.index(day) < quiet[1] for day in lost)
    assert not found or len(lost) >= 20
