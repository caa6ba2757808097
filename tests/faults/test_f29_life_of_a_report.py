"""F29: whatever people do in whatever order, the record keeps the rules of a report's life.

Hypothesis drives the real approval code on a real record and compares with a model of a few lines. 200 steps by
default; `GMA_FAULTS=long` makes 5,000.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from core.approval import decide, submit
from core.domain.lifecycle import Verb
from core.domain.report import Paragraph, ReportContent
from core.errors import GmaError
from tests.faults import desk_of_reports as desk

LONG = os.environ.get("GMA_FAULTS") == "long"
EXAMPLES, STEPS = (100, 50) if LONG else (8, 25)
USERS = ["analyst01", "manager01", "manager03", "staff01", "auditor01"]
AFTER = {Verb.APPROVE: "approved", Verb.RETURN: "returned", Verb.REJECT: "rejected"}


class Life(RuleBasedStateMachine):
    reports = Bundle("reports")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = desk.opened(Path(self.folder.name))
        desk.people(self.store, managers=2)
        self.model: dict[str, dict[str, Any]] = {}
        self.edits = 0

    def teardown(self) -> None:
        assert self.store.verify_audit().broken is None
        self.store.close()
        self.folder.cleanup()

    def actor(self, user: str) -> Any:
        with self.store.read() as unit:
            return unit.accounts.actor(user)

    def digest(self, report: str) -> str:
        with self.store.read() as unit:
            return unit.reports.version(report).hash

    @rule(target=reports, author=st.sampled_from(["analyst01", "manager01"]))
    def draft(self, author: str) -> str:
        report = desk.draft(self.store, author)
        self.model[report] = {"author": author, "state": "draft", "version": 1, "by": None}
        return report

    @rule(report=reports, user=st.sampled_from(USERS))
    def send(self, report: str, user: str) -> None:
        known = self.model[report]
        allowed = user == known["author"] and known["state"] in {"draft", "waiting_approval"}
        done = self._try(lambda: submit(self.store, self.actor(user), report))
        assert done == allowed, (known, user)
        if done:
            known["state"] = "waiting_approval"

    @rule(report=reports, user=st.sampled_from(USERS), verb=st.sampled_from(list(AFTER)), stale=st.booleans())
    def click(self, report: str, user: str, verb: Verb, stale: bool) -> None:
        known = self.model[report]
        hash_ = hashlib.sha256(b"another version").hexdigest() if stale else self.digest(report)
        may = user in {"manager01", "manager03"} and user != known["author"] and not stale
        again = known["by"] == (user, verb) and known["state"] == "approved"
        done = self._try(lambda: decide(self.store, self.actor(user), report, verb, hash_, "意见"))
        assert done == (may and (known["state"] == "waiting_approval" or again)), (known, user, verb, stale)
        if done:
            known["state"], known["by"] = AFTER[verb], (user, verb)

    @rule(report=reports, user=st.sampled_from(USERS))
    def edit(self, report: str, user: str) -> None:
        known = self.model[report]
        self.edits += 1

        def changed(content: ReportContent) -> tuple[ReportContent, tuple[()]]:
            section = content.sections[0].model_copy(
                update={"blocks": (Paragraph(text=f"完成售电量{{{{F1}}}}。{'略' * self.edits}"),)}
            )
            return content.model_copy(update={"sections": (section,)}), ()

        may = user in {"manager01", "manager03"} and user != known["author"]
        hash_ = self.digest(report)
        done = self._try(lambda: decide(self.store, self.actor(user), report, Verb.EDIT, hash_, "改", changed))
        assert done == (may and known["state"] == "waiting_approval"), (known, user)
        if done:
            known["version"] += 1

    @rule(report=reports)
    def publish(self, report: str) -> None:
        known = self.model[report]
        with self.store.begin() as unit:
            act = unit.reports.act(report, known["version"], "decision")
            if act is not None and act.verb == Verb.APPROVE.value:
                fresh = unit.reports.publish(act, {})
                assert fresh == (known["state"] == "approved")
                known["state"] = "published" if fresh else known["state"]

    @rule(report=consumes(reports))
    def archive(self, report: str) -> None:
        known = self.model[report]
        with self.store.begin() as unit:
            unit.reports.mark_archived(report, 1)
        known["state"] = "archived" if known["state"] == "published" else known["state"]

    def _try(self, act: Any) -> bool:
        try:
            act()
        except GmaError as error:
            assert error.message
            return False
        return True

    @invariant()
    def the_record_agrees(self) -> None:
        with self.store.read() as unit:
            for report, known in self.model.items():
                row = unit.reports.row(report)
                assert (row.state, row.version, row.author) == (known["state"], known["version"], known["author"])
                release = unit.reports.release(report)
                assert (release is not None) == (known["state"] in {"published", "archived"})
                if release is not None:
                    assert release.reviewer != known["author"]
                    assert release.hash == unit.reports.version(report, release.version).hash


Life.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
TestLife = Life.TestCase
