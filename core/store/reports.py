"""Reports, their versions, the acts on them, and releases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import new_id, now, stamp
from core.domain.actor import Actor
from core.domain.lifecycle import Decision, State, Verb
from core.domain.period import Period
from core.domain.report import CheckResult, ReportContent
from core.errors import Conflict, NotFound
from core.store.audit import AuditChain
from core.store.tables import ActRow, DocumentRow, OutboxRow, ReleaseRow, ReportRow, VersionRow


class ReportSummary(BaseModel):
    """One line of a report list."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    template: str
    org: str
    period: str
    author: str
    state: State
    version: int
    hash: str
    created_at: datetime
    updated_at: datetime


class VersionSummary(BaseModel):
    model_config = ConfigDict(frozen=True)

    number: int
    hash: str
    made_by: str
    created_at: datetime


class Release(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: int
    hash: str
    reviewer: str
    at: datetime
    archived_at: datetime | None


class ReportDetail(BaseModel):
    """A report with its current content, every version, decision and document."""

    model_config = ConfigDict(frozen=True)

    summary: ReportSummary
    content: ReportContent
    checks: tuple[CheckResult, ...]
    versions: tuple[VersionSummary, ...]
    submitted_by: str = ""
    decisions: tuple[Decision, ...] = ()
    release: Release | None = None
    documents: dict[str, str] = {}


_DECISIONS = frozenset({"decision", "edit", "endorsement"})


class Reports:
    """Every read is bounded by the actor's unit; a report outside it does not exist for that actor."""

    def __init__(self, session: Session, audit: AuditChain) -> None:
        self._session = session
        self._audit = audit

    def file(self, run: str, content: ReportContent, checks: Sequence[CheckResult], author: str) -> ReportRow:
        """Store the run's draft as version 1; a repeated call for the same run changes nothing."""
        row = self._session.scalar(select(ReportRow).where(ReportRow.run == run))
        if row is not None:
            return row
        row = ReportRow(
            id=self._number(content),
            run=run,
            template=content.template,
            title=content.title,
            org=content.org,
            period=content.period.code,
            author=author,
            state=State.DRAFT.value,
            version=0,
            created_at=now(),
            updated_at=now(),
        )
        self._session.add(row)
        self._session.flush()
        self.add_version(row, content, checks, author)
        return row

    def add_version(
        self, row: ReportRow, content: ReportContent, checks: Sequence[CheckResult], made_by: str
    ) -> VersionRow:
        version = VersionRow(
            report=row.id,
            number=row.version + 1,
            hash=content.hash(),
            content=content.canonical(),
            checks=json.dumps([check.model_dump() for check in checks], ensure_ascii=False),
            made_by=made_by,
            created_at=now(),
        )
        row.version, row.updated_at = version.number, now()
        self._session.add(version)
        self._session.flush()
        detail = {"version": version.number, "hash": version.hash}
        self._audit.append(made_by, "version", row.id, detail=detail)
        return version

    def row(self, report: str, actor: Actor | None = None) -> ReportRow:
        """The report's row; NotFound when it does not exist or lies outside the actor's unit."""
        row = self._session.get(ReportRow, report)
        if row is None or (actor is not None and not (actor.reads_data and actor.covers(row.org))):
            raise NotFound(f"没有报告「{report}」，或它不在您的权限范围内。", "用 gma reports 查看可以打开的报告。")
        return row

    def version(self, report: str, number: int | None = None) -> VersionRow:
        if number is None:
            number = self._session.get_one(ReportRow, report).version
        return self._session.get_one(VersionRow, (report, number))

    def content(self, report: str, number: int | None = None) -> ReportContent:
        return ReportContent.model_validate_json(self.version(report, number).content)

    def checks(self, report: str, number: int | None = None) -> tuple[CheckResult, ...]:
        """The check results that were recorded with a version (the current one by default)."""
        held = json.loads(self.version(report, number).checks)
        return tuple(CheckResult.model_validate(item) for item in held)

    def list(self, actor: Actor, *, states: Sequence[State] = (), limit: int = 200) -> list[ReportSummary]:
        """Reports of the actor's unit and below, newest first; drafts only the author's own."""
        if not actor.reads_data:
            return []
        query = select(ReportRow).where(ReportRow.org.startswith(actor.org, autoescape=True))
        query = query.where((ReportRow.state != State.DRAFT.value) | (ReportRow.author == actor.user))
        if states:
            query = query.where(ReportRow.state.in_([state.value for state in states]))
        query = query.order_by(ReportRow.created_at.desc()).limit(limit)
        return [self._summary(row) for row in self._session.scalars(query)]

    def detail(self, report: str, actor: Actor) -> ReportDetail:
        row = self.row(report, actor)
        current = self.version(report)
        versions = self._session.scalars(
            select(VersionRow).where(VersionRow.report == report).order_by(VersionRow.number)
        )
        acts = list(self._session.scalars(select(ActRow).where(ActRow.report == report).order_by(ActRow.at)))
        release = self.release(report)
        return ReportDetail(
            summary=self._summary(row),
            content=ReportContent.model_validate_json(current.content),
            checks=self.checks(report),
            versions=tuple(
                VersionSummary(number=v.number, hash=v.hash, made_by=v.made_by, created_at=v.created_at)
                for v in versions
            ),
            submitted_by=next((act.actor for act in acts if act.kind == "submission"), ""),
            decisions=tuple(decision_of(act) for act in acts if act.kind in _DECISIONS),
            release=release
            and Release(
                version=release.version,
                hash=release.hash,
                reviewer=release.reviewer,
                at=release.at,
                archived_at=release.archived_at,
            ),
            documents={name: path for name, (path, _) in self.documents(report, row.version).items()},
        )

    def decisions(self, report: str) -> Sequence[Decision]:
        """Every decision on any version of a report, oldest first."""
        query = select(ActRow).where(ActRow.report == report, ActRow.kind.in_(_DECISIONS))
        return [decision_of(act) for act in self._session.scalars(query.order_by(ActRow.at, ActRow.id))]

    def act(self, report: str, version: int, kind: str) -> ActRow | None:
        query = select(ActRow).where(ActRow.report == report, ActRow.version == version, ActRow.kind == kind)
        return self._session.scalar(query)

    def act_by_id(self, act: str) -> ActRow | None:
        return self._session.get(ActRow, act)

    def record_act(
        self,
        row: ReportRow,
        kind: str,
        verb: str,
        digest: str,
        actor: str,
        comment: str,
        state: State,
        seen: Mapping[str, str] | None = None,
    ) -> ActRow:
        """Write an act and the state it leads to; the unique key makes a second act on the version impossible.

        `seen` holds the digests of what the actor had before the eyes; they go into the audit row.
        """
        act = ActRow(
            id=new_id("act"),
            report=row.id,
            version=row.version,
            hash=digest,
            kind=kind,
            verb=verb,
            actor=actor,
            comment=comment,
            at=now(),
        )
        self._session.add(act)
        row.state, row.updated_at = state.value, now()
        self._session.flush()
        bound = {"act": act.id, "at": stamp(act.at), "version": act.version, "hash": digest}
        detail = {**bound, "verb": verb, "comment": comment, **(seen or {})}
        self._audit.append(actor, kind, row.id, detail=detail)
        return act

    def publish(self, act: ActRow, documents: dict[str, tuple[Path, str]]) -> bool:
        """Release, documents, outbox message and audit row at once; False when this version was already released."""
        row = self._session.get_one(ReportRow, act.report)
        if self._session.get(ReleaseRow, (act.report, act.version)) is not None:
            return False
        if row.version != act.version or self.version(row.id).hash != act.hash:
            raise Conflict("批准的版本已不是当前版本，未发布。", "请审核人对最新版本重新审批。")
        at = now()
        self._session.add(
            ReleaseRow(report=row.id, version=act.version, hash=act.hash, act=act.id, reviewer=act.actor, at=at)
        )
        for format_, (path, digest) in documents.items():
            self._session.merge(
                DocumentRow(report=row.id, version=act.version, format=format_, path=str(path), sha256=digest)
            )
        body = {"report": row.id, "version": act.version, "hash": act.hash, "org": row.org, "title": row.title}
        self._session.add(
            OutboxRow(
                key=f"release:{row.id}:{act.version}",
                topic="release",
                body=json.dumps(body, ensure_ascii=False),
                created_at=now(),
            )
        )
        row.state, row.updated_at = State.PUBLISHED.value, at
        files = {format_: {"name": path.name, "sha256": digest} for format_, (path, digest) in documents.items()}
        bound = {"act": act.id, "at": stamp(at), "version": act.version, "hash": act.hash, "documents": files}
        self._audit.append(act.actor, "release", row.id, detail=bound)
        return True

    def attach(self, act: ActRow, format_: str, path: Path, digest: str) -> None:
        """File one more document of a released version."""
        self._session.merge(
            DocumentRow(report=act.report, version=act.version, format=format_, path=str(path), sha256=digest)
        )
        self._audit.append(act.actor, "document", act.report, detail={"format": format_, "sha256": digest})

    def documents(self, report: str, version: int) -> dict[str, tuple[str, str]]:
        """Format to path and SHA-256 of a released version."""
        query = select(DocumentRow).where(DocumentRow.report == report, DocumentRow.version == version)
        rows = self._session.scalars(query.order_by(DocumentRow.format))
        return {row.format: (row.path, row.sha256) for row in rows}

    def release(self, report: str) -> ReleaseRow | None:
        return self._session.scalar(select(ReleaseRow).where(ReleaseRow.report == report))

    def mark_archived(self, report: str, sections: int) -> None:
        row = self._session.get_one(ReportRow, report)
        release = self.release(report)
        if release is None or release.archived_at is not None:
            return
        release.archived_at, row.state = now(), State.ARCHIVED.value
        self._audit.append(release.reviewer, "archive", report, detail={"sections": sections})

    def uses(self) -> dict[str, int]:
        """How many reports each template has made; counts only, whoever asks."""
        query = select(ReportRow.template, func.count()).group_by(ReportRow.template)
        return {template: count for template, count in self._session.execute(query)}

    def _number(self, content: ReportContent) -> str:
        """`R1-99401-202610-0001`: template, unit, period and a running number that never repeats."""
        stem = f"{content.template}-{content.org}-{content.period.start:%Y%m}"
        count = len(list(self._session.scalars(select(ReportRow.id).where(ReportRow.id.startswith(stem + "-")))))
        return f"{stem}-{count + 1:04d}"

    def _summary(self, row: ReportRow) -> ReportSummary:
        return ReportSummary(
            id=row.id,
            title=row.title,
            template=row.template,
            org=row.org,
            period=row.period,
            author=row.author,
            state=State(row.state),
            version=row.version,
            hash=self.version(row.id).hash,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


def decision_of(act: ActRow) -> Decision:
    return Decision(
        id=act.id,
        report=act.report,
        version=act.version,
        hash=act.hash,
        reviewer=act.actor,
        verb=Verb(act.verb),
        comment=act.comment,
        at=act.at,
    )


def period_of(row: ReportRow) -> Period:
    return Period.parse(row.period)
