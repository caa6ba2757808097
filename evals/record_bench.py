"""`gma bench audit | facts`: what being provable costs, also as a share of the R1 draft that it makes provable."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.settings import Settings

ACTS = 300
BATCH = 5_000
WALKED = 1_000_000
GOAL_ROWS = 100_000
GOAL_SHARE = 0.10


@dataclass(frozen=True)
class Draft:
    """A warm R1 draft: how long it took, its facts, and the audit rows that it left."""

    seconds: float
    runner: Any
    report: str
    rows: list[Any]


def bench_audit(settings: Settings) -> dict[str, Any]:
    """Rows appended and verified a second, and the draft's own rows written again as its share.

    Each of the draft's rows is replayed in a transaction of its own with its anchor: the upper bound, since some
    share a transaction with other work.
    """
    with tempfile.TemporaryDirectory() as folder, _drafted(settings, Path(folder)) as draft:
        replay = _seconds(lambda: _replayed(Path(folder) / "replay", draft.rows))
        alone = _seconds(lambda: _appended(Path(folder) / "alone", ACTS, 1))
        together = _seconds(lambda: _appended(Path(folder) / "together", 1, BATCH))
        walked = {name: round(_verified(Path(folder) / name, name)) for name in ("sha256", "sm3")}
        share = replay / draft.seconds
    return {
        "append_rows_per_s": round(ACTS / alone),
        "append_together_rows_per_s": round(BATCH / together),
        "verify_rows": WALKED,
        "verify_rows_per_s": walked,
        "draft_s": round(draft.seconds, 2),
        "draft_rows": len(draft.rows),
        "share_of_draft": round(share, 4),
        "goal": f"核验 ≥ {GOAL_ROWS} 条/秒；闸门 + 台账 + 审计 < {GOAL_SHARE:.0%}",
        "met": walked["sha256"] >= GOAL_ROWS and share < GOAL_SHARE,
    }


def bench_facts(settings: Settings) -> dict[str, Any]:
    """What one fact costs: minted (validated), kept and read back with its run, hashed with its report."""
    from core.domain.fact import Fact

    with tempfile.TemporaryDirectory() as folder, _drafted(settings, Path(folder)) as draft:
        author = draft.runner.actor("analyst01")
        content = draft.runner.report(author, draft.report).content
        facts = list(content.facts)
        bodies = [fact.model_dump(mode="json") for fact in facts]
        store = draft.runner.store
        with store.read() as unit:
            run = unit.reports.row(draft.report).run

        def keep() -> None:
            with store.begin() as unit:
                unit.runs.save(run, "bench", {"facts": [fact.model_dump(mode="json") for fact in facts]})
            with store.read() as unit:
                [Fact.model_validate(item) for item in unit.runs.load(run, "bench")["facts"]]

        minted = _median(lambda: [Fact.model_validate(item) for item in bodies])
        kept = _median(keep)
        hashed = _median(lambda: content.hash())
        saves = 2  # gathered, and again with what the analyses found
        share = (minted + saves * kept + hashed) / draft.seconds
    each = 1e6 / len(facts)
    return {
        "facts": len(facts),
        "mint_us": round(minted * each),
        "keep_us": round(kept * each),
        "hash_us": round(hashed * each),
        "draft_s": round(draft.seconds, 2),
        "share_of_draft": round(share, 4),
        "goal": f"闸门 + 台账 + 审计 < {GOAL_SHARE:.0%}",
        "met": share < GOAL_SHARE,
    }


@contextmanager
def _drafted(settings: Settings, folder: Path) -> Iterator[Draft]:
    from agent.runner import Runner
    from evals.bench import REQUEST, linked_home

    runner = Runner.open(linked_home(settings, folder))
    author = runner.actor("analyst01")
    list(runner.ask(author, REQUEST))
    with runner.store.read() as unit:
        (before, _), _ = unit.audit.head()
    begun = time.perf_counter()
    list(runner.ask(author, REQUEST))
    spent = time.perf_counter() - begun
    with runner.store.read() as unit:
        rows = [row for row in unit.audit.rows(limit=1000)[0] if row.seq > before]
    yield Draft(spent, runner, runner.reports(author)[0].id, rows[::-1])
    runner.close()


def _replayed(folder: Path, rows: list[Any]) -> None:
    store = _store_of(folder)
    for row in rows:
        with store.begin() as unit:
            unit.audit.append(row.actor, row.action, row.object, row.result, json.loads(row.detail))
    store.close()


def _appended(folder: Path, transactions: int, rows: int) -> None:
    store = _store_of(folder)
    for at in range(transactions):
        with store.begin() as unit:
            for _ in range(rows):
                unit.audit.append("analyst01", "ask", f"run-{at}", detail={"thread": "thread-1", "length": 24})
    store.close()


def _verified(folder: Path, algorithm: str) -> float:
    """Rows a second of a walk over a long chain, written past the store because only the walk is measured."""
    from core.store.anchor import AnchorFile
    from core.store.audit import GENESIS, digest
    from core.store.tables import AuditRow

    store = _store_of(folder)
    path, previous = folder / "record.sqlite", GENESIS
    detail = json.dumps({"statements": [{"sql": "f" * 64, "rows": 12, "status": "ok"}], "purpose": "指标计算"})
    row = AuditRow(at="2026-11-23T09:00:00.000000+08:00", actor="analyst01", action="query", object="run-1")
    row.result, row.detail, row.algorithm = "ok", detail, algorithm

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal previous
        for seq in range(1, WALKED + 1):
            row.seq, row.previous = seq, previous
            previous = digest(row)
            yield (
                seq,
                row.at,
                row.actor,
                row.action,
                row.object,
                row.result,
                row.detail,
                row.previous,
                previous,
                algorithm,
            )

    columns = "seq, at, actor, action, object, result, detail, previous, hash, algorithm"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.executemany(f"INSERT INTO audit ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())
        connection.execute("UPDATE audit_head SET seq = ?, hash = ?", (WALKED, previous))
    AnchorFile(folder / "audit.anchor").renew((WALKED, previous))
    begun = time.perf_counter()
    verdict = store.verify_audit()
    spent = time.perf_counter() - begun
    store.close()
    if verdict.broken is not None or verdict.rows != WALKED:
        raise RuntimeError(verdict.reason)
    return WALKED / spent


def _store_of(folder: Path) -> Any:
    from core.store import Store

    folder.mkdir(exist_ok=True)
    return Store(f"sqlite:///{folder / 'record.sqlite'}", folder / "audit.anchor")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _median(work: Callable[[], object]) -> float:
    from evals.bench import median_seconds

    return median_seconds(work)
