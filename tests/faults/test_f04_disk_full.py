"""F4: the disk takes no more, from a page to the largest file: no torn report, a clear message, and on it goes.

Three sizes by default; `GMA_FAULTS=long` takes twenty.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

Rig = Callable[..., dict[str, Any]]


@pytest.mark.slow
def test_a_full_disk_tears_nothing_and_is_said(rig: Rig) -> None:
    verdict = rig("full", 20 if os.environ.get("GMA_FAULTS") == "long" else 3)
    assert verdict["trials"] == verdict["expected"]
    assert verdict["hit"] >= 1, verdict["missed"]
    assert verdict["wrong"] == []
    assert any("磁盘写不进去" in text for text, _ in verdict["told"]), verdict["told"]
