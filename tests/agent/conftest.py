"""A runner on a home of its own that shares the tiny province."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent.events import Answer, Done
from agent.runner import Runner
from core.settings import Settings

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def module_home(demo_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "demo").symlink_to(demo_source, target_is_directory=True)
    return home


@pytest.fixture(scope="module")
def runner(module_home: Path) -> Iterator[Runner]:
    runner = Runner.open(Settings(home=module_home, today=TODAY, _env_file=None))
    yield runner
    runner.close()


@pytest.fixture
def open_runner(fresh_home: Path) -> Iterator[Callable[..., Runner]]:
    """Opens runners on one fresh home; a second call is a restarted process."""
    opened: list[Runner] = []

    def make(**settings: Any) -> Runner:
        runner = Runner.open(Settings(home=fresh_home, today=TODAY, _env_file=None, **settings))
        opened.append(runner)
        return runner

    yield make
    for runner in opened:
        runner.close()


def answer(events: Iterator[Any]) -> Answer:
    """The last event of a turn."""
    last = list(events)[-1]
    assert isinstance(last, Done)
    return last.answer


@pytest.fixture
def say(runner: Runner) -> Callable[..., Answer]:
    def ask(text: str, user: str = "analyst01", thread: str | None = None) -> Answer:
        return answer(runner.ask(runner.actor(user), text, thread))

    return ask
