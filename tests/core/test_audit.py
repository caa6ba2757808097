"""The audit chain finds every kind of tampering, also a cut tail."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import text

from core.store import Store

ROWS = 40


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path / "audit.anchor")
    for at in range(ROWS):
        with store.begin() as unit:
            unit.audit.append("analyst01", "ask", f"run-{at}", detail={"n": at, "说明": "查询"})
    return store


def verdict(store: Store) -> int | None:
    with store.begin() as unit:
        return unit.audit.verify(store.read_anchor()).broken


def damage(store: Store, *statements: str) -> None:
    with store.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_untouched_chain_holds(store: Store) -> None:
    with store.begin() as unit:
        found = unit.audit.verify(store.read_anchor())
    assert (found.rows, found.broken) == (ROWS, None)


@pytest.mark.parametrize("column", ["at", "actor", "action", "object", "result", "detail", "previous", "hash"])
def test_every_changed_column_is_found(store: Store, column: str) -> None:
    at = random.Random(column).randint(1, ROWS)
    damage(store, f"UPDATE audit SET {column} = {column} || 'x' WHERE seq = {at}")
    assert verdict(store) is not None


def test_removed_inserted_swapped_rows_are_found(store: Store) -> None:
    damage(store, "DELETE FROM audit WHERE seq = 17")
    assert verdict(store) == 17
    damage(store, "UPDATE audit SET seq = 17 WHERE seq = 40")
    assert verdict(store) is not None


def test_truncated_tail_is_found_by_the_anchor(store: Store) -> None:
    with store.engine.begin() as connection:
        row = connection.execute(text("SELECT hash FROM audit WHERE seq = 30")).one()
    damage(
        store,
        "DELETE FROM audit WHERE seq > 30",
        f"UPDATE audit_head SET seq = 30, hash = '{row.hash}'",
    )
    with store.begin() as unit:
        assert unit.audit.verify(None).broken is None, "without the anchor a cut tail cannot be seen"
        found = unit.audit.verify(store.read_anchor())
    assert found.broken == 31 and "截断" in found.reason


def test_rolled_back_acts_leave_no_row(store: Store) -> None:
    with pytest.raises(RuntimeError), store.begin() as unit:
        unit.audit.append("analyst01", "ask", "run-x")
        raise RuntimeError("the act failed")
    with store.begin() as unit:
        assert unit.audit.verify(store.read_anchor()).rows == ROWS
