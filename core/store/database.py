"""The record: one database, short transactions, and nothing written outside of one."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.errors import Broken, GmaError, LimitReached
from core.log import problem
from core.settings import Settings
from core.store.accounts import Accounts
from core.store.analyses import Analyses
from core.store.anchor import Anchor, AnchorFile
from core.store.audit import GENESIS, Algorithm, AuditChain, Verdict
from core.store.outcomes import Outcomes
from core.store.quality import Quality
from core.store.reports import Reports
from core.store.reviews import Reviews
from core.store.runs import Runs
from core.store.tables import SCHEMA_VERSION, AuditHeadRow, Base, SchemaRow

PATIENCE = 30.0
"""Seconds that a writer waits for another one."""
LOOKS = 100
UPGRADES: dict[int, tuple[str, ...]] = {
    3: ("ALTER TABLE audit ADD COLUMN algorithm VARCHAR(8) NOT NULL DEFAULT 'sha256'",),
}
"""What a version added to tables that were there before it; new tables need not be named."""


class Unit:
    """One transaction with its repositories; what it writes is audited in the same commit."""

    def __init__(self, session: Session, algorithm: Algorithm = "sha256") -> None:
        self.session = session
        self.audit = AuditChain(session, algorithm)
        self.accounts = Accounts(session)
        self.runs = Runs(session)
        self.reports = Reports(session, self.audit)
        self.reviews = Reviews(session, self.audit)
        self.quality = Quality(session, self.audit)
        self.analyses = Analyses(session, self.audit)
        self.outcomes = Outcomes(session, self.audit)


class Store:
    """Opens the record and hands out transactions. SQLite: WAL, full sync, writers queue, readers never wait."""

    def __init__(
        self, dsn: str, anchor: Path | None = None, *, algorithm: Algorithm = "sha256", patience: float = PATIENCE
    ) -> None:
        self.engine = _engine(dsn, patience)
        self._reading = self.engine.execution_options(gma_reading=True)
        self._sole = dsn.startswith("sqlite")
        self._anchor = AnchorFile(anchor) if anchor else None
        self._algorithm: Algorithm = algorithm
        with _said():
            self._prepare()

    @classmethod
    def open(cls, settings: Settings) -> Store:
        settings.home.mkdir(parents=True, exist_ok=True)
        return cls(settings.store_dsn(), settings.home / "audit.anchor", algorithm=settings.audit_hash)

    @contextmanager
    def begin(self) -> Iterator[Unit]:
        """A write transaction: commits, or rolls back on any error. LimitReached when the record stays locked, or the
        disk takes nothing more: nothing was written then, and the same act can be tried again. A commit whose answer
        is lost is looked up: an act that took effect is never called one that did not."""
        with _said():
            unit: Unit | None = None
            try:
                with Session(self.engine, expire_on_commit=False) as session, session.begin():
                    unit = Unit(session, self._algorithm)
                    yield unit
                    self._promise(unit.audit)
            except OperationalError as error:
                if unit is None or not self._took(unit.audit):
                    raise
                problem("store.commit", error)
            self._settle(unit.audit)

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """A view of one moment that waits for no writer; writing in it fails."""
        with _said(), Session(self._reading, expire_on_commit=False) as session, session.begin():
            yield Unit(session, self._algorithm)

    def close(self) -> None:
        self.engine.dispose()

    def verify_audit(self) -> Verdict:
        """Walk the whole audit chain and hold it against the anchor file; others may go on writing meanwhile."""
        for _ in range(LOOKS):
            anchor = self._read_anchor()
            with self.read() as unit:
                head, last = unit.audit.head()
                if self._read_anchor() == anchor:  # no act came between the anchor and this view of the chain
                    return unit.audit.verify(head, last, anchor, sole=self._sole)
        with self.begin() as unit:  # too much is going on: look while nobody can write
            (head, last), anchor = unit.audit.head(), self._read_anchor()
        with self.read() as unit:
            return unit.audit.verify(head, last, anchor, sole=self._sole)

    def renew_anchor(self, actor: str, reason: str) -> None:
        """Anchor the chain as it is now, after a restored backup. The act is a row of the chain itself."""
        assert self._anchor is not None
        old = self._read_anchor()
        with self.begin() as unit:
            before = {"before": list(old.settled) if old else None}
            unit.audit.append(actor, "anchor", "-", detail=before | {"reason": reason})
        self._anchor.renew(unit.audit.after or (0, GENESIS))

    def _prepare(self) -> None:
        """Lay out a new record, or bring an older one forward in place; a newer one is left untouched."""
        held = self._held_version()
        if held is not None and held > SCHEMA_VERSION:
            raise Broken(
                f"记录库的结构版本是 {held}，本程序只认识到 {SCHEMA_VERSION}，没有打开。",
                "请用新版本的程序打开这个记录库，或恢复升级前的备份。",
            )
        if held == SCHEMA_VERSION and (self._anchor is None or self._anchor.path.exists()):
            return
        with self.begin() as unit:
            Base.metadata.create_all(unit.session.connection())
            row = unit.session.scalar(select(SchemaRow).with_for_update())
            if row is None:
                unit.session.add(SchemaRow(version=SCHEMA_VERSION))
                unit.session.add(AuditHeadRow(id=1, seq=0, hash=GENESIS))
                unit.session.flush()
            head, _ = unit.audit.head()
            if self._anchor and head[0] == 0:
                self._anchor.found(head)
            if row is not None and row.version < SCHEMA_VERSION:
                self._upgrade(unit, row.version)

    def _upgrade(self, unit: Unit, held: int) -> None:
        """Add what an older record lacks. Its anchor could lag behind by an act: it is moved on when it still holds."""
        for version in range(held + 1, SCHEMA_VERSION + 1):
            for statement in UPGRADES.get(version, ()):
                unit.session.execute(text(statement))
        anchor = self._read_anchor()
        if self._anchor and anchor and unit.audit.holds(anchor.settled):
            self._anchor.renew(unit.audit.head()[0])
        unit.session.execute(update(SchemaRow).values(version=SCHEMA_VERSION))
        unit.audit.append("system", "upgrade", "record", detail={"from": held, "to": SCHEMA_VERSION})

    def _held_version(self) -> int | None:
        """The schema version of the record as it is; None when there is no record yet."""
        if not inspect(self._reading).has_table(SchemaRow.__tablename__):
            return None
        with Session(self._reading) as session:
            return session.scalar(select(SchemaRow.version))

    def _read_anchor(self) -> Anchor | None:
        return self._anchor.read() if self._anchor else None

    def _took(self, chain: AuditChain) -> bool:
        """Whether the record holds what a transaction appended; False where nothing was, or nobody can tell."""
        if chain.after is None:
            return False
        try:
            with Session(self._reading) as session:
                return AuditChain(session, self._algorithm).holds(chain.after)
        except OperationalError as error:
            problem("store.commit", error)
            return False

    def _promise(self, chain: AuditChain) -> None:
        if self._anchor and chain.before is not None and chain.after is not None:
            before, after = chain.before, chain.after
            grown = (lambda head: False) if self._sole else chain.holds
            self._anchored(lambda file: file.promise(before, after, grown))

    def _settle(self, chain: AuditChain) -> None:
        if self._anchor and chain.after is not None:
            after = chain.after
            self._anchored(lambda file: file.settle(after))

    def _anchored(self, write: Any) -> None:
        """An anchor that cannot be written must not undo the act; the next act writes it, or verification tells."""
        try:
            write(self._anchor)
        except OSError as error:
            problem("audit.anchor", error)


@contextmanager
def _said() -> Iterator[None]:
    """What the database refuses, as a sentence with the next step."""
    try:
        yield
    except OperationalError as error:
        said = refusal(error)
        if said is None:
            raise
        raise said from error


def refusal(error: BaseException) -> GmaError | None:
    """The sentence for a database error that waiting or a larger disk cures; None for every other error."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}:
        return _no_room()
    if not isinstance(error, sqlite3.OperationalError | OperationalError):
        return None
    told = str(error).lower()
    if "locked" in told or "busy" in told:
        return LimitReached("记录库正忙，这一步没有写入。", "请稍候重试。")
    if "disk is full" in told or "disk i/o error" in told or "no space left" in told:
        return _no_room()
    return None


def _no_room() -> GmaError:
    return LimitReached(
        "磁盘写不进去（空间不足或故障），这一步没有写入。", "请清理磁盘空间后重试；此前已记录的内容不受影响。"
    )


def _engine(dsn: str, patience: float) -> Engine:
    if not dsn.startswith("sqlite"):
        engine = create_engine(dsn, pool_pre_ping=True)

        @event.listens_for(engine, "begin")
        def _snapshot(connection: Connection) -> None:
            if connection.get_execution_options().get("gma_reading"):
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

        return engine
    engine = create_engine(dsn, connect_args={"timeout": patience, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        waits = f"busy_timeout={int(patience * 1000)}"
        for pragma in (waits, "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # a deferred transaction that upgrades to a write deadlocks with another; taking the lock first only queues
        reading = bool(connection.get_execution_options().get("gma_reading"))
        connection.exec_driver_sql(f"PRAGMA query_only={int(reading)}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
