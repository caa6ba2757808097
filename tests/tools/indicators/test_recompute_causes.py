"""Why a recomputed number differs: each cause is made in a copy of the source, and told by its name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.domain.actor import Actor, Role
from core.domain.fact import Fact
from core.domain.period import Period
from core.settings import Settings
from knowledge.catalog import HOME, catalog, load
from tools.analysis import Bench, all_analyses
from tools.analysis.rerun import rerun
from tools.fetch import Gate
from tools.indicators.ask import Ask
from tools.indicators.derive import derive
from tools.indicators.engine import Engine
from tools.indicators.recompute import Recomputed, recompute, recompute_all

OCTOBER = Period.parse("2026-10")
COUNTY = "9940102"
TODAY = date(2026, 11, 5)
ANALYST = Actor(user="analyst", name="分析", role=Role.ANALYST, org="99401")
ONE = f"org_code LIKE '{COUNTY}%' AND ym = '2026-10' AND reversal_of IS NULL"
COPY = "SELECT * REPLACE ({}) FROM bill WHERE " + ONE + " ORDER BY bill_id LIMIT 1"
LATER = "issue_time + INTERVAL 40 DAY AS issue_time"

Change = Callable[[str], None]


class Site:
    """A copy of 营销2.0 that a test may write to, with the gate and the engine on it."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.path = folder / "marketing.duckdb"
        shutil.copy(home / "demo" / "marketing.duckdb", self.path)
        self.settings = Settings(_env_file=None, home=home, today=TODAY, source_marketing_url=f"duckdb:///{self.path}")
        self._ids = count(1)
        self.gate = Gate(ANALYST, self.settings)

    def mint(self) -> str:
        return f"F{next(self._ids)}"

    def ask(self, *asks: Ask) -> list[Fact]:
        return Engine(self.gate, catalog(), TODAY, self.mint).compute(list(asks))

    def change(self, *statements: str) -> Gate:
        """Change the source as its owner would, and look at it anew."""
        self.gate.connections.close()
        with duckdb.connect(str(self.path)) as connection:
            for statement in statements:
                connection.execute(statement)
        self.gate = Gate(ANALYST, self.settings)
        return self.gate


