"""What the gate lets through, what it refuses, and what it cannot read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.fetch import Gate, Query
from tools.sources import all_sources
from tools.sources.statement import statement

CITY = "99401"
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "statements.yaml").read_text(encoding="utf-8"))
CONTRACT = yaml.safe_load((Path(__file__).parents[2] / "cases" / "source_contract.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sql"][:60])
def test_verdict(gate: Gate, case: dict[str, Any]) -> None:
    outcome = gate.run(Query(case["source"], case["sql"], {}, CITY))
    assert (outcome.status == "ok") == (case["verdict"] == "ok"), outcome.message
    assert outcome.status == case["verdict"], outcome.message
    if outcome.status != "ok":
        assert outcome.rows == [] and outcome.message and not outcome.message.isascii()


def test_declarations_are_the_data_contract() -> None:
    declared = {
        source.name: {dataset.name: [column.name for column in dataset.columns] for dataset in source.datasets}
        for source in all_sources().values()
    }
    assert declared == {
        source: {dataset: text.split() for dataset, text in datasets.items()} for source, datasets in CONTRACT.items()
    }


def test_energy_and_money_are_exact_types() -> None:
    words = ("kwh", "_amt", "amt", "amount", "_kva", "r_total", "p_kw", "cap_kw")
    loose = [
        f"{source.name}.{dataset.name}.{column.name}"
        for source in all_sources().values()
        for dataset in source.datasets
        for column in dataset.columns
        if any(word in column.name for word in words) and not column.type.startswith("DECIMAL")
    ]
    assert loose == []


def test_canonical_text_keeps_named_binds_and_drops_comments() -> None:
    found = statement("marketing", "select sum(kwh_total) as k -- 备注\nfrom bill where ym = :ym")
    assert found.text == "SELECT SUM(kwh_total) AS k FROM bill WHERE ym = :ym"
    assert found.binds == {"ym"} and found.datasets == ("bill",)


def test_only_referenced_columns_reach_the_engine(gate: Gate) -> None:
    found = statement("marketing", "SELECT COUNT(*) AS n FROM bill WHERE ym = '2026-10'")
    sql = gate.connections.plan("marketing", found, 10).sql
    assert '"ym"' in sql and "kwh_total" not in sql and "issue_time" not in sql


def test_free_text_patterns_hold_no_digits(gate: Gate) -> None:
    sql = "SELECT COUNT(*) AS n FROM ticket WHERE content LIKE :word"
    assert gate.run(Query("service", sql, {"word": "%停电%"}, CITY)).rows == [(12,)]
    refused = gate.run(Query("service", sql, {"word": "%1391234%"}, CITY))
    assert refused.status == "error" and refused.rows == []
