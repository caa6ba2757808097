"""One canonical statement, four engines, the same exact answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.domain.actor import Actor
from tools.fetch import Gate, Query

CITY = "99401"
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "source_engines.yaml").read_text(encoding="utf-8"))


def test_engines_agree(make_gate: Callable[..., Gate], actor: Actor, engine_settings: dict[str, str]) -> None:
    gate, native = make_gate(actor, **engine_settings), make_gate(actor)
    for case in CASES:
        query = Query(case["source"], case["sql"], case.get("params", {}), CITY)
        expected, found = native.run(query), gate.run(query)
        assert expected.status == found.status == "ok", f"{case['sql']}: {found.message} {expected.message}"
        assert expected.columns == found.columns
        assert [tuple(map(_same, row)) for row in found.rows] == [tuple(map(_same, row)) for row in expected.rows], case


def _same(value: Any) -> Any:
    return round(float(value), 6) if isinstance(value, float | Decimal) else value


def test_decimals_and_dates_come_out_typed(
    make_gate: Callable[..., Gate], actor: Actor, engine_settings: dict[str, str]
) -> None:
    gate = make_gate(actor, **engine_settings)
    outcome = gate.run(
        Query(
            "marketing",
            "SELECT SUM(kwh_total) AS kwh, MAX(period_end) AS day, MAX(issue_time) AS at FROM bill WHERE ym = :ym",
            {"ym": "2026-10"},
            CITY,
        )
    )
    kwh, day, at = outcome.rows[0]
    assert isinstance(kwh, Decimal) and kwh == Decimal("301.80")
    assert day == date(2026, 10, 5) and isinstance(at, datetime)


def test_list_and_date_text_binds(
    make_gate: Callable[..., Gate], actor: Actor, engine_settings: dict[str, str]
) -> None:
    gate = make_gate(actor, **engine_settings)
    sql = "SELECT COUNT(*) AS n FROM energy_day WHERE date >= :start AND date <= :end AND mp_no IN (:points)"
    params = {"start": "2026-10-02", "end": "2026-10-04", "points": ["NEAR-M1", "FAR-M3", "NEAR-M5"]}
    assert gate.run(Query("acquisition", sql, params, CITY)).rows == [(2,)]
    assert gate.run(Query("acquisition", sql, {**params, "points": []}, CITY)).rows == [(0,)]


@pytest.mark.parametrize("value", ["2026-13-01", "十月", object()])
def test_bad_binds_are_errors_in_chinese(gate: Gate, value: Any) -> None:
    outcome = gate.run(Query("acquisition", "SELECT COUNT(*) AS n FROM energy_day WHERE date = :d", {"d": value}, CITY))
    assert outcome.status == "error" and "参数 d" in outcome.message


def test_missing_bind_is_named(gate: Gate) -> None:
    outcome = gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM bill WHERE ym = :ym", {}, CITY))
    assert outcome.status == "error" and "ym" in outcome.message


def test_databases_are_opened_read_only(make_gate: Callable[..., Gate], actor: Actor, postgres_url: str) -> None:
    """Even a statement that slipped past the grammar could not write."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DBAPIError

    gate = make_gate(actor, **{"source_marketing_url": postgres_url})
    backend: Any = gate.connections.backend("marketing")
    with backend._opened().connect() as connection:
        backend._guard(connection)
        with pytest.raises(DBAPIError):
            connection.execute(text("DELETE FROM customer"))
    with create_engine(postgres_url).connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM customer")).scalar() == 12


def test_rest_asks_only_for_the_days_it_needs(make_gate: Callable[..., Gate], actor: Actor, gateway: Any) -> None:
    gate = make_gate(actor, source_acquisition_url=gateway.url)
    sql = "SELECT SUM(fwd_kwh) AS k FROM energy_day WHERE date BETWEEN :a AND :b AND quality <> 'x'"
    outcome = gate.run(Query("acquisition", sql, {"a": "2026-10-02", "b": "2026-10-03"}, "9940101"))
    assert outcome.rows == [(Decimal("0.50"),)]
    name, asked = gateway.asked[0]
    assert name == "energy_day"
    assert (asked["org"], asked["start"], asked["end"]) == ("9940101", "2026-10-02", "2026-10-03")
    assert [call[1].get("cursor") for call in gateway.asked] == [None, "5", "10"]


def test_rest_range_is_open_when_one_place_needs_everything(
    make_gate: Callable[..., Gate], actor: Actor, gateway: Any
) -> None:
    gate = make_gate(actor, source_acquisition_url=gateway.url)
    sql = (
        "SELECT (SELECT COUNT(*) FROM energy_day) AS whole, COUNT(*) AS part FROM energy_day"
        " WHERE date >= '2026-10-05' OR quality = 'x'"
    )
    assert gate.run(Query("acquisition", sql, {}, CITY)).rows == [(12, 4)]
    assert "start" not in gateway.asked[0][1]
