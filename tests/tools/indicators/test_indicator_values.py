"""Every indicator against an independent second computation on the bare files (evals/cases/indicators)."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from core.domain.fact import Fact
from core.domain.period import Period
from evals.scorers.second_count import base, changed, indicator_cases, second
from knowledge.catalog import catalog
from tools.indicators.ask import Ask
from tools.indicators.engine import Engine

MVP = (
    "A02", "A03", "A06", "A07", "A08", "A11", "B01", "B02", "B05", "B06", "B08", "C01", "C02", "C06", "C07",
    "D02", "D05", "D07", "E02", "E03", "E08", "F03", "F05", "G01", "G04", "G06", "G07", "H01", "H03", "H05", "I01"
)  # fmt: skip
ORGS: tuple[str, ...] = ("99401", "9940103")
PERIODS: tuple[str, ...] = ("2026-10", "2026-03", "2025-10", "2026-Q3")
if os.environ.get("GMA_ALL_MONTHS"):  # the long form: every unit and every month that a report can be made for
    ORGS = ("99401", "9940101", "9940102", "9940103", "9940104")
    PERIODS = tuple(month.code for month in Period.parse("2026-10").trailing_months(14))
NEAR = Decimal("1e-24")


ALL = indicator_cases()
PLAIN = [case for case in ALL if not case.get("members")]
GROUPED = [case for case in ALL if case.get("members")]


def test_every_indicator_of_the_first_release_has_a_case() -> None:
    named = {case["indicator"] for case in ALL}
    # A03 is the comparison of A02 itself, checked below with every other comparison
    assert set(MVP) - {"A03"} <= named
    assert named <= set(catalog().indicators)


def same(left: Decimal | None, right: Decimal | None) -> bool:
    if left is None or right is None:
        return left is right
    return abs(left - right) <= NEAR * max(abs(left), abs(right), Decimal(1))


@pytest.mark.parametrize("org", ORGS)
@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case["indicator"])
def test_value_and_comparisons(
    case: dict[str, Any], org: str, city_engine: Engine, bare: duckdb.DuckDBPyConnection
) -> None:
    periods = [Period.parse(text) for text in PERIODS]
    facts = city_engine.compute([Ask(case["indicator"], org, period) for period in periods])
    rule = catalog().indicators[case["indicator"]].compare
    for period, fact in zip(periods, facts, strict=True):
        value = second(bare, case, org, period)
        yoy, mom = (base(bare, case, org, p) for p in (period.yoy(), period.mom()))
        ytd = ytd_base = None
        if case.get("ytd") == "last":
            ytd, ytd_base = value, yoy
        elif case.get("ytd") != "none":
            ytd, ytd_base = base(bare, case, org, period.ytd()), base(bare, case, org, period.ytd().yoy())
        wanted = {"value": value, "yoy_base": yoy, "mom_base": mom}
        if value is not None:
            wanted |= {"ytd": ytd, "ytd_base": ytd_base, "yoy": changed(rule.change, value, yoy)}
            wanted |= {"mom": changed(rule.change, value, mom)}
            wanted |= {"ytd_yoy": changed(rule.change, ytd, ytd_base)}
        wrong = {name: (found(fact, name), due) for name, due in wanted.items() if not same(found(fact, name), due)}
        assert not wrong, f"{fact.indicator} {org} {period.label}: {wrong}"
        assert fact.status == ("empty" if value is None else "ok"), f"{period.label}: {fact.reason}"


def found(fact: Fact, name: str) -> Decimal | None:
    return fact.value if name == "value" else getattr(fact.compare, name)


@pytest.mark.parametrize("org", ORGS)
@pytest.mark.parametrize("case", GROUPED, ids=lambda case: case["indicator"])
def test_members_of_an_indicator_that_is_split_by_itself(
    case: dict[str, Any], org: str, city_engine: Engine, bare: duckdb.DuckDBPyConnection
) -> None:
    for text in PERIODS:
        period = Period.parse(text)
        facts = city_engine.compute([Ask(case["indicator"], org, period)])
        rows = bare.execute(case["sql"].format(org=org, start=period.start, end=period.end)).fetchall()
        assert {fact.by.key: fact.value for fact in facts if fact.by and fact.row_count} == dict(rows)
        assert all(fact.by and fact.by.dim == case["by"] and fact.by.label for fact in facts)


@pytest.mark.parametrize("code", ["A02", "B01", "E01", "A05", "B04"])
def test_daily_mean_change(code: str, city_engine: Engine) -> None:
    period = Period.parse("2026-03")
    march, february = city_engine.compute([Ask(code, "99401", p) for p in (period, period.mom())])
    assert march.value is not None and february.value is not None and march.compare.mom_daily is not None
    assert abs(march.compare.mom_daily - (march.value * 28 / (february.value * 31) - 1) * 100) < Decimal("1e-20")
