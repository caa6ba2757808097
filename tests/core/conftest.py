"""The record that tests of decisions and waivers write in."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.access import DEMO_ACCOUNTS
from core.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty record with the demonstration accounts, none of which can sign in."""
    store = Store(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path / "audit.anchor")
    with store.begin() as unit:
        for account in DEMO_ACCOUNTS:
            unit.accounts.add(account.user, account.name, account.role, account.org, "-")
    return store
