"""What people say about a version beside the decision: remarks, waivers, and the checklist kept with a decision."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import new_id, now
from core.domain.checklist import Checklist, Comment, Waiver
from core.errors import Conflict, NotFound
from core.store.audit import AuditChain
from core.store.tables import ActRow, ChecklistRow, CommentRow, ReportRow, WaiverRow


class Reviews:
    """Writes are audited in the same transaction. Who may write is decided before (`core.approval`)."""

    def __init__(self, session: Session, audit: AuditChain) -> None:
        self._session = session
        self._audit = audit

    def comment(self, row: ReportRow, actor: str, section: str, text: str) -> Comment:
        made = CommentRow(
            id=new_id("note"),
            report=row.id,
            version=row.version,
            section=section,
            text=text,
            actor=actor,
            at=now(),
            resolved_by="",
            answer="",
        )
        self._session.add(made)
        self._session.flush()
        self._audit.append(actor, "comment", row.id, detail={"comment": made.id, "section": section})
        return _comment(made)

    def resolve(self, row: ReportRow, comment: str, actor: str, answer: str) -> Comment:
        """Close a remark; NotFound for one of another report, Conflict when it is closed already."""
        found = self.comment_row(row.id, comment)
        if found.resolved_by:
            raise Conflict("这条批注已经处理过了。", "请刷新后查看。")
        found.resolved_by, found.resolved_at, found.answer = actor, now(), answer
        self._audit.append(actor, "comment_resolved", row.id, detail={"comment": comment})
        return _comment(found)

    def comment_row(self, report: str, comment: str) -> CommentRow:
        found = self._session.get(CommentRow, comment)
        if found is None or found.report != report:
            raise NotFound(f"报告 {report} 没有批注「{comment}」。", "用 gma report 查看批注编号。")
        return found

    def comments(self, report: str) -> list[Comment]:
        """Every remark on a report, oldest first."""
        query = select(CommentRow).where(CommentRow.report == report).order_by(CommentRow.at, CommentRow.id)
        return [_comment(row) for row in self._session.scalars(query)]

    def waive(self, row: ReportRow, digest: str, finding: str, text: str, actor: str, reason: str) -> Waiver:
        """One waiver a finding and version: the unique key makes a second one impossible."""
        made = WaiverRow(
            id=new_id("waiver"),
            report=row.id,
            version=row.version,
            hash=digest,
            finding=finding,
            text=text,
            actor=actor,
            reason=reason,
            at=now(),
        )
        self._session.add(made)
        self._session.flush()
        detail = {"version": row.version, "hash": digest, "finding": finding, "reason": reason}
        self._audit.append(actor, "waiver", row.id, detail=detail)
        return _waiver(made)

    def waivers(self, report: str, version: int) -> list[Waiver]:
        query = select(WaiverRow).where(WaiverRow.report == report, WaiverRow.version == version)
        return [_waiver(row) for row in self._session.scalars(query.order_by(WaiverRow.at, WaiverRow.id))]

    def keep(self, act: ActRow, checklist: Checklist) -> str:
        """Keep the checklist that stood behind an act; returns its digest."""
        digest = checklist.digest()
        self._session.add(
            ChecklistRow(
                act=act.id,
                report=act.report,
                version=act.version,
                hash=act.hash,
                body=checklist.canonical(),
                sha256=digest,
            )
        )
        self._session.flush()
        return digest

    def kept(self, act: str) -> Checklist | None:
        """The checklist of a recorded act; None for acts recorded before checklists were."""
        row = self._session.get(ChecklistRow, act)
        return Checklist.model_validate_json(row.body) if row else None


def _comment(row: CommentRow) -> Comment:
    return Comment(
        id=row.id,
        version=row.version,
        section=row.section,
        text=row.text,
        actor=row.actor,
        at=row.at,
        resolved_by=row.resolved_by,
        resolved_at=row.resolved_at,
        answer=row.answer,
    )


def _waiver(row: WaiverRow) -> Waiver:
    return Waiver(
        finding=row.finding,
        version=row.version,
        hash=row.hash,
        text=row.text,
        actor=row.actor,
        reason=row.reason,
        at=row.at,
    )
