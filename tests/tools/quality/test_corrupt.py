"""F8: corrupt rows are set aside with their reason and counted; what is left equals the clean rows to the cent.

One drawing of rows for each share by default; `GMA_FAULTS=long` makes ten.
"""

from __future__ import annotations

import os
import random
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.tools.quality.conftest import gate_of, scope_of
from tools.evidence import Evidence
from tools.quality.cleaning import Cleaned, clean
from tools.review import minted, review

WHERE = "date BETWEEN DATE '2026-10-01' AND DATE '2026-10-31'"
DAMAGE = {
    "no_value": "fwd_kwh = NULL, rev_kwh = NULL, quality = '缺失'",
    "negative": "fwd_kwh = -1 - fwd_kwh",
    "beyond": "fwd_kwh = 1000000000000",
    "wrong_unit": "fwd_kwh = 1000 * (fwd_kwh + 1)",
    "future": "date = date + INTERVAL 400 DAY",
    "no_date": "date = NULL",
    "unknown_unit": "org_code = '99401999'",
    "garbled": "mp_no = chr(65533) || mp_no",
    "no_meter": "cons_no = NULL",
    "double": "",
}
"""Rule → what is done to a row that it must catch; a double is a second copy."""
SHARES = [Decimal("0.0001"), Decimal("0.01"), Decimal("0.5")]
SEEDS = range(8, 18) if os.environ.get("GMA_FAULTS") == "long" else [8]


@pytest.fixture(scope="module")
def rows(demo_source: Path) -> list[int]:
    with duckdb.connect(str(demo_source / "acquisition.duckdb"), read_only=True) as engine:
        found = engine.execute(f"SELECT rowid FROM energy_day WHERE {WHERE} AND fwd_kwh IS NOT NULL ORDER BY rowid")
        return [int(row[0]) for row in found.fetchall()]


def damaged(demo_source: Path, home: Path, plan: dict[int, str]) -> Decimal:
    """A home whose daily energy is damaged row by row; the sum of the rows that were left alone."""
    folder = home / "demo"
    folder.mkdir(parents=True)
    for file in demo_source.glob("*.duckdb"):
        if file.stem != "acquisition":
            (folder / file.name).symlink_to(file)
    path = shutil.copy(demo_source / "acquisition.duckdb", folder / "acquisition.duckdb")
    with duckdb.connect(str(path)) as engine:
        # a site's table is wider than ours: values beyond the declared digits do arrive
        engine.execute("CREATE TABLE wide AS SELECT * REPLACE (CAST(fwd_kwh AS DECIMAL(18,2)) AS fwd_kwh),"
                       f" rowid AS row FROM energy_day WHERE {WHERE}")  # fmt: skip
        engine.execute("DROP TABLE energy_day")
        engine.execute("CREATE TEMP TABLE plan (row BIGINT, rule VARCHAR)")
        engine.executemany("INSERT INTO plan VALUES (?, ?)", [[row, rule] for row, rule in plan.items()] or [[-1, ""]])
        left = engine.execute(
            "SELECT SUM(fwd_kwh) FROM wide WHERE row NOT IN (SELECT row FROM plan WHERE rule <> 'double')"
        ).fetchone()
        engine.execute("INSERT INTO wide SELECT * FROM wide WHERE row IN (SELECT row FROM plan WHERE rule = 'double')")
        for rule, change in DAMAGE.items():
            if change:
                engine.execute(f"UPDATE wide SET {change} WHERE row IN (SELECT row FROM plan WHERE rule = '{rule}')")
        engine.execute("CREATE TABLE energy_day AS SELECT * EXCLUDE (row) FROM wide")
        engine.execute("DROP TABLE wide")
    assert left is not None
    return Decimal(left[0])


def cleaned(home: Path, without: tuple[str, ...] = ()) -> Cleaned:
    gate = gate_of(home)
    found = clean(Evidence(gate, "99401", "test"), scope_of(), [org.code for org in gate.org_tree().orgs], without)
    gate.connections.close()
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("share", SHARES, ids=str)
def test_bad_rows_are_set_aside_and_the_rest_is_exact(
    demo_source: Path, tmp_path: Path, rows: list[int], share: Decimal, seed: int
) -> None:
    draw = random.Random(seed)
    chosen = draw.sample(rows, max(len(DAMAGE), int(len(rows) * share)))
    rules = list(DAMAGE)
    plan = {row: rules[at % len(rules)] for at, row in enumerate(chosen)}
    left = damaged(demo_source, tmp_path / "home", plan)
    found = cleaned(tmp_path / "home")
    counts = {item.rule: item.rows for item in found.touched}
    planted = {rule: sum(one == rule for one in plan.values()) for rule in rules}
    if share < Decimal("0.1"):
        # a thousand times a large customer's day is beyond any meter too: that reason comes first
        assert counts["beyond"] >= planted["beyond"]
        pair = {"beyond", "wrong_unit"}
        assert sum(counts[rule] for rule in pair) == sum(planted[rule] for rule in pair)
        assert {rule: n for rule, n in counts.items() if rule not in pair} == {
            rule: n for rule, n in planted.items() if rule not in pair
        }
        assert found.clean == left, "to the cent"
        assert not found.refused
    else:
        assert found.refused, "half of the rows are bad: nothing may rest on the other half"
        assert sum(counts.values()) >= len(chosen) * 9 // 10
    assert found.aside == sum(counts.values()) and found.rows == found.aside + (found.rows - found.aside)
    assert all(item.label for item in found.touched)


def test_leaving_a_rule_out_gives_its_rows_back(demo_source: Path, tmp_path: Path, rows: list[int]) -> None:
    plan = {rows[5]: "negative", rows[9]: "double"}
    left = damaged(demo_source, tmp_path / "home", plan)
    with_rules, without = cleaned(tmp_path / "home"), cleaned(tmp_path / "home", ("negative", "double"))
    assert with_rules.clean == left and with_rules.raw == without.raw == without.clean
    assert with_rules.raw != with_rules.clean and without.aside == 0


def test_refused_data_keep_a_report_from_review(demo_source: Path, tmp_path: Path, rows: list[int]) -> None:
    """The verdict travels as a fact, and the check on it is an error that nobody can submit past."""
    from datetime import date

    from core.domain.period import Period
    from core.domain.report import ReportContent
    from knowledge.catalog import catalog
    from tools.analysis import Bench
    from tools.checks import run_checks
    from tools.indicators.engine import Engine

    damaged(demo_source, tmp_path / "home", {row: "negative" for row in rows[: len(rows) // 5]})
    gate, count = gate_of(tmp_path / "home"), iter(range(1, 10_000))
    engine = Engine(gate, catalog(), date(2026, 11, 23), lambda: f"F{next(count)}")
    bench = Bench(gate, engine, catalog(), lambda: f"F{next(count)}", date(2026, 11, 23), gate.org_tree())
    made = minted(bench, review(bench, scope_of()))
    gate.connections.close()
    raw, kept = (next(f for f in made.facts if f.id == made.places[name][0]) for name in ("raw", "clean"))
    assert kept.params["refused"] and kept.parents == (raw.id,) and raw.value != kept.value
    content = ReportContent(title="t", template="R1", org="99401", org_name="国网云州供电公司",
                            period=Period.parse("2026-10"), sections=(), facts=tuple(made.facts))  # fmt: skip
    failed = [item for item in run_checks(content, {}) if item.rule == "reconciliation" and item.level == "error"]
    assert any("坏行" in item.text for item in failed)
