"""F25: the same request on the same data is the same report, to the byte, on one thread and on two.

Three runs in each way by default; `GMA_FAULTS=long` makes 100.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from agent.runner import Runner
from tests.faults.life import REQUEST

RUNS = 100 if os.environ.get("GMA_FAULTS") == "long" else 3


def made(runner: Runner) -> tuple[str, str]:
    """The hash and the canonical text of a fresh draft."""
    author = runner.actor("analyst01")
    answer = list(runner.ask(author, REQUEST))[-1].answer  # type: ignore[union-attr]
    assert answer.report, answer.text
    content = runner.report(author, answer.report.id).content
    return answer.report.hash, content.canonical()


def test_the_same_request_is_the_same_bytes(open_runner: Callable[..., Runner]) -> None:
    runner = open_runner(source_rollup=False)
    alone = {made(runner) for _ in range(RUNS)}
    found: list[tuple[str, str]] = []

    def work() -> None:
        found.extend(made(runner) for _ in range(-(-RUNS // 2)))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) >= RUNS and len(alone | set(found)) == 1


def test_daily_energy_through_a_rollup_is_the_same_bytes(open_runner: Callable[..., Runner]) -> None:
    hashes: set[Any] = {made(open_runner(source_rollup=way))[0] for way in (False, True)}
    assert len(hashes) == 1
