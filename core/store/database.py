"""The record: one database, short transactions, and nothing written outside of one."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.errors import Broken, LimitReached
from core.settings import Settings
from core.store.accounts import Accounts
from core.store.audit import GENESIS, AuditChain
from core.store.reports import Reports
from core.store.reviews import Reviews
from core.store.runs import Runs
from core.store.tables import SCHEMA_VERSION, AuditHeadRow, Base, SchemaRow


class Unit:
    """One transaction with its repositories; what it writes is audited in the same commit."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.audit = AuditChain(session)
        self.accounts = Accounts(session)
        self.runs = Runs(session)
        self.reports = Reports(session, self.audit)
        self.reviews = Reviews(session, self.audit)


class Store:
    """Opens the record and hands out transactions. SQLite: WAL, full sync, writers queue for up to 30 s."""

    def __init__(self, dsn: str, anchor: Path | None = None) -> None:
        self.engine = _engine(dsn)
        self.anchor = anchor
        self._anchoring = threading.Lock()
        self._prepare()

    @classmethod
    def open(cls, settings: Settings) -> Store:
        settings.home.mkdir(parents=True, exist_ok=True)
        return cls(settings.store_dsn(), settings.home / "audit.anchor")

    @contextmanager
    def begin(self) -> Iterator[Unit]:
        """A write transaction: commits, or rolls back on any error; LimitReached when the record stays locked."""
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                unit = Unit(session)
                yield unit
        except OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise LimitReached("记录库正忙，这一步没有写入。", "请稍候重试。") from error
            raise
        if unit.audit.appended:
            self._write_anchor(unit.audit.head)

    def close(self) -> None:
        self.engine.dispose()

    def _prepare(self) -> None:
        """Lay out a new record, or bring an older one forward in place; a newer one is left untouched."""
        held = self._held_version()
        if held is not None and held > SCHEMA_VERSION:
            raise Broken(
                f"记录库的结构版本是 {held}，本程序只认识到 {SCHEMA_VERSION}，没有打开。",
                "请用新版本的程序打开这个记录库，或恢复升级前的备份。",
            )
        if held == SCHEMA_VERSION:
            return
        with self.engine.begin() as connection:
            Base.metadata.create_all(connection)
        with self.begin() as unit:
            row = unit.session.scalar(select(SchemaRow).with_for_update())
            if row is None:
                unit.session.add(SchemaRow(version=SCHEMA_VERSION))
                unit.session.add(AuditHeadRow(id=1, seq=0, hash=GENESIS))
            elif row.version < SCHEMA_VERSION:
                steps = {"from": row.version, "to": SCHEMA_VERSION}
                unit.session.execute(update(SchemaRow).values(version=SCHEMA_VERSION))
                unit.audit.append("system", "upgrade", "record", detail=steps)

    def _held_version(self) -> int | None:
        """The schema version of the record as it is; None when there is no record yet."""
        if not inspect(self.engine).has_table(SchemaRow.__tablename__):
            return None
        with Session(self.engine) as session:
            return session.scalar(select(SchemaRow.version))

    def _write_anchor(self, head: tuple[int, str]) -> None:
        """The head outside the database: a truncated chain is found by it. Written whole, then renamed."""
        if self.anchor is None:
            return
        with self._anchoring:  # a slower thread must not put an older head over a newer one
            written = self.read_anchor()
            if written and written[0] > head[0]:
                return
            temporary = self.anchor.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
            temporary.write_text(f"{head[0]} {head[1]}\n")
            os.replace(temporary, self.anchor)

    def read_anchor(self) -> tuple[int, str] | None:
        if self.anchor is None or not self.anchor.exists():
            return None
        seq, digest = self.anchor.read_text().split()
        return int(seq), digest


def _engine(dsn: str) -> Engine:
    if not dsn.startswith("sqlite"):
        return create_engine(dsn, pool_pre_ping=True)
    engine = create_engine(dsn, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _immediate(connection: Any) -> None:
        # a deferred transaction that upgrades to a write deadlocks with another; taking the lock first only queues
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
