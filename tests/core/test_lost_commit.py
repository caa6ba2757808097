"""A commit whose answer is lost: what took effect is never told as not written, what did not is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.errors import LimitReached
from core.store import Store
from core.store.tables import AuditRow


def rows(store: Store) -> list[str]:
    with store.read() as unit:
        return [row.object for row in unit.session.query(AuditRow).order_by(AuditRow.seq)]


def broken(real: Callable[[Any], None], happens: bool) -> Callable[[Any], None]:
    def commit(connection: Any) -> None:
        if happens:
            real(connection)
        raise sqlite3.OperationalError("disk I/O error")

    return commit


@pytest.mark.parametrize("happens", [True, False])
def test_the_user_is_told_what_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happens: bool) -> None:
    store = Store(f"sqlite:///{tmp_path / 'record.db'}", tmp_path / "audit.anchor")
    dialect = store.engine.dialect
    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_commit", broken(dialect.do_commit, happens))
        if happens:
            with store.begin() as unit:
                unit.audit.append("analyst01", "export", "R1")
        else:
            with pytest.raises(LimitReached, match="没有写入"), store.begin() as unit:
                unit.audit.append("analyst01", "export", "R1")
    assert rows(store) == (["R1"] if happens else [])
    with store.begin() as unit:
        unit.audit.append("analyst01", "export", "R2")
    assert rows(store)[-1] == "R2" and store.verify_audit().broken is None
    store.close()
