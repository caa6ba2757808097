"""Registered analysis versions: what is written here is audited in the same transaction."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.domain.actor import Actor
from core.domain.analysis_version import AnalysisVersion, VersionAct, VersionContent, VersionState
from core.domain.org import covers
from core.errors import Broken, Conflict, NotFound
from core.store.accounts import Accounts
from core.store.audit import AuditChain
from core.store.tables import AnalysisActRow, AnalysisVersionRow, OutboxRow

CANDIDATE = "analysis_candidate"
"""The outbox topic of versions that wait for a decision."""


class Analyses:
    """At most one version of an analysis and unit is current. Who may act is decided before (`core.analyses`)."""

    def __init__(self, session: Session, audit: AuditChain) -> None:
        self._session = session
        self._audit = audit

    def register(self, actor: str, content: VersionContent) -> AnalysisVersion:
        """A new candidate; the same content as an earlier version of the unit gives that version back."""
        text = content.text()
        digest = hashlib.sha256(text.encode()).hexdigest()
        mine = (AnalysisVersionRow.analysis == content.analysis, AnalysisVersionRow.org == content.org)
        known = self._session.scalar(select(AnalysisVersionRow).where(*mine, AnalysisVersionRow.hash == digest))
        if known is not None:
            return self._version(known)
        number = (self._session.scalar(select(func.max(AnalysisVersionRow.number)).where(*mine)) or 0) + 1
        row = AnalysisVersionRow(
            id=f"{content.analysis}-{content.org}-{number}", analysis=content.analysis, org=content.org, number=number,
            hash=digest, content=text, state=VersionState.CANDIDATE.value, made_by=actor, made_at=now(),
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        detail = {"hash": digest, "algorithm": content.algorithm, "cases": content.cases,
                  "window": [content.first.isoformat(), content.last.isoformat()]}  # fmt: skip
        self._audit.append(actor, "analysis_train", row.id, detail=detail)
        return self._version(row)

    def versions(self, actor: Actor, analysis: str = "", org: str = "") -> list[AnalysisVersion]:
        """Versions that concern the actor's unit (its own, of units above and below), newest first."""
        if not actor.reads_data:
            return []
        query = select(AnalysisVersionRow).order_by(AnalysisVersionRow.analysis, AnalysisVersionRow.number.desc())
        if analysis:
            query = query.where(AnalysisVersionRow.analysis == analysis)
        if org:
            query = query.where(AnalysisVersionRow.org == org)
        rows = [row for row in self._session.scalars(query) if actor.covers(row.org) or covers(row.org, actor.org)]
        return [self._version(row) for row in rows]

    def version(self, actor: Actor, name: str) -> AnalysisVersion:
        """One version by its id; NotFound for any that does not concern the actor's unit."""
        row = self._session.get(AnalysisVersionRow, name)
        if row is None or not actor.reads_data or not (actor.covers(row.org) or covers(row.org, actor.org)):
            raise NotFound(f"没有分析版本「{name}」，或它不在您的权限范围内。", "用 gma analysis list 查看。")
        return self._version(row)

    def held(self, name: str) -> AnalysisVersion | None:
        """One version by its id, for doing a recorded analysis again; None when there is none."""
        row = self._session.get(AnalysisVersionRow, name)
        return self._version(row) if row else None

    def current(self, analysis: str, org: str) -> AnalysisVersion | None:
        """The version in service for a unit: its own, else that of the nearest unit above it."""
        query = select(AnalysisVersionRow).where(
            AnalysisVersionRow.analysis == analysis, AnalysisVersionRow.state == VersionState.CURRENT.value
        )
        rows = [row for row in self._session.scalars(query) if covers(row.org, org)]
        return self._version(max(rows, key=lambda row: len(row.org))) if rows else None

    def newest(self, analysis: str, org: str) -> AnalysisVersion | None:
        """The version of a unit that was trained last, in whatever state."""
        mine = (AnalysisVersionRow.analysis == analysis, AnalysisVersionRow.org == org)
        row = self._session.scalar(
            select(AnalysisVersionRow).where(*mine).order_by(AnalysisVersionRow.number.desc()).limit(1)
        )
        return self._version(row) if row else None

    def promote(self, actor: Actor, name: str, reason: str, evidence: dict[str, Any]) -> AnalysisVersion:
        """Put a version into service and retire the one before it. Conflict when it is in service already."""
        row, group = self._locked(name)
        if row.state == VersionState.CURRENT.value:
            raise Conflict(f"分析版本「{name}」已经是现行版本。", "用 gma analysis list 查看。")
        before = next((other for other in group if other.state == VersionState.CURRENT.value), None)
        if before is not None:
            before.state = VersionState.RETIRED.value
        row.state = VersionState.CURRENT.value
        self._act("promote", row, before, actor, reason, evidence)
        return self._version(row)

    def rollback(self, actor: Actor, name: str, reason: str) -> AnalysisVersion:
        """Take the current version out of service and put the one before it back; Conflict when there is none."""
        row, group = self._locked(name)
        if row.state != VersionState.CURRENT.value:
            raise Conflict(f"分析版本「{name}」不是现行版本，不能回退。", "用 gma analysis list 查看现行版本。")
        put = self._session.scalar(
            select(AnalysisActRow)
            .where(AnalysisActRow.version == name, AnalysisActRow.verb == "promote")
            .order_by(AnalysisActRow.id.desc())
            .limit(1)
        )
        if put is None or not put.before:
            raise Conflict(f"分析版本「{name}」之前没有启用过别的版本，无处可退。", "可另行训练并启用新的版本。")
        back = next(other for other in group if other.id == put.before)
        row.state, back.state = VersionState.RETIRED.value, VersionState.CURRENT.value
        self._act("rollback", back, row, actor, reason, {})
        return self._version(back)

    def owe(self, version: AnalysisVersion, text: str) -> None:
        """Owe 管理决策者 a message about a version; each version is told once."""
        key = f"{CANDIDATE}:{version.id}"
        if self._session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is None:
            body = {"version": version.id, "org": version.content.org, "text": text, "to": "manager"}
            self._session.add(
                OutboxRow(key=key, topic=CANDIDATE, body=json.dumps(body, ensure_ascii=False), created_at=now())
            )

    def acts(self, analysis: str, org: str) -> list[VersionAct]:
        """What was put into service and back, newest first."""
        mine = (AnalysisActRow.analysis == analysis, AnalysisActRow.org == org)
        rows = self._session.scalars(select(AnalysisActRow).where(*mine).order_by(AnalysisActRow.id.desc()))
        names = Accounts(self._session)
        return [
            VersionAct(verb=row.verb, version=row.version, before=row.before, actor=row.actor,
                       name=names.name_of(row.actor), reason=row.reason, at=row.at)
            for row in rows
        ]  # fmt: skip

    def _act(
        self, verb: str, row: AnalysisVersionRow, before: AnalysisVersionRow | None, actor: Actor, reason: str,
        evidence: dict[str, Any],
    ) -> None:  # fmt: skip
        was = before.id if before else ""
        self._session.add(
            AnalysisActRow(analysis=row.analysis, org=row.org, verb=verb, version=row.id, before=was, actor=actor.user,
                           reason=reason, at=now())
        )  # fmt: skip
        self._session.flush()
        detail = {"hash": row.hash, "before": was, "reason": reason} | evidence
        self._audit.append(actor.user, f"analysis_{verb}", row.id, detail=detail)

    def _locked(self, name: str) -> tuple[AnalysisVersionRow, list[AnalysisVersionRow]]:
        """The version and all of its analysis and unit, locked and read afresh: acts on them queue."""
        found = self._session.get(AnalysisVersionRow, name)
        if found is None:
            raise NotFound(f"没有分析版本「{name}」。", "用 gma analysis list 查看。")
        mine = (AnalysisVersionRow.analysis == found.analysis, AnalysisVersionRow.org == found.org)
        query = select(AnalysisVersionRow).where(*mine).order_by(AnalysisVersionRow.number).with_for_update()
        group = list(self._session.scalars(query.execution_options(populate_existing=True)))
        return next(row for row in group if row.id == name), group

    def _version(self, row: AnalysisVersionRow) -> AnalysisVersion:
        """The version, after its stored text was held against its hash; Broken when it does not match."""
        if hashlib.sha256(row.content.encode()).hexdigest() != row.hash:
            raise Broken(
                f"分析版本「{row.id}」的内容与登记时的校验码不符，已停止使用。",
                "请用 gma audit verify 核查并回退版本。",
            )
        try:
            content = VersionContent.model_validate_json(row.content)
        except ValidationError as error:
            raise Broken(f"分析版本「{row.id}」的内容读不出来。", "请回退到上一个版本。") from error
        names = Accounts(self._session)
        last = self._session.scalar(
            select(AnalysisActRow).where(AnalysisActRow.version == row.id).order_by(AnalysisActRow.id.desc()).limit(1)
        )
        moved = (
            {"by": last.actor, "by_name": names.name_of(last.actor), "at": last.at, "reason": last.reason}
            if last
            else {}
        )
        return AnalysisVersion(
            id=row.id, number=row.number, hash=row.hash, content=content, state=VersionState(row.state),
            made_by=row.made_by, made_name=names.name_of(row.made_by), made_at=row.made_at, **moved,
        )  # fmt: skip
