"""Threads, the run ledger and the work that a run's steps hand on."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import new_id, now
from core.errors import Broken, NotFound
from core.store.tables import RunRow, ThreadRow, WorkRow


class Runs:
    """The ledger says which runs are open; checkpoints only say where they stood."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def thread(self, thread: str | None, user: str) -> ThreadRow:
        """The user's thread, made when new. Another user's thread is NotFound, as if it did not exist."""
        row = self._session.get(ThreadRow, thread) if thread else None
        if row is None:
            row = ThreadRow(id=thread or new_id("thread"), user=user, context="{}", created_at=now())
            self._session.add(row)
            self._session.flush()
        elif row.user != user:
            raise NotFound(f"没有会话「{thread}」。", "请新建会话，或用自己的会话编号。")
        return row

    def remember(self, thread: str, context: dict[str, Any]) -> None:
        row = self._session.get_one(ThreadRow, thread)
        row.context = json.dumps(context, ensure_ascii=False, default=str)

    def context(self, thread: str) -> dict[str, Any]:
        row = self._session.get(ThreadRow, thread)
        context: dict[str, Any] = json.loads(row.context) if row else {}
        return context

    def start(self, thread: str, user: str, text: str) -> str:
        run = RunRow(
            id=new_id("run"), thread=thread, user=user, text=text, status="open", created_at=now(), updated_at=now()
        )
        self._session.add(run)
        self._session.flush()
        return run.id

    def get(self, run: str) -> RunRow:
        row = self._session.get(RunRow, run)
        if row is None:
            raise Broken(f"运行台账里没有 {run}。", "请联系系统管理员核对记录库。")
        return row

    def mark(self, run: str, **fields: Any) -> None:
        row = self.get(run)
        for name, value in fields.items():
            setattr(row, name, value)
        row.updated_at = now()

    def unfinished(self) -> list[RunRow]:
        """Runs that a crash may have left: open ones, and waiting ones (their act may have been recorded)."""
        return list(
            self._session.scalars(
                select(RunRow).where(RunRow.status.in_(("open", "waiting"))).order_by(RunRow.created_at)
            )
        )

    def of_thread(self, thread: str) -> list[RunRow]:
        return list(self._session.scalars(select(RunRow).where(RunRow.thread == thread).order_by(RunRow.created_at)))

    def of_report(self, report: str) -> RunRow | None:
        return self._session.scalar(select(RunRow).where(RunRow.report == report))

    def save(self, run: str, kind: str, body: Any) -> None:
        """Write one piece of work; writing it again replaces it, so a repeated step is harmless."""
        self._session.merge(WorkRow(run=run, kind=kind, body=json.dumps(body, ensure_ascii=False, default=str)))

    def load(self, run: str, kind: str, default: Any = None) -> Any:
        row = self._session.get(WorkRow, (run, kind))
        return default if row is None else json.loads(row.body)

    def clear(self, run: str, kinds: tuple[str, ...]) -> None:
        for kind in kinds:
            row = self._session.get(WorkRow, (run, kind))
            if row is not None:
                self._session.delete(row)
