"""The record's tables: one schema for SQLite (default) and PostgreSQL; JSON is text so that hashes are stable."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, DateTime, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_VERSION = 6
"""Raised with every table or column that is added; `Store` brings an older record forward and says so."""


class Base(DeclarativeBase):
    metadata = MetaData()


class SchemaRow(Base):
    __tablename__ = "schema_version"
    version: Mapped[int] = mapped_column(Integer, primary_key=True)


class AccountRow(Base):
    __tablename__ = "account"
    user: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    org: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(128))
    failed: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ThreadRow(Base):
    """One conversation: its owner and what it remembers (unit, period, indicator) as JSON."""

    __tablename__ = "thread"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user: Mapped[str] = mapped_column(String(64), index=True)
    context: Mapped[str] = mapped_column(Text, default="{}")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RunRow(Base):
    """The run ledger: one request, from its text to its answer. `open` runs are finished after a crash."""

    __tablename__ = "run"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    thread: Mapped[str] = mapped_column(ForeignKey("thread.id"), index=True)
    user: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), index=True)
    node: Mapped[str] = mapped_column(String(32), default="")
    waits_for: Mapped[str] = mapped_column(String(16), default="")
    report: Mapped[str | None] = mapped_column(String(64), index=True)
    answer: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class WorkRow(Base):
    """What a run's steps hand to each other (facts, findings, plan): too big for a checkpoint, rewritten whole."""

    __tablename__ = "work"
    run: Mapped[str] = mapped_column(ForeignKey("run.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class ReportRow(Base):
    __tablename__ = "report"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    run: Mapped[str] = mapped_column(String(64), unique=True)
    template: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(256))
    org: Mapped[str] = mapped_column(String(32), index=True)
    period: Mapped[str] = mapped_column(String(32))
    author: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(32), index=True)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class VersionRow(Base):
    """One version, never changed once written; `hash` is the content's canonical hash."""

    __tablename__ = "version"
    report: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    checks: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ActRow(Base):
    """An act that a waiting run resumes with: a submission by the author or a decision by a reviewer.

    One act per report version and kind: a second click, a second reviewer, a replay all meet the unique constraint.
    """

    __tablename__ = "act"
    __table_args__ = (UniqueConstraint("report", "version", "kind"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    report: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    verb: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(64))
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ReleaseRow(Base):
    """A publication: at most one per report and version (the idempotency key of `publish`)."""

    __tablename__ = "release"
    report: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(ForeignKey("act.id"), unique=True)
    reviewer: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    archived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class DocumentRow(Base):
    __tablename__ = "document"
    report: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    format: Mapped[str] = mapped_column(String(16), primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class ChecklistRow(Base):
    """The reviewer's checklist as it stood when an act was recorded; written once with the act, never changed."""

    __tablename__ = "checklist"
    act: Mapped[str] = mapped_column(ForeignKey("act.id"), primary_key=True)
    report: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class WaiverRow(Base):
    """A reviewer let one finding of one exact version stand, with a reason; another version needs its own."""

    __tablename__ = "waiver"
    __table_args__ = (UniqueConstraint("report", "version", "finding"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    report: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    finding: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CommentRow(Base):
    """A remark (批注) on a report or one of its sections; resolved once, by whom and with which answer."""

    __tablename__ = "comment"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    report: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    section: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    resolved_by: Mapped[str] = mapped_column(String(64), default="")
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str] = mapped_column(Text, default="")


class SupplementRow(Base):
    """A value that a person supplied where the source has none; withdrawn ones stay. `value` is an exact decimal."""

    __tablename__ = "supplement"
    __table_args__ = (Index("supplement_number", "org", "indicator", "period"),)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    indicator: Mapped[str] = mapped_column(String(32))
    org: Mapped[str] = mapped_column(String(32))
    period: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class MeasureOutcomeRow(Base):
    """What came of a measure for a customer at risk, as a named person recorded it; withdrawn ones stay."""

    __tablename__ = "measure_outcome"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    customer: Mapped[str] = mapped_column(String(64), index=True)
    org: Mapped[str] = mapped_column(String(32), index=True)
    measure: Mapped[str] = mapped_column(String(32))
    done: Mapped[date] = mapped_column(Date)
    owner: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    withdrawn_by: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AnalysisVersionRow(Base):
    """One registered version of an analysis for a unit; `content` is written once, only the state moves."""

    __tablename__ = "analysis_version"
    __table_args__ = (UniqueConstraint("analysis", "org", "number"),)
    id: Mapped[str] = mapped_column(String(96), primary_key=True)
    analysis: Mapped[str] = mapped_column(String(32))
    org: Mapped[str] = mapped_column(String(32))
    number: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AnalysisActRow(Base):
    """A version was put into service (promote) or the one before it was put back (rollback), by whom and why."""

    __tablename__ = "analysis_act"
    __table_args__ = (Index("analysis_act_of", "analysis", "org"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    analysis: Mapped[str] = mapped_column(String(32))
    org: Mapped[str] = mapped_column(String(32))
    verb: Mapped[str] = mapped_column(String(16))
    version: Mapped[str] = mapped_column(ForeignKey("analysis_version.id"))
    before: Mapped[str] = mapped_column(String(96), default="")
    actor: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class OutboxRow(Base):
    """Messages owed to the outside, written with the act that caused them; `key` makes delivery idempotent."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    topic: Mapped[str] = mapped_column(String(32), index=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    delivered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AuditRow(Base):
    """The append-only audit chain: every row's hash covers the row and the hash before it."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_object", "object"),)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    object: Mapped[str] = mapped_column(String(128))
    result: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(8), server_default="sha256")


class StatementRow(Base):
    """The text of every statement that was put to a source, once, under its hash; audit rows name the hash."""

    __tablename__ = "statement"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class AuditHeadRow(Base):
    """One row: the chain's head. Updating it serialises writers on every database."""

    __tablename__ = "audit_head"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