@pytest.fixture
def site(demo_home: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(demo_home, tmp_path)
    yield made
    made.gate.connections.close()


def told(result: Recomputed) -> tuple[str, str]:
    return result.state, result.cause


@pytest.mark.parametrize(
    ("statement", "cause", "words"),
    [
        (f"INSERT INTO bill {COPY.format(f'bill_id || $$-L$$ AS bill_id, {LATER}')}", "late", "由 {0} 行增至 {1} 行"),
        (
            "INSERT INTO bill "
            + COPY.format(f"bill_id || $$-R$$ AS bill_id, bill_id AS reversal_of, -kwh_total AS kwh_total, {LATER}"),
            "rebill",
            "1 笔退补",
        ),
        (
            f"DELETE FROM bill WHERE bill_id = (SELECT MIN(bill_id) FROM bill WHERE {ONE})",
            "removed",
            "由 {0} 行减至 {2} 行",
        ),
        (f"UPDATE bill SET kwh_total = kwh_total + 1 WHERE {ONE}", "rewritten", "行数仍为 {0} 行"),
    ],
    ids=["late", "rebill", "removed", "rewritten"],
)
def test_a_change_of_the_data_is_told_by_its_cause(site: Site, statement: str, cause: str, words: str) -> None:
    sold, other = site.ask(Ask("A02", COUNTY, OCTOBER), Ask("A02", "9940101", OCTOBER))
    share = derive("占比", [sold, other], site.mint)
    gate = site.change(statement)
    mine, untouched, derived = recompute_all([sold, other, share], gate)
    assert told(mine) == ("changed", cause) and mine.value != sold.value
    assert words.format(sold.row_count, sold.row_count + 1, sold.row_count - 1) in mine.reason
    assert told(untouched) == ("same", "") and not untouched.reason
    assert told(derived) == ("changed", cause) and f"所依据的 {sold.id} 有变" in derived.reason


def test_a_correction_known_when_the_fact_was_minted_is_no_later_rebill(site: Site) -> None:
    """Only what was issued after the fact counts: an old reversal does not explain a rewritten row."""
    site.change("INSERT INTO bill " + COPY.format("bill_id || $$-R$$ AS bill_id, bill_id AS reversal_of"))
    (sold,) = site.ask(Ask("A02", COUNTY, OCTOBER))
    gate = site.change(f"UPDATE bill SET kwh_total = kwh_total + 1 WHERE {ONE}")
    assert told(recompute(sold, gate)) == ("changed", "rewritten")


def test_a_source_that_is_down_and_a_unit_that_is_denied_are_two_reasons(site: Site) -> None:
    (sold,) = site.ask(Ask("A02", COUNTY, OCTOBER))
    share = derive("倍数", [sold, sold], site.mint)
    stranger = ANALYST.model_copy(update={"org": "9940101"})
    denied = recompute(sold, Gate(stranger, site.settings))
    assert told(denied) == ("unavailable", "denied") and "权限" in denied.reason
    site.gate.connections.close()
    site.path.unlink()
    down, derived = recompute_all([sold, share], Gate(ANALYST, site.settings))
    assert told(down) == ("unavailable", "source_down") and "营销2.0" in down.reason and down.value is None
    assert told(derived) == ("unavailable", "source_down") and sold.id in derived.reason


@pytest.mark.parametrize(("value", "state"), [("kwh * 2", "changed"), ("kwh + 0", "same")])
def test_a_new_caliber_is_told_apart_from_changed_data(site: Site, tmp_path: Path, value: str, state: str) -> None:
    """The recorded query still gives the published number; the present definition may give another."""
    whole, *parts = site.ask(Ask("A02", COUNTY, OCTOBER), Ask("A02", "99401", OCTOBER, by="org"))
    knowledge = tmp_path / "knowledge"
    shutil.copytree(HOME, knowledge, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = next((knowledge / "indicators").glob("A02_*.yaml"))
    text = path.read_text(encoding="utf-8")
    assert 'version: "2026.1"' in text and "\nvalue: kwh\n" in text
    path.write_text(
        text.replace('version: "2026.1"', 'version: "2026.2"').replace("\nvalue: kwh\n", f"\nvalue: {value}\n"), "utf-8"
    )
    results = recompute_all([whole, *parts], site.gate, book=load(knowledge))
    assert {item.state for item in results} == {state}
    assert all("口径版本由 2026.1/" in item.reason and "变为 2026.2/" in item.reason for item in results)
    for fact, item in zip([whole, *parts], results, strict=True):
        factor = Decimal(2) if state == "changed" else Decimal(1)
        assert fact.value is not None and item.value == fact.value * factor
        assert item.cause == ("caliber" if state == "changed" else "")
    gate = site.change(f"UPDATE bill SET kwh_total = kwh_total + 1 WHERE {ONE}")
    both = recompute_all([whole], gate, book=load(knowledge))[0]
    assert told(both) == ("changed", "rewritten") and "口径版本由" in both.reason


@pytest.mark.parametrize("name", ["outlook", "top_customers", "price_split", "weather", "churn_risk"])
def test_an_analysis_is_done_again_from_its_recorded_inputs(site: Site, name: str) -> None:
    analysis = all_analyses()[name]
    bench = Bench(
        site.gate, Engine(site.gate, catalog(), TODAY, site.mint), catalog(), site.mint, TODAY, site.gate.org_tree()
    )
    facts = analysis(bench, "99401", OCTOBER).facts
    mine = [fact for fact in facts if fact.computed_by == f"analysis.{name}/{analysis.version}"]
    assert mine and all(fact.inputs == {"org": "99401", "period": "2026-10", "today": "2026-11-05"} for fact in mine)
    stored = [Fact.model_validate_json(fact.model_dump_json()) for fact in facts]
    results = recompute_all(stored, site.gate, rerun=(rerun,))
    assert [item for item in results if item.state != "same"] == []
    gate = site.change("UPDATE bill SET kwh_total = kwh_total * 3", "UPDATE weather_day SET t_avg = t_avg + 5")
    later: dict[str, Any] = {item.id: item for item in recompute_all(stored, gate, rerun=(rerun,))}
    moved = [later[fact.id] for fact in mine if later[fact.id].state == "changed"]
    if name != "churn_risk":  # a ranking by ratios stays what it was when every bill is tripled
        assert moved
    assert all(item.reason for item in later.values() if item.state != "same")


def test_an_analysis_of_another_version_or_one_that_is_gone_says_so(site: Site) -> None:
    bench = Bench(
        site.gate, Engine(site.gate, catalog(), TODAY, site.mint), catalog(), site.mint, TODAY, site.gate.org_tree()
    )
    facts = all_analyses()["outlook"](bench, "99401", OCTOBER).facts
    made = next(fact for fact in facts if fact.computed_by == "analysis.outlook/2")
    assert made.value is not None
    older = made.model_copy(update={"computed_by": "analysis.outlook/0", "value": made.value + 1, "parents": ()})
    gone = made.model_copy(update={"id": "F900", "computed_by": "analysis.astrology/1"})
    first, second = recompute_all([older, gone], site.gate, rerun=(rerun,))
    assert told(first) == ("changed", "analysis") and "analysis.outlook/0" in first.reason
    assert told(second) == ("unavailable", "analysis") and "已停用" in second.reason
