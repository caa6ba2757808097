"""The upgrade drill: half a report under the old schema goes on under the new one, and is published with its proof."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.events import Answer, Done
from agent.review import review_of
from agent.runner import Runner
from core.domain.canon import canonical, sha256_of
from core.evidence import read_pack, verify

REQUEST = "帮我做一份2026年10月望湖区的营销指标月报，并提交审核"

pytestmark = pytest.mark.slow


def answer(events: object) -> Answer:
    last = list(events)[-1]  # type: ignore[call-overload]
    assert isinstance(last, Done)
    return last.answer


def as_version_one(path: Path) -> str:
    """Take the record back to what a program of schema version 1 would have left; returns the version's hash."""
    with sqlite3.connect(path) as connection:
        for table in ("checklist", "waiver", "comment", "statement"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE audit DROP COLUMN algorithm")
        connection.execute("UPDATE schema_version SET version = 1")
        content = json.loads(connection.execute("SELECT content FROM version").fetchone()[0])
        for name in ("continuity", "restated"):
            content.pop(name)
        for fact in content["facts"]:
            for name in ("computed_by", "inputs"):
                fact.pop(name, None)
        digest = sha256_of(content)
        connection.execute("UPDATE version SET content = ?, hash = ?", (canonical(content), digest))
        connection.execute("UPDATE act SET hash = ?", (digest,))
    return digest


def test_a_report_that_waits_under_the_old_schema_is_approved_under_the_new(
    open_runner: Callable[..., Runner], fresh_home: Path
) -> None:
    runner = open_runner()
    waiting = answer(runner.ask(runner.actor("analyst01"), REQUEST))
    assert waiting.status == "waiting_approval" and waiting.report
    report = waiting.report.id
    path = Path(str(runner.store.engine.url.database))
    runner.close()
    digest = as_version_one(path)

    runner = open_runner()
    runner.recover()
    reviewer = runner.actor("manager01")
    assert [(item.id, item.hash) for item in runner.inbox(reviewer)] == [(report, digest)]
    assert review_of(runner, reviewer, report)["checklist"]["hash"] == digest
    done = answer(runner.decide(reviewer, report, "approve", digest, "同意"))
    assert done.status == "published", done.text
    detail = runner.report(reviewer, report)
    assert detail.release and detail.release.hash == digest
    with runner.store.begin() as unit:
        assert unit.runs.get(unit.reports.row(report).run).status == "done", "no run is left behind"
    pack = read_pack(runner.document(reviewer, report, "evidence"))
    files = [Path(name) for kind, name in detail.documents.items() if kind != "evidence"]
    # the row that recorded the version named the hash of the new form of the same content; all else must agree
    assert [item.id for item in verify(pack, files) if not item.good] == []
