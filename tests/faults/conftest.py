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
    """Runs trials of one fault; returns the summary. Where `GMA_FAULTS_OUT` names a folder, it and every trial are kept
    there, and a run that was broken off goes on where it stood."""

    def run(fault: str, count: int, *flags: str) -> dict[str, Any]:
        environment = os.environ | {"GMA_TODAY": "2026-11-23", "OMP_NUM_THREADS": "1", "GMA_SOURCE_ROLLUP": "false"}
        name = "".join([f"{fault}-{count}", *flags])
        work = Path(os.environ.get("GMA_FAULTS_OUT", tmp_path)).resolve() / name
        work.parent.mkdir(parents=True, exist_ok=True)
        words = [str(demo_home), str(work), "--fault", fault, "--count", str(count), *flags]
        with work.with_name(f"{name}.log").open("a+") as log:
            done = subprocess.run(
                [sys.executable, str(RIG), *words], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
            log.seek(0)
            assert done.returncode == 0, log.read()[-2000:]
        verdict: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        work.with_name(f"{name}.json").write_text(json.dumps(verdict, ensure_ascii=False, indent=1))
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
