"""The background worker: finishes runs that a crash left open, delivers the outbox, embeds what was archived, trains
analyses that are due."""

from __future__ import annotations

import json
import time
from threading import Event
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.clock import now
from core.errors import GmaError
from core.log import log
from core.settings import Settings
from core.store import Store
from core.store.tables import OutboxRow

if TYPE_CHECKING:
    from agent.runner import Runner

PAUSE_SECONDS = 5.0
RETRAIN_LOOKS = 6 * 3600.0
"""Seconds between two looks at whether an analysis is due for training."""


def work(settings: Settings, *, once: bool = False) -> int:
    """Loop until stopped; each round is safe to repeat."""
    from agent.runner import Runner

    runner = Runner.open(settings)
    trained = 0.0
    try:
        while True:
            recovered = runner.recover()
            delivered = deliver(runner.store, settings)
            embedded = runner.embed()
            if recovered or delivered or embedded:
                log("worker.round", recovered=len(recovered), delivered=delivered, embedded=embedded)
            if not trained or time.monotonic() - trained > RETRAIN_LOOKS:
                retrain(runner)
                trained = time.monotonic()
            if once:
                return 0
            time.sleep(PAUSE_SECONDS)
    finally:
        runner.close()


def retrain(runner: Runner) -> int:
    """Train what is due by `GMA_RETRAIN_DAYS`: candidates only, nothing is put into service. Errors are logged."""
    from agent.analysis_desk import Trained, retrain_when_due

    try:
        made = [item for item in retrain_when_due(runner) if isinstance(item, Trained)]
    except GmaError as error:
        log("analysis.retrain", error=str(error))
        return 0
    for item in made:
        log("analysis.retrain", version=item.version.id, state=item.version.state.value)
    return len(made)


def retrain_now_and_then(runner: Runner, stop: Event) -> None:
    """The same for the web process, in a thread of its own, until it stops."""
    while not stop.is_set():
        retrain(runner)
        stop.wait(RETRAIN_LOOKS)


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
