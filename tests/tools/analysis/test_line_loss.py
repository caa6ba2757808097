"""高损 and 负损 follow the rule of 高损台区占比: a limit passed on enough days with enough supply, not one bad day."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from agent.desk import Desk
from agent.runner import Runner
from core.domain.period import Period
from core.settings import Settings
from tools.analysis import Bench
from tools.analysis.line_loss import ANALYSIS
from tools.indicators.ask import Ask

CITY, MONTH = "99401", Period.parse("2026-10")


@pytest.fixture
def benches(demo_source: Path, tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Benches over an acquisition source that a test may rewrite first."""
    home, copy = tmp_path / "home", tmp_path / "acquisition.duckdb"
    home.mkdir()
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    shutil.copy(demo_source / "acquisition.duckdb", copy)
    opened: list[Runner] = []

    def make(statement: str = "") -> Bench:
        if statement:
            for runner in opened:
                runner.services.connections.close()
            with duckdb.connect(str(copy)) as connection:
                connection.execute(statement)
        settings = Settings(
            home=home, today=date(2026, 11, 23), source_acquisition_url=f"duckdb:///{copy}", _env_file=None
        )
        opened.append(Runner.open(settings))
        return Desk.open(opened[-1], "analyst01").bench()

    yield make
    for runner in opened:
        runner.close()


def judged(bench: Bench) -> tuple[list[str], int]:
    """The areas that the analysis calls 高损, and how many 高损台区 the indicator counts."""
    result = ANALYSIS(bench, CITY, MONTH)
    facts = {fact.id: fact for fact in result.facts}
    names = [fact.by.key for key in result.places["high_loss_tgs"] if (fact := facts[key]).by]
    said = [facts[finding.facts[0]].value for finding in result.findings if finding.kind == "line_loss_high"]
    counted = bench.engine.compute([Ask("C06", CITY, MONTH, part="count")])[0].value
    assert counted is not None and said == ([counted] if counted else [])
    return names, int(counted)


def test_one_bad_day_is_not_a_high_loss_area(benches: Callable[..., Bench]) -> None:
    before, number = judged(benches())
    assert number and len(before) == min(number, 10)
    quiet = f"""
        SELECT tg_no FROM tg_loss_day WHERE computable AND date BETWEEN '2026-10-01' AND '2026-10-31'
        GROUP BY tg_no HAVING COUNT(*) > 20 AND MAX(loss_pct) < 5 AND SUM(sale_kwh) > 3000
        AND tg_no NOT IN ({", ".join(f"'{name}'" for name in before)}) ORDER BY tg_no LIMIT 1
    """
    spike = f"UPDATE tg_loss_day SET loss_kwh = 40000 WHERE date = '2026-10-15' AND tg_no = ({quiet})"
    bench = benches(spike)
    rates = bench.engine.compute([Ask("C02", CITY, MONTH, by="tg")])
    limit = bench.catalog.thresholds.get("line_loss.high_pct")
    beyond = [fact for fact in rates if fact.value is not None and fact.value >= limit]
    assert len(beyond) == number + 1, "the spike alone lifts the month's rate beyond the limit"
    assert judged(bench) == (before, number)
