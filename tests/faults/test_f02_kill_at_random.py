"""F2: kill -9 at moments spread evenly over the whole run of a report, and a tenth more over what follows it.

Ten and one by default; `GMA_KILL_RANDOM=1000` makes the long form of 1,100. The report is a short one, its steps are
those of every report. Every fourth life that was killed while drafting is followed to its publication, the others to
the review; those killed later always to the archived report.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

Rig = Callable[..., dict[str, Any]]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_kills_at_random_times_lose_and_double_nothing(rig: Rig) -> None:
    count = int(os.environ.get("GMA_KILL_RANDOM", "10"))
    verdict = rig("random", count, "--short")
    assert verdict["trials"] == verdict["expected"] == verdict["hit"] == count + count // 10, verdict["missed"]
    assert all(abs(kills - count / 10) <= 1 for kills in verdict["kills_by_tenth_of_the_run"]), "even over the run"
    assert len(verdict["reached"]) >= 3, verdict["reached"]
    assert verdict["wrong"] == []
