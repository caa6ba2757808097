"""Kill -9 at every boundary of a report's life; `kill_matrix.py` does the killing, this asks for a verdict.

Every point once by default; `GMA_KILL_REPEATS=8` makes the long form of 224 kills.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MATRIX = Path(__file__).with_name("kill_matrix.py")


@pytest.mark.slow
def test_kills_at_every_boundary_lose_and_double_nothing(demo_home: Path, tmp_path: Path) -> None:
    repeats = os.environ.get("GMA_KILL_REPEATS", "1")
    environment = os.environ | {"GMA_TODAY": "2026-11-23", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(MATRIX), str(demo_home), str(tmp_path / "kill"), "--repeats", repeats],
        capture_output=True,
        text=True,
        env=environment,
        timeout=5000,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    verdict = json.loads(done.stdout.splitlines()[-1])
    assert verdict["trials"] == verdict["expected"] == verdict["killed"], verdict
    assert verdict["wrong"] == [], verdict["wrong"]
