"""Row policy: whoever asks, on whatever engine, sees the rows of the unit asked for and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.domain.actor import Actor, Role
from tools.fetch import Gate, Query
from tools.sources import all_sources

CITY, NEAR, FAR = "99401", "9940101", "9940104"
PLACES = [(source.name, dataset.name) for source in all_sources().values() for dataset in source.datasets]


def read_all(gate: Gate, source: str, dataset: str, org: str) -> list[tuple[Any, ...]]:
    outcome = gate.run(Query(source, f"SELECT * FROM {dataset}", {}, org))
    assert outcome.status == "ok", outcome.message
    return outcome.rows


def test_county_never_sees_the_other_county(
    make_gate: Callable[..., Gate], near_actor: Actor, engine_settings: dict[str, str]
) -> None:
    gate = make_gate(near_actor, **engine_settings)
    for source, dataset in PLACES:
        rows = read_all(gate, source, dataset, NEAR)
        assert len(rows) == (2 if dataset == "org" else 6), dataset
        assert not [row for row in rows if "FAR" in str(row) or FAR in str(row)], dataset


def test_city_sees_both_and_may_narrow(
    make_gate: Callable[..., Gate], actor: Actor, engine_settings: dict[str, str]
) -> None:
    gate = make_gate(actor, **engine_settings)
    for source, dataset in PLACES:
        both = read_all(gate, source, dataset, CITY)
        assert len(both) == (5 if dataset == "org" else 12), dataset
        far = read_all(gate, source, dataset, FAR)
        assert len(far) == (2 if dataset == "org" else 6), dataset
        assert "NEAR" not in str(far), dataset


@pytest.mark.parametrize("org", ["99401", "994", "9940104", "994010401", "88"])
def test_units_outside_the_scope_are_denied_by_name(gate: Gate, near_actor: Actor, org: str) -> None:
    narrow = Gate(near_actor, gate.settings, connections=gate.connections)
    outcome = narrow.run(Query("marketing", "SELECT COUNT(*) AS n FROM customer", {}, org))
    assert outcome.status == "denied"
    assert org in outcome.message and NEAR in outcome.message
    assert outcome.rows == []


@pytest.mark.parametrize("org", ["", "%", "9940_", "99401%", "' OR 1=1 --", "九九四零一"])
def test_odd_unit_codes_are_refused(gate: Gate, org: str) -> None:
    outcome = gate.run(Query("marketing", "SELECT COUNT(*) AS n FROM customer", {}, org))
    assert outcome.status in {"error", "denied"} and outcome.rows == []


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR])
def test_administrators_read_no_data(gate: Gate, role: Role) -> None:
    admin = Actor(user="x", name="管理员", role=role, org=CITY)
    outcome = Gate(admin, gate.settings, connections=gate.connections).run(
        Query("marketing", "SELECT COUNT(*) AS n FROM customer", {}, CITY)
    )
    assert outcome.status == "denied" and role.label in outcome.message


def test_org_tree_and_cutoff_stay_within_the_scope(
    make_gate: Callable[..., Gate], near_actor: Actor, engine_settings: dict[str, str]
) -> None:
    gate = make_gate(near_actor, **engine_settings)
    assert [org.code for org in gate.org_tree().orgs] == [NEAR, "994010101"]
    assert str(gate.cutoff("acquisition", "energy_day")) == "2026-10-06"
    assert str(gate.cutoff("marketing", "bill")) == "2026-10-31"
    assert str(gate.cutoff("meter", "curve96")) == "2026-10-06"
    assert gate.cutoff("equipment", "line") is None


def test_keys_of_another_source_are_read_once_per_unit(gate: Gate) -> None:
    seen: list[str] = []
    counting = Gate(
        gate.actor,
        gate.settings,
        connections=gate.connections,
        on_queries=lambda told: seen.extend(trace.purpose for trace in told),
    )
    for _ in range(3):
        counting.run(Query("meter", "SELECT COUNT(*) AS n FROM register_day", {}, NEAR, "示数"))
    counting.run(Query("meter", "SELECT COUNT(*) AS n FROM register_day", {}, FAR, "示数"))
    assert seen.count("权限范围") == 2 and seen.count("示数") == 4
