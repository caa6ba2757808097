"""Walking runs: one run goes through the graph to its next wait or its end, and its ledger is settled.

Checkpoints only say where a run stood; the ledger says what it owes. One worker at a time walks a run: callers hold its
lock. Acts are recorded by others; a waiting run goes on when the record holds the act that it waits for.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from agent.answers import answer_for_run, failed_answer
from agent.events import Answer, Event
from agent.limits import Limits
from agent.turn import Services, Turn
from core.approval import submit
from core.domain.actor import Actor
from core.errors import Conflict, GmaError, Refused
from core.store.database import refusal
from core.store.tables import RunRow

MOST_RESUMES = 5
LAST_STEPS = frozenset({"answer", "close", "archive"})
_PLAIN = re.compile(r"[\w-]{1,100}")


class Walk:
    """The graph with its checkpoints, and the locks of conversations and runs; one per process."""

    def __init__(self, services: Services, saver_path: Path) -> None:
        from langgraph.checkpoint.sqlite import SqliteSaver

        from agent.graph import build_graph

        self._services = services
        self._connection = sqlite3.connect(saver_path, check_same_thread=False, timeout=30)
        os.chmod(saver_path, 0o600)
        self._saver = SqliteSaver(self._connection)
        self._graph = build_graph(self._saver)
        self._locks = services.settings.home / "locks"
        self._locks.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """Give the checkpoints back."""
        self._connection.close()

    def turn(
        self, actor: Actor, run: str, thread: str, text: str, emit: Callable[[Event], None] = lambda event: None
    ) -> Turn:
        """What one request has at hand, with the limits that are set."""
        limits = Limits.from_settings(self._services.settings)
        return Turn(self._services, actor, run, thread, text, emit, limits)

    def drive(self, turn: Turn, start: Any, *, settle: bool = True) -> Answer:
        """Walk the graph to its end or next wait and settle the ledger; `settle` also submits where asked to."""
        config: Any = {"configurable": {"thread_id": turn.run}, "recursion_limit": self._services.settings.max_steps}
        try:
            self._graph.invoke(start, config, context=turn, durability="sync")
        except GmaError as error:
            return self._settle_failure(turn, error)
        except Exception as error:
            if said := refusal(error):
                return self._settle_failure(turn, said)
            said = GmaError(f"处理中断：{type(error).__name__}。", "请重试；仍不行请联系系统管理员。")
            self._settle_failure(turn, said)
            raise
        self._settle_wait(turn.run, config)
        answer = self.answer(turn.run, turn.actor, turn)
        return self._auto_submit(turn, answer) if settle else answer

    def _auto_submit(self, turn: Turn, answer: Answer) -> Answer:
        """「…并提交审核」: the author asked for it in the same breath."""
        if answer.status != "drafted" or answer.understood is None or not answer.understood.submit or not answer.report:
            return answer
        submit(self._services.store, turn.actor, answer.report.id)
        self._services.fault("recorded:submission")
        return self.advance(turn)

    def _settle_wait(self, run: str, config: Any) -> None:
        waiting = [item.value for item in self._graph.get_state(config).interrupts]
        with self._services.store.begin() as unit:
            row = unit.runs.get(run)
            if row.status == "done":
                self._saver.delete_thread(run)
            elif waiting:
                unit.runs.mark(run, status="waiting", waits_for=waiting[0]["waits_for"])

    def _settle_failure(self, turn: Turn, error: GmaError) -> Answer:
        """A run that fails before its report is filed is over; once there is a report it stays owed and is retried.

        A run that its last step has ended stays ended, though the word of it got lost on the way back.
        """
        with self._services.store.begin() as unit:
            row = unit.runs.get(turn.run)
            left = "done" if row.status == "done" else "failed" if row.report is None else "open"
            unit.runs.mark(turn.run, status=left, error=str(error))
            unit.audit.append(
                turn.actor.user,
                "ask",
                turn.run,
                "refused" if isinstance(error, Refused) else "failed",
                {"reason": error.message},
            )
        return failed_answer(error, turn.thread, turn)

    def answer(self, run: str, viewer: Actor, turn: Turn | None = None) -> Answer:
        """What the record says of a run; NotFound for one that is not there."""
        with self._services.store.read() as unit:
            return answer_for_run(unit, unit.runs.get(run), turn)

    def carry_on(self, row: RunRow, actor: Actor) -> bool:
        """Finish one run that a crash left; True when anything was done."""
        before = (row.status, row.node, row.waits_for)
        self.advance(self.turn(actor, row.id, row.thread, row.text))
        with self._services.store.begin() as unit:
            after = unit.runs.get(row.id)
            return (after.status, after.node, after.waits_for) != before

    def advance(self, turn: Turn) -> Answer:
        """Take a run as far as the record allows: past every wait whose act is recorded, else from where it stood.

        Where the graph stands decides which act it gets, so that a decision can never answer the wait for a submission.
        """
        from langgraph.types import Command

        config: Any = {"configurable": {"thread_id": turn.run}}
        answer = self.answer(turn.run, turn.actor, turn)
        for _ in range(MOST_RESUMES):
            state = self._graph.get_state(config)
            with self._services.store.read() as unit:
                row = unit.runs.get(turn.run)
            if row.status in {"done", "failed"}:
                return self.answer(turn.run, turn.actor, turn)
            waiting = [item.value for item in state.interrupts]
            start: Any = None
            if waiting:
                act = self._recorded(waiting[0]["report"], waiting[0]["waits_for"])
                if act is None:
                    self._settle_wait(turn.run, config)
                    return self.answer(turn.run, turn.actor, turn)
                start = Command(resume=act)
            elif not state.values and not state.next:
                start = {"run": turn.run, "thread": turn.thread, "user": turn.actor.user}
            elif not state.next and state.values.get("done") in LAST_STEPS:
                # the last step says that it is done and only the ledger does not know; an empty `next` alone says
                # nothing, a killed run can look so in its middle
                with self._services.store.begin() as unit:
                    unit.runs.mark(turn.run, status="done", waits_for="")
                continue
            answer = self.drive(turn, start, settle=False)
        return answer

    def _recorded(self, report: str, waits_for: str) -> Any:
        with self._services.store.read() as unit:
            version = unit.reports.row(report).version
            numbers: Sequence[int] = range(version, 0, -1) if waits_for == "submission" else [version]
            act = next((act for n in numbers if (act := unit.reports.act(report, n, waits_for))), None)
        if act is None:
            return None
        return act.id if waits_for == "submission" else {"id": act.id, "verb": act.verb}

    @contextmanager
    def locked(self, name: str, wait: float = 0) -> Iterator[None]:
        """One worker per conversation and per run, across processes; the kernel frees the lock of a killed one."""
        plain = name if _PLAIN.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()
        lock = FileLock(self._locks / f"{plain}.lock", timeout=wait)
        try:
            lock.acquire()
        except Timeout as error:
            raise Conflict("这个会话或报告正在处理上一条请求。", "请等它完成后再试。") from error
        try:
            yield
        finally:
            lock.release()
