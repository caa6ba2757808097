"""Runs trials of a fault against a report's life and prints one JSON summary.

    python rig.py HOME_WITH_PROVINCE WORKDIR --fault boundary|random|write|full [--count N] [--workers N] [--seed S]
                  [--whole] [--cold] [--short]

A WORKDIR that holds results already is gone on with: what was tried is not tried again. Progress goes to standard
error.

`--whole`: after a kill while drafting the report is also published, not only sent to review. `--cold`: the restarted
server is a new Python that imports everything, not a fork of a warm one. `--short`: lives of a report of one section.

boundary  kill -9 at every node boundary and between each act and its return; `--count` repeats
random    kill -9 at `--count` moments spread evenly over the whole run, and a tenth more over what follows it (the
          vectors of what was archived): even over the processor time of the work, which a busy machine does not
          stretch, plus a moment in which it may wait for a disk
write     fail the n-th write, the n-th commit, and the n-th commit after it happened; `--count` of them, 0 = every one
full      the disk takes no file beyond a size; `--count` sizes
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from life import REQUEST, SHORT_REQUEST, chinese, decided, fork, live, opened, preload, prepare, reached, settle, wait

NODES = ("understand", "plan", "gather", "analyse", "draft", "check", "submit", "approve", "publish", "archive")
DRAFTING = {f"{side}:{node}" for side in ("before", "after") for node in NODES[:6]} | {
    "started:run",
    "before:submit",
    "before:submit#2",
}
POINTS = (
    "started:run",
    *(f"{side}:{node}" for node in NODES for side in ("before", "after")),
    "recorded:submission",
    "before:submit#2",
    "before:approve#2",
    "recorded:decision",
    "inside:publish",
    "committed:publish",
    "inside:archive",
    "before:embed",
    "inside:embed",
)
MOMENT = 0.01
"""Seconds; a kill falls up to so much later than the work it is aimed at, so that it also meets waits."""
Job = dict[str, Any]


# ---- the faults: each takes a home, does its harm in a child, and says what it did


def boundary(home: Path, job: Job) -> Job:
    name, _, nth = job["point"].partition("#")
    left = [int(nth or 1)]

    def fault(here: str) -> None:
        left[0] -= here == name
        if here == name and left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        runner = opened(home)
        runner.services.fault = fault
        live(runner, job["text"])
        runner.close()

    return {"hit": wait(fork(work)) == -signal.SIGKILL}


def at_random(home: Path, job: Job) -> Job:
    ready, go = os.pipe()

    def work() -> None:
        runner = opened(home)
        os.write(go, b".")
        live(runner, job["text"])
        runner.close()

    child = fork(work, quiet=True)
    os.read(ready, 1)
    os.close(ready)
    os.close(go)
    clock = (~child << 3) | 2  # the processor clock of another process, as clock_getcpuclockid(3) makes it
    due = time.clock_gettime(clock) + job["at"]
    while time.clock_gettime(clock) < due and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(0.001)
    time.sleep(job["moment"])
    os.kill(child, signal.SIGKILL)
    hit = wait(child) == -signal.SIGKILL
    return {"hit": hit, "reached": reached(home)}


def write(home: Path, job: Job) -> Job:
    """Fails one write or commit of SQLite, in record or checkpoints; the people go on as far as it lets them."""
    out = home.parent / "told.json"

    def work() -> None:
        failed = failing(job["kind"], job["n"])
        runner = opened(home)
        failed.armed = True
        told = live(runner, job["text"])
        failed.armed = False
        out.write_text(json.dumps({"hit": failed.count >= job["n"], "told": told, "count": failed.count}))
        runner.close()

    code = wait(fork(work, quiet=True))
    seen = json.loads(out.read_text()) if out.exists() else {"hit": True, "told": [], "count": 0}
    return seen | ({"crashed": code} if code else {})


def full(home: Path, job: Job) -> Job:
    """No file may grow beyond a size: SQLite, DuckDB, the index and the documents all meet it."""
    out = home.parent / "told.json"

    def work() -> None:
        runner = opened(home)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["size"], resource.RLIM_INFINITY))
        told = live(runner, job["text"])
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        out.write_text(json.dumps(told))

    code = wait(fork(work, quiet=True))
    told = json.loads(out.read_text()) if out.exists() else []
    return {"hit": bool(told) or code != 0, "told": told, "reached": reached(home)} | (
        {"crashed": code} if code else {}
    )


class Failing:
    """Counts writes or commits of every SQLite connection of this process and fails the n-th."""

    def __init__(self, kind: str, n: int) -> None:
        self.kind, self.n, self.count, self.armed = kind, n, 0, False
        self._lock = threading.Lock()

    def due(self, kind: str) -> bool:
        if not self.armed or kind != self.kind:
            return False
        with self._lock:
            self.count += 1
            return self.count == self.n


def failing(kind: str, n: int) -> Failing:
    state = Failing(kind, n)

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, *args: Any) -> Any:
            if sql.lstrip()[:7].upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")) and state.due("write"):
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(sql, *args)

    class Connection(sqlite3.Connection):
        def cursor(self, *args: Any) -> Any:
            return super().cursor(Cursor)

        def commit(self) -> None:
            if not self.in_transaction:
                return super().commit()
            if state.due("commit"):
                raise sqlite3.OperationalError("disk I/O error")
            super().commit()
            if state.due("committed"):
                raise sqlite3.OperationalError("disk I/O error")

    for module in (sqlite3, sqlite3.dbapi2):
        module.connect = functools.partial(module.connect, factory=Connection)  # type: ignore[misc,assignment]
    return state


FAULTS: dict[str, Callable[[Path, Job], Job]] = {
    "boundary": boundary,
    "random": at_random,
    "write": write,
    "full": full,
}


# ---- the trials


def trial(fault: str, base: Path, drafted: Path, folder: Path, job: Job, *, whole: bool, cold: bool) -> Job:
    home = folder / "home"
    shutil.rmtree(folder, ignore_errors=True)
    late = job["point"] not in DRAFTING if fault == "boundary" else job.get("late", False)
    start = drafted if late else base
    publish = whole or late or fault not in {"boundary", "random"}
    shutil.copytree(start, home, symlinks=True)
    begun = time.monotonic()
    done = FAULTS[fault](home, job)
    while fault == "random" and not done["hit"]:
        # this life took less work than the measured one and had ended: aimed again, a little earlier
        job = job | {"at": job["at"] * 0.9}
        shutil.rmtree(home)
        shutil.copytree(start, home, symlinks=True)
        done = FAULTS[fault](home, job)
    broken = time.monotonic() - begun
    drafts = 1 if fault in {"boundary", "random"} else 2
    publish = publish or decided(home)
    # most lives that were killed before the vectors leave them owed; what must be found then is found without them
    embed = publish and (fault != "random" or "progress" not in job or job["id"] % 8 == 0)
    after = settle(home, folder, drafts, job["text"], publish=publish, cold=cold, embed=embed)
    result = job | {"harm_s": round(broken, 2)} | done | after
    if bad := [text for text in done.get("told", []) if not chinese(text)]:
        result["wrong"].append(f"not a sentence for people: {bad}")
    if done.get("crashed") and fault != "full":
        result["wrong"].append(f"the process ended with {done['crashed']} instead of saying what failed")
    if not result["wrong"]:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def jobs(fault: str, count: int, seed: int, points: str, base: Path, work: Path, text: str) -> list[Job]:
    chance = random.Random(seed)
    if fault == "boundary":
        return [{"point": point} for _ in range(count) for point in points.split(",")]
    home = work / "measure" / "home"
    shutil.rmtree(home.parent, ignore_errors=True)
    shutil.copytree(base, home, symlinks=True)
    if fault == "random":
        first, rest, after = lengths(home, work, text)
        shares = [(at + chance.random()) / count for at in range(count)]
        # the later part starts from a finished draft: the same progress for half the work
        return [
            {"progress": round(share, 4), "moment": chance.random() * MOMENT}
            | ({"at": at} if (at := share * (first + rest)) < first else {"at": at - first, "late": True})
            for share in shares
        ] + [
            {"moment": chance.random() * MOMENT, "at": rest + after * (at + chance.random()) / more, "late": True}
            for more in [count // 10]
            for at in range(more)
        ]
    if fault == "full":
        wait(fork(lambda: live(opened(home), text) and None, quiet=True))
        largest = max(path.stat().st_size for path in home.rglob("*") if path.is_file() and not path.is_symlink())
        low, high = 8_192, max(largest, 65_536)
        return [{"size": int(low * (high / low) ** (at / max(1, count - 1)) * 0.999)} for at in range(count)]
    found = []
    for kind in ("write", "commit", "committed"):
        counted = work / f"count-{kind}" / "home"
        shutil.copytree(base, counted, symlinks=True)
        total = write(counted, {"kind": kind, "n": 10**9, "text": text})["count"]
        found += [{"kind": kind, "n": n} for n in range(1, total + 1)]
    return found if count == 0 else sorted(chance.sample(found, min(count, len(found))), key=str)


def lengths(home: Path, work: Path, text: str) -> tuple[float, float, float]:
    """Processor seconds from an opened server to the draft, from there to the archived report, and to its vectors."""
    out = work / "lengths.json"

    def measure() -> None:
        runner = opened(home)
        begun = time.process_time()
        list(runner.ask(runner.actor("analyst01"), text, "thread-kill"))
        drafted = time.process_time()
        live(runner, text)
        archived = time.process_time()
        runner.close()
        out.write_text(json.dumps([drafted - begun, archived - drafted, time.process_time() - archived]))

    wait(fork(measure, quiet=True))
    first, rest, after = json.loads(out.read_text())
    return first, rest, after


def summary(fault: str, wanted: list[Job], trials: list[Job]) -> Job:
    def quantiles(name: str) -> Job:
        times = sorted(item[name] for item in trials if item.get(name) is not None)
        at = lambda share: round(times[min(len(times) - 1, int(len(times) * share))], 3)  # noqa: E731
        return {"p50": at(0.5), "p95": at(0.95), "max": at(1)} if times else {}

    out: Job = {
        "fault": fault,
        "expected": len(wanted),
        "trials": len(trials),
        "hit": sum(bool(item["hit"]) for item in trials),
        "wrong": [item for item in trials if item["wrong"]],
        "missed": [item for item in trials if not item["hit"]],
        "open_s": quantiles("opened"),
        "recover_s": quantiles("recovered"),
        "recover_cpu_s": quantiles("recovered_cpu"),
        "until_published_s": quantiles("released"),
        "whole_process_s": quantiles("whole"),
        "embed_s": quantiles("embedded"),
        "kills_by_tenth_of_the_run": [
            sum(int(item["progress"] * 10) == tenth for item in trials if item["hit"] and "progress" in item)
            for tenth in range(10)
        ],
        "reached": dict(Counter(item["reached"] for item in trials if "reached" in item)),
        "told": Counter(text for item in trials for text in item.get("told", [])).most_common(8),
    }
    return out


def results_of(out: Path) -> list[Job]:
    """The results of a worker; a line that the end of the rig itself cut short is dropped: not tried."""
    lines = [line for line in out.read_text().splitlines(keepends=True) if line.endswith("\n")]
    out.write_text("".join(lines))
    return [json.loads(line) for line in lines]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("source", type=Path)
    options.add_argument("work", type=Path)
    options.add_argument("--fault", choices=sorted(FAULTS), required=True)
    options.add_argument("--count", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seed", type=int, default=20261123)
    options.add_argument("--whole", action="store_true")
    options.add_argument("--cold", action="store_true")
    options.add_argument("--short", action="store_true")
    options.add_argument("--points", default=",".join(POINTS))
    a = options.parse_args()
    preload(a.work)
    text = SHORT_REQUEST if a.short else REQUEST
    base, drafted = prepare(a.source, a.work, text)
    listed = a.work / "jobs.json"
    if not listed.exists():
        made = jobs(a.fault, a.count, a.seed, a.points, base, a.work, text)
        listed.write_text(json.dumps([job | {"id": at} for at, job in enumerate(made)]))
    wanted: list[Job] = json.loads(listed.read_text())
    tried = {item["id"] for out in a.work.glob("results-*.jsonl") for item in results_of(out)}
    todo = [job for job in wanted if job["id"] not in tried]
    random.Random(a.seed).shuffle(todo)
    children = []
    for worker in range(a.workers):
        out = a.work / f"results-{worker}.jsonl"

        def work(mine: list[Job] = todo[worker :: a.workers], out: Path = out) -> None:
            wrong = 0
            with out.open("a") as results:
                for count, job in enumerate(mine, 1):
                    folder = a.work / f"trial-{job['id']}"
                    whole = a.whole or (a.fault == "random" and job["id"] % 4 == 0)
                    done = trial(a.fault, base, drafted, folder, job | {"text": text}, whole=whole, cold=a.cold)
                    wrong += bool(done["wrong"])
                    results.write(json.dumps(done) + "\n")
                    results.flush()
                    if count % 10 == 0 or done["wrong"]:
                        print(f"{out.stem} {count}/{len(mine)} wrong {wrong}", file=sys.stderr, flush=True)

        children.append(fork(work))
    for child in children:
        wait(child)
    trials = [item for out in a.work.glob("results-*.jsonl") for item in results_of(out)]
    print(json.dumps(summary(a.fault, wanted, trials), ensure_ascii=False))


if __name__ == "__main__":
    main()
