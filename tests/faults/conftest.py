"""The rig as a fixture: it forks, so it runs as a process of its own, without the threads of the test run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

RIG = Path(__file__).with_name("rig.py")


@pytest.fixture
def rig(demo_home: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Runs trials of one fault; returns the summary. Its JSON is also kept where `GMA_FAULTS_OUT` says."""

    def run(fault: str, count: int, *flags: str) -> dict[str, Any]:
        environment = os.environ | {"GMA_TODAY": "2026-11-23", "OMP_NUM_THREADS": "1", "GMA_SOURCE_ROLLUP": "false"}
        words = [str(demo_home), str(tmp_path / fault), "--fault", fault, "--count", str(count), *flags]
        done = subprocess.run(
            [sys.executable, str(RIG), *words], capture_output=True, text=True, env=environment, timeout=20_000
        )
        assert done.returncode == 0, done.stderr[-2000:]
        verdict: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        if out := os.environ.get("GMA_FAULTS_OUT"):
            Path(out).mkdir(parents=True, exist_ok=True)
            (Path(out) / f"{fault}.json").write_text(json.dumps(verdict, ensure_ascii=False, indent=1))
        return verdict

    return run


@pytest.fixture
def open_runner(fresh_home: Path) -> Iterator[Callable[..., Any]]:
    """Opens runners on one fresh home; a second call is a restarted process."""
    from agent.runner import Runner
    from core.settings import Settings

    opened: list[Runner] = []

    def make(**settings: Any) -> Runner:
        runner = Runner.open(Settings(home=fresh_home, today=date(2026, 11, 23), _env_file=None, **settings))
        opened.append(runner)
        return runner

    yield make
    for runner in opened:
        runner.close()
