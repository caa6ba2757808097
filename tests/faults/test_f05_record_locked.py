"""F5: another process holds the record: a turn waits, then is told so; nothing is lost and the same act works later.

Held for one second by default; `GMA_FAULTS=long` also for 5 and for 33 seconds, longer than anybody waits.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.approval import decide
from core.domain.lifecycle import Verb
from core.errors import LimitReached
from tests.faults import desk_of_reports as desk

HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
held.execute("COMMIT")
"""


@contextmanager
def held(record: Path, seconds: float) -> Iterator[None]:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(record), str(seconds)], stdout=subprocess.PIPE)
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    yield
    assert holder.wait(seconds + 30) == 0
    holder.stdout.close()


@pytest.mark.parametrize("seconds", [1.0, *([5.0] if os.environ.get("GMA_FAULTS") == "long" else [])])
def test_a_held_record_is_waited_for(tmp_path: Path, seconds: float) -> None:
    store = desk.opened(tmp_path)
    reviewer = desk.people(store)[0]
    report, digest = desk.waiting(store)
    begun = time.monotonic()
    with held(tmp_path / "record.sqlite", seconds):
        with store.read() as unit:
            assert unit.reports.row(report).state == "waiting_approval"
        assert time.monotonic() - begun < seconds, "readers do not wait"
        assert decide(store, reviewer, report, Verb.APPROVE, digest).fresh
    assert time.monotonic() - begun >= seconds * 0.9
    assert store.verify_audit().broken is None


@pytest.mark.parametrize(
    ("patience", "seconds"), [(0.4, 2.0), *([(30.0, 33.0)] if os.environ.get("GMA_FAULTS") == "long" else [])]
)
def test_a_record_held_longer_is_said_and_the_act_works_afterwards(
    tmp_path: Path, patience: float, seconds: float
) -> None:
    store = desk.opened(tmp_path, patience=patience)
    reviewer = desk.people(store)[0]
    report, digest = desk.waiting(store)
    with held(tmp_path / "record.sqlite", seconds), pytest.raises(LimitReached, match="记录库正忙"):
        decide(store, reviewer, report, Verb.APPROVE, digest)
    assert desk.count(store, "SELECT COUNT(*) FROM act WHERE kind = 'decision'") == 0
    assert decide(store, reviewer, report, Verb.APPROVE, digest).fresh
    assert store.verify_audit().broken is None
    with sqlite3.connect(tmp_path / "record.sqlite") as record:
        assert record.execute("PRAGMA integrity_check").fetchone() == ("ok",)
