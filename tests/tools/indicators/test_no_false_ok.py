"""Truncated, failed, late and forbidden data mint no `ok` fact, neither measured nor derived."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest

from core.domain.actor import Actor, Role
from core.domain.fact import Fact
from core.domain.period import Period
from core.settings import SOURCES, Settings
from knowledge.catalog import catalog
from tests.tools.indicators.conftest import CITY, minted
from tools.fetch import Gate, Outcome, Query
from tools.indicators.ask import Ask
from tools.indicators.derive import derive
from tools.indicators.engine import Engine

TODAY = date(2026, 11, 23)
OCTOBER = Period.parse("2026-10")
EVERY = ("A02", "A04", "B01", "B02", "B05", "C01", "C02", "D02", "D07", "E02", "G01")
"""At least one indicator of every source."""


def _facts(home: Path, asks: Sequence[Ask], org: str = CITY, **settings: object) -> list[Fact]:
    gate = _gate(home, org, **settings)
    return Engine(gate, catalog(), TODAY, minted()).compute(asks)


def _gate(home: Path, org: str = CITY, kind: type[Gate] = Gate, **settings: object) -> Gate:
    chosen = Settings(home=home, today=TODAY, _env_file=None, **settings)  # type: ignore[arg-type]
    return kind(Actor(user="u", name="人", role=Role.ANALYST, org=org), chosen)


def _none_is_ok(facts: Sequence[Fact], status: str) -> None:
    assert facts and {fact.status for fact in facts} == {status}, [(f.indicator, f.status) for f in facts]
    assert all(fact.reason for fact in facts)
    assert status == "partial" or all(fact.value is None for fact in facts)
    children = [derive("合计", [fact, fact], minted()) for fact in facts]
    children += [derive("占比", [fact, fact], minted()) for fact in facts if fact.value != 0]
    assert all(child.status == ("partial" if status == "partial" else "empty") for child in children)
    assert all(child.reason for child in children)


def test_truncated(demo_home: Path) -> None:
    asks = [Ask(code, CITY, OCTOBER, by="tg") for code in ("A02", "A04", "C02", "D02")]
    _none_is_ok(_facts(demo_home, asks, source_rows=20), "error")
    assert "ok" in {fact.status for fact in _facts(demo_home, asks)}, "with room for all rows they are facts"


def test_failed(demo_home: Path, tmp_path: Path) -> None:
    Gate(Actor(user="u", name="人", role=Role.ANALYST, org=CITY), Settings(home=demo_home, today=TODAY)).org_tree()
    dead: dict[str, object] = {f"source_{name}_url": f"duckdb:///{tmp_path / name}.duckdb" for name in SOURCES}
    _none_is_ok(_facts(demo_home, [Ask(code, CITY, OCTOBER) for code in EVERY], **dead), "error")


def test_forbidden(demo_home: Path) -> None:
    _none_is_ok(_facts(demo_home, [Ask(code, CITY, OCTOBER) for code in EVERY], org="9940104"), "denied")


def test_late(demo_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "acquisition.duckdb"
    shutil.copy(demo_home / "demo" / copy.name, copy)
    with duckdb.connect(str(copy)) as connection:
        for name in ("energy_day", "supply_day", "collect_day", "tg_loss_day"):
            connection.execute(f"DELETE FROM {name} WHERE date > DATE '2026-10-20'")
    asks = [Ask(code, CITY, OCTOBER) for code in ("A04", "A05", "C01", "C02", "D02")]
    _none_is_ok(_facts(demo_home, asks, source_acquisition_url=f"duckdb:///{copy}"), "partial")


class _Uncounted(Gate):
    """A gate whose deadline strikes while the units are being counted, and only then."""

    def run_many(self, queries: object) -> list[Outcome]:
        batch: list[Query] = list(queries)  # type: ignore[call-overload]
        cut = [Query(q.source, q.sql, {}, q.org, q.purpose) if q.purpose == "各单位数据完整性" else q for q in batch]
        return super().run_many(cut)


def test_units_that_could_not_be_counted(demo_home: Path) -> None:
    from tools.indicators import wholeness

    wholeness._KEPT.clear()
    gate = _gate(demo_home, kind=_Uncounted)
    facts = Engine(gate, catalog(), TODAY, minted()).compute([Ask(code, CITY, OCTOBER) for code in ("A02", "C02")])
    _none_is_ok(facts, "partial")
    assert all("没有核对成功" in fact.reason for fact in facts)


@pytest.mark.parametrize("code", ["A02", "C02"])
def test_what_is_there_in_full_is_ok(code: str, demo_home: Path) -> None:
    [fact] = _facts(demo_home, [Ask(code, CITY, OCTOBER)])
    assert fact.status == "ok" and not fact.reason
