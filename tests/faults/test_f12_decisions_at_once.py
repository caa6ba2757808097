"""F12: fifty people decide on the same version at the same moment: one wins, every attempt is in the audit.

Three rounds by default; `GMA_FAULTS=long` makes 200.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from pathlib import Path

from core.approval import decide
from core.domain.actor import Actor
from core.domain.lifecycle import Verb
from core.errors import Conflict
from tests.faults import desk_of_reports as desk

THREADS = 50
ROUNDS = 200 if os.environ.get("GMA_FAULTS") == "long" else 3


def test_one_of_fifty_decisions_wins_and_all_are_audited(tmp_path: Path) -> None:
    store = desk.opened(tmp_path)
    reviewers, chance = desk.people(store, managers=5), random.Random(12)
    for _ in range(ROUNDS):
        report, digest = desk.waiting(store)
        gate, seen, lock = threading.Barrier(THREADS), Counter[str](), threading.Lock()

        def click(
            actor: Actor,
            verb: Verb,
            report: str = report,
            digest: str = digest,
            gate: threading.Barrier = gate,
            seen: Counter[str] = seen,
            lock: threading.Lock = lock,
        ) -> None:
            gate.wait()
            try:
                said = "fresh" if decide(store, actor, report, verb, digest, "意见").fresh else "repeated"
            except Conflict:
                said = "conflict"
            with lock:
                seen[said] += 1

        verbs = [Verb.APPROVE, Verb.REJECT, Verb.RETURN]
        people = [(chance.choice(reviewers), chance.choice(verbs)) for _ in range(THREADS)]
        threads = [threading.Thread(target=click, args=person) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen["fresh"] == 1 and sum(seen.values()) == THREADS, seen
        acts = "SELECT COUNT(*) FROM act WHERE kind = 'decision' AND report = :report"
        assert desk.count(store, acts, report=report) == 1
        rows = "SELECT COUNT(*) FROM audit WHERE action = 'decision' AND object = :report"
        assert desk.count(store, rows, report=report) == THREADS, "every attempt is in the audit"
    assert store.verify_audit().broken is None
