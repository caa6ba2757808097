"""F28: two processes work on the same conversation: one answers, the other is told to wait; no run is left or mixed.

Ten races by default; `GMA_FAULTS=long` makes 200. Another pair decides on the same reports at once.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults import desk_of_reports as desk

RACES = 200 if os.environ.get("GMA_FAULTS") == "long" else 10
RACER = """
import json, os, sys, time
from pathlib import Path
from agent.runner import Runner
from core.settings import Settings

home, mine, other = (Path(word) for word in sys.argv[1:4])
runner = Runner.open(Settings(home=home, _env_file=None))
actor = runner.actor("analyst01")
list(runner.ask(actor, "望湖区2026年10月售电量是多少", f"warm-{os.getpid()}"))
out = []
for race in range(int(sys.argv[4])):
    (mine / str(race)).touch()
    while not (other / str(race)).exists():
        time.sleep(0.0005)
    answer = list(runner.ask(actor, "望湖区2026年10月售电量是多少", f"race-{race}"))[-1].answer
    out.append([race, answer.status, answer.text[:40], len(answer.facts)])
    runner.recover()
print(json.dumps(out, ensure_ascii=False))
runner.close()
"""


DECIDER = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[5])
import desk_of_reports as desk
from core.approval import decide
from core.domain.lifecycle import Verb
from core.errors import Conflict

folder, user, mine, other = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
store = desk.opened(folder)
with store.read() as unit:
    actor = unit.accounts.actor(user)
out = []
for race, (report, digest) in enumerate(json.loads((folder / "waiting.json").read_text())):
    (mine / str(race)).touch()
    while not (other / str(race)).exists():
        time.sleep(0.0005)
    verb = Verb.APPROVE if (race + user.endswith("3")) % 2 else Verb.RETURN
    try:
        out.append("fresh" if decide(store, actor, report, verb, digest, "意见").fresh else "repeated")
    except Conflict:
        out.append("conflict")
print(json.dumps(out))
"""


def test_of_two_processes_that_decide_one_wins(tmp_path: Path) -> None:
    store = desk.opened(tmp_path)
    desk.people(store, managers=2)
    waiting = [desk.waiting(store) for _ in range(RACES)]
    (tmp_path / "waiting.json").write_text(json.dumps(waiting))
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    pair = [
        subprocess.Popen(
            [sys.executable, "-c", DECIDER, str(tmp_path), user, str(mine), str(other), str(Path(__file__).parent)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for user, mine, other in (("manager01", *folders), ("manager03", *folders[::-1]))
    ]
    told = [json.loads(process.communicate(timeout=60 + RACES)[0]) for process in pair]
    assert [sorted(both) for both in zip(*told, strict=True)] == [["conflict", "fresh"]] * RACES
    assert desk.count(store, "SELECT COUNT(*) FROM act WHERE kind = 'decision'") == RACES
    rows = "SELECT COUNT(*) FROM audit WHERE action = 'decision'"
    assert desk.count(store, rows) == 2 * RACES, "every attempt is in the audit"
    assert store.verify_audit().broken is None


@pytest.mark.slow
def test_one_of_two_processes_runs_and_the_other_is_told(fresh_home: Path, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    environment = os.environ | {"GMA_TODAY": "2026-11-23", "GMA_SOURCE_ROLLUP": "false"}
    pair = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(fresh_home), str(mine), str(other), str(RACES)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for mine, other in (folders, folders[::-1])
    ]
    told: list[list[Any]] = []
    for process in pair:
        said, _ = process.communicate(timeout=60 + 5 * RACES)
        assert process.returncode == 0
        told += json.loads(said.splitlines()[-1])
    by_race = {race: [item for item in told if item[0] == race] for race in range(RACES)}
    outcomes = Counter(tuple(sorted(item[1] for item in pair)) for pair in by_race.values())
    # both may be answered when one had finished before the other began; nobody ever gets anything else
    assert set(outcomes) <= {("answered", "refused"), ("answered", "answered")}, outcomes
    busy = [item for item in told if item[1] == "refused"]
    assert all("正在处理上一条请求" in item[2] for item in busy)
    answered = sum(item[1] == "answered" for item in told)
    with sqlite3.connect(fresh_home / "record.sqlite") as record:
        runs = record.execute("SELECT status, COUNT(*) FROM run WHERE thread LIKE 'race-%' GROUP BY status").fetchall()
    assert runs == [("done", answered)], "a refused request leaves no run behind, an answered one exactly one"
    from core.settings import Settings
    from core.store import Store

    store = Store.open(Settings(home=fresh_home, _env_file=None))  # type: ignore[call-arg]
    assert store.verify_audit().broken is None
    store.close()
