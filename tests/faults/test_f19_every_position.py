"""F19: every row of the chain tampered with in every way, by a clumsy and by a careful hand: all of it is found.

Every sixth row by default, `GMA_FAULTS=long` takes every one and measures a long chain; `tests/core/test_audit.py`
tampers a thousand times at random.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.store import Store
from tests.core.test_audit import CONTENT, ROWS, Chain, Row, rechained, store

LONG = os.environ.get("GMA_FAULTS") == "long"
__all__ = ["store"]


def edits(rows: list[Row], at: int) -> Iterator[tuple[str, list[Row]]]:
    """Every way of tampering with one row, as (name, rows)."""

    def copy() -> list[Row]:
        return [dict(row) for row in rows]

    for column in CONTENT:
        made = copy()
        value = str(made[at][column])
        other = {"sha256": "sm3", "sm3": "sha256"}.get(value) or value[:-1] + ("x" if value[-1] != "x" else "y")
        made[at][column] = other
        yield f"edit {column}", made
    made = copy()
    del made[at]
    yield "delete", made
    made = copy()
    made.insert(at, dict(made[at]) | {"detail": '{"n": "forged"}'})
    yield "insert", [row | {"seq": number} for number, row in enumerate(made, 1)]
    made = copy()
    other = at + 1 if at + 1 < len(made) else at - 1
    made[at]["seq"], made[other]["seq"] = made[other]["seq"], made[at]["seq"]
    yield "swap", sorted(made, key=lambda row: int(row["seq"]))
    if at:
        yield "truncate", copy()[:at]
    for column in ("hash", "previous"):
        made = copy()
        made[at][column] = "0" * 64
        yield f"reset {column}", made


def test_tampering_is_found_at_every_position(store: Store, tmp_path: Path) -> None:
    chain = Chain(tmp_path / "record.sqlite")
    missed, tried = [], 0
    for at in range(0, ROWS, 1 if LONG else 6):
        for name, rows in edits(chain.original, at):
            for careful in (False, True):
                if careful and name.startswith("reset"):
                    continue  # hashed anew it is the chain as it was
                if rows == chain.original:
                    continue  # the first row's predecessor is nothing already
                chain.write(rechained(rows) if careful else rows, head=careful)
                tried += 1
                found = store.verify_audit()
                if found.broken is None or not found.reason:
                    missed.append((at, name, careful))
    chain.write(chain.original, head=True)
    assert missed == [] and tried > (1_300 if LONG else 220)
    assert store.verify_audit().broken is None, "and the restored chain is whole again"


@pytest.mark.skipif(not LONG, reason="GMA_FAULTS=long")
def test_a_hundred_thousand_rows_are_verified_in_a_second(tmp_path: Path) -> None:
    opened: Callable[..., Store] = Store
    store = opened(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path / "audit.anchor")
    for _ in range(100):
        with store.begin() as unit:
            for at in range(1_000):
                unit.audit.append("analyst01", "ask", f"run-{at}", detail={"n": at, "说明": "查询"})
    begun, worked = time.monotonic(), time.process_time()
    found = store.verify_audit()
    spent = min(time.monotonic() - begun, time.process_time() - worked)
    store.close()
    assert (found.rows, found.broken) == (100_000, None)
    assert found.rows / spent >= 100_000, f"{found.rows / spent:.0f} rows a second"
