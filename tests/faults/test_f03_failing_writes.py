"""F3: the n-th write fails, the n-th commit fails, the n-th commit fails after it happened; record and checkpoints.

Six of them by default, in the life of a built-in report; `GMA_FAULTS=long` takes every n in the life of a short one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

Rig = Callable[..., dict[str, Any]]


@pytest.mark.slow
def test_a_failing_write_is_said_and_what_it_stopped_can_be_finished(rig: Rig) -> None:
    verdict = rig("write", 0, "--short") if os.environ.get("GMA_FAULTS") == "long" else rig("write", 6)
    assert verdict["trials"] == verdict["expected"] >= 6
    assert verdict["hit"] >= 0.9 * verdict["trials"], verdict["missed"]
    assert verdict["wrong"] == []
    assert any("磁盘写不进去" in text for text, _ in verdict["told"])
