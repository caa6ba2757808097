"""Chainlit reads its application root at import: every test of this room imports it from a folder of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.settings import Settings


@pytest.fixture(scope="session")
def chat_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared chat root; chainlit may be imported by tests that ask for it."""
    from ui.chat_home import prepare_chat_home

    home = tmp_path_factory.mktemp("chat-home")
    return prepare_chat_home(Settings(home=home, secret="not-a-real-secret-only-for-tests"))


@pytest.fixture(autouse=True)
def _never_in_the_checkout(chat_home: Path) -> None:
    assert os.environ["CHAINLIT_APP_ROOT"] == str(chat_home)
