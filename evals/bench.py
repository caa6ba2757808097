"""`gma bench`: ratios against a named peer in the same run, and where the time goes.

indicator  one indicator through the engine against the same aggregation in bare DuckDB
draft      the R1 draft end to end, split by node
turn       what the agent adds to a question, against computing the same indicator alone
startup    `gma --help`, and opening the runner, as whole processes
documents  docx, pdf and pptx against the plain python-docx, LibreOffice and python-pptx way
memory     peak resident memory of a draft
audit      audit rows appended and verified a second, and their share of a draft
facts      cost of a fact, minted, kept and hashed, and their share of a draft
analyses   screening 10,000 … 1,000,000 customers × 24 months against STL per series and an isolation forest, and on
           Spark with one and two workers on this machine, digit for digit
retrieval  a search over 10,000 and 100,000 sections with the access filter on, against bare numpy
gate       the numeral gate on an R1 draft and on its files, for each 10,000 characters and as a share of the draft
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core.settings import Settings
from evals.gate_bench import bench_gate
from evals.record_bench import bench_audit, bench_facts
from evals.retrieval_bench import bench_retrieval
from evals.screening_bench import bench_analyses

ROUNDS = 7
MONTH = "2026-10"
CITY = "99401"
REQUEST = "帮我做一份2026年10月云州公司的营销指标月报"
PEER_SQL = """
SELECT SUM(CASE WHEN ym = '2026-10' THEN kwh_total END), SUM(CASE WHEN ym = '2025-10' THEN kwh_total END),
       SUM(CASE WHEN ym = '2026-09' THEN kwh_total END),
       SUM(CASE WHEN ym BETWEEN '2026-01' AND '2026-10' THEN kwh_total END),
       SUM(CASE WHEN ym BETWEEN '2025-01' AND '2025-10' THEN kwh_total END), COUNT(*)
FROM bill WHERE org_code LIKE '99401%' AND ym BETWEEN '2025-01' AND '2026-10'
"""


def median_seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median wall seconds of several runs, after one that warms up."""
    work()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def bench_indicator(settings: Settings) -> dict[str, Any]:
    import duckdb

    from agent.runner import Runner
    from core.domain.period import Period
    from knowledge.catalog import catalog
    from tools.fetch import Gate
    from tools.indicators.ask import Ask
    from tools.indicators.engine import Engine

    runner = Runner.open(settings)
    actor = runner.actor("analyst01")
    period = Period.parse(MONTH)

    def ours() -> object:
        gate = Gate(actor, settings, connections=runner.services.connections)
        return Engine(gate, catalog(), settings.business_date(), lambda: "F1").compute([Ask("A02", CITY, period)])

    mine = median_seconds(ours)
    runner.close()
    connection = duckdb.connect(str(settings.demo_dir / "marketing.duckdb"), read_only=True)
    theirs = median_seconds(lambda: connection.execute(PEER_SQL).fetchall())
    connection.close()
    return {
        "ours_ms": round(mine * 1000, 1),
        "duckdb_ms": round(theirs * 1000, 1),
        "ratio": round(mine / theirs, 2),
        "over_goal_ms": round((mine - 1.2 * theirs) * 1000, 1),
        "goal": "≤ 1.2 × 裸 SQL + 50 ms",
        "met": mine <= 1.2 * theirs + 0.05,
    }


def bench_draft(settings: Settings) -> dict[str, Any]:
    from agent.events import Done, Step
    from agent.runner import Runner

    with tempfile.TemporaryDirectory() as folder:
        home = linked_home(settings, Path(folder))
        runner = Runner.open(home)
        actor = runner.actor("analyst01")
        rounds = []
        for _ in range(3):
            nodes: dict[str, float] = {}
            begun = time.perf_counter()
            facts = 0
            for event in runner.ask(actor, REQUEST):
                if isinstance(event, Step) and not event.parent and event.status == "ok":
                    nodes[event.id] = round(event.seconds, 3)
                if isinstance(event, Done):
                    facts = len(event.answer.facts)
            rounds.append({"seconds": round(time.perf_counter() - begun, 2), "facts": facts, "nodes": nodes})
        runner.close()
    return {"first": rounds[0], "warm": min(rounds[1:], key=lambda item: float(str(item["seconds"]))), "goal_s": 5.0}


def bench_turn(settings: Settings) -> dict[str, Any]:
    from agent.desk import Desk
    from agent.runner import Runner
    from core.domain.period import Period

    with tempfile.TemporaryDirectory() as folder:
        home = linked_home(settings, Path(folder))
        runner = Runner.open(home)
        actor = runner.actor("analyst01")
        turn = median_seconds(lambda: list(runner.ask(actor, "2026年10月云州公司售电量是多少")))
        alone = median_seconds(lambda: Desk.open(runner, "analyst01").indicator("A02", CITY, Period.parse(MONTH), None))
        runner.close()
    return {
        "turn_ms": round(turn * 1000, 1),
        "indicator_ms": round(alone * 1000, 1),
        "overhead_ms": round((turn - alone) * 1000, 1),
    }


def bench_startup(settings: Settings) -> dict[str, Any]:
    gma = [sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main(sys.argv[1:]))"]
    environment = {"PATH": "/usr/bin:/bin", "GMA_HOME": str(settings.home.resolve())}

    def run(*words: str) -> float:
        return median_seconds(
            lambda: subprocess.run([*gma, *words], capture_output=True, check=True, env=environment), rounds=3
        )

    bare = median_seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), rounds=3)
    helped, listed = run("--help"), run("reports")
    return {
        "python_ms": round(bare * 1000),
        "help_ms": round(helped * 1000),
        "help_ratio": round(helped / bare, 1),
        "reports_ms": round(listed * 1000),
    }


def bench_memory(settings: Settings) -> dict[str, Any]:
    """Peak of this process so far; run it alone (`gma bench memory`) for the peak of one draft."""
    bench_draft(settings)
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def bench_files(settings: Settings) -> dict[str, Any]:
    from evals.documents import bench_documents

    return bench_documents(settings)


BENCHES: dict[str, Callable[[Settings], dict[str, Any]]] = {
    "indicator": bench_indicator,
    "draft": bench_draft,
    "turn": bench_turn,
    "startup": bench_startup,
    "memory": bench_memory,
    "audit": bench_audit,
    "facts": bench_facts,
    "documents": bench_files,
    "retrieval": bench_retrieval,
    "gate": bench_gate,
    "analyses": bench_analyses,
}


def run_bench(settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    """Run the named benches on the demonstration province and print each as it ends."""
    import json

    body: dict[str, Any] = {"status": "ok"}
    for name in names:
        body[name] = BENCHES[name](settings)
        print(f"{name}: {json.dumps(body[name], ensure_ascii=False)}", file=sys.stderr, flush=True)
    return body


def linked_home(settings: Settings, folder: Path) -> Settings:
    """A home of its own that shares the province, so that measuring leaves no reports behind."""
    home = folder / "home"
    home.mkdir()
    (home / "demo").symlink_to(settings.demo_dir.resolve(), target_is_directory=True)
    password = settings.home / "demo_password"
    if password.exists():
        shutil.copy(password, home / "demo_password")
    return settings.model_copy(update={"home": home})
