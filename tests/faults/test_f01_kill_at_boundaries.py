"""F1: kill -9 at every node boundary, and between each act and its return: nothing lost, nothing done twice.

Every one of the 30 points once by default, kills while drafting followed as far as the review. `GMA_KILL_REPEATS=8`
makes the long form of 240 kills, each followed to the archived report whose sections have their vectors: once on a
built-in report, seven times on a short one, whose steps are the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

Rig = Callable[..., dict[str, Any]]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kills_at_every_boundary_lose_and_double_nothing(rig: Rig) -> None:
    repeats = int(os.environ.get("GMA_KILL_REPEATS", "0"))
    whole = rig("boundary", 1, *(["--whole"] if repeats else []))
    verdicts = [whole] + ([rig("boundary", repeats - 1, "--whole", "--short")] if repeats > 1 else [])
    for verdict in verdicts:
        assert verdict["trials"] == verdict["expected"] == verdict["hit"], verdict["missed"]
        assert verdict["wrong"] == []
    # from the restart to everything that the code owes; on a busy machine the time of its own work
    assert min(whole["recover_cpu_s"]["p95"], whole["whole_process_s"]["p95"]) < 2, whole
