"""F1: kill -9 at every node boundary, and between each act and its return: nothing lost, nothing done twice.

Every one of the 28 points once by default, kills while drafting followed as far as the review; `GMA_KILL_REPEATS=8`
makes the long form of 224 kills, each followed to the archived report.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

Rig = Callable[..., dict[str, Any]]


@pytest.mark.slow
def test_kills_at_every_boundary_lose_and_double_nothing(rig: Rig) -> None:
    repeats = os.environ.get("GMA_KILL_REPEATS")
    verdict = rig("boundary", int(repeats or 1), *(["--whole"] if repeats else []))
    assert verdict["trials"] == verdict["expected"] == verdict["hit"], verdict["missed"]
    assert verdict["wrong"] == []
    # from the restarted process to everything that code owes, without what people do after it
    assert verdict["recover_s"]["p50"] < 2
