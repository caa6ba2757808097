"""The background worker: finishes runs that a crash left open and delivers the outbox."""

from __future__ import annotations

import json
import time

from sqlalchemy import select

from core.clock import now
from core.log import log
from core.settings import Settings
from core.store import Store
from core.store.tables import OutboxRow

PAUSE_SECONDS = 5.0


def work(settings: Settings, *, once: bool = False) -> int:
    """Loop until stopped; each round is safe to repeat."""
    from agent.runner import Runner

    runner = Runner.open(settings)
    try:
        while True:
            recovered = runner.recover()
            delivered = deliver(runner.store, settings)
            if recovered or delivered:
                log("worker.round", recovered=len(recovered), delivered=delivered)
            if once:
                return 0
            time.sleep(PAUSE_SECONDS)
    finally:
        runner.close()


def deliver(store: Store, settings: Settings) -> int:
    """Hand every owed message to its channel. The embedded channel is a spool file that doors and bots read."""
    spool = settings.home / "outbox.jsonl"
    sent = 0
    with store.begin() as unit:
        known = _spooled(spool)
        for row in unit.session.scalars(select(OutboxRow).where(OutboxRow.delivered_at.is_(None)).limit(100)):
            if row.key not in known:
                with spool.open("a", encoding="utf-8") as out:
                    out.write(
                        json.dumps(
                            {"key": row.key, "topic": row.topic, "body": json.loads(row.body)}, ensure_ascii=False
                        )
                        + "\n"
                    )
            row.delivered_at = now()
            sent += 1
    return sent


def _spooled(spool: object) -> set[str]:
    from pathlib import Path

    path = Path(str(spool))
    if not path.exists():
        return set()
    return {json.loads(line)["key"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip()}
