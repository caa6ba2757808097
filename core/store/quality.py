"""Supplements and quality alerts in the record. Writes are audited in the same transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import new_id, now
from core.domain.actor import Actor
from core.domain.supplement import Alert, Supplement
from core.errors import Conflict, NotFound
from core.store.accounts import Accounts
from core.store.audit import AuditChain
from core.store.tables import OutboxRow, SupplementRow

ALERT = "quality_alert"
"""The outbox topic of alerts to 数据运维员."""


class Quality:
    """Every read is bounded by the actor's unit. Who may write is decided before (`core.access.may`)."""

    def __init__(self, session: Session, audit: AuditChain) -> None:
        self._session = session
        self._audit = audit

    def supply(
        self, actor: Actor, indicator: str, org: str, period: str, value: Decimal, unit: str, note: str
    ) -> Supplement:
        """Write one value; Conflict while another one for the same number stands."""
        if self._standing(indicator, org, period) is not None:
            raise Conflict("这个数已有一条有效的补录。", "请先撤回原来的补录，再重新补录。")
        row = SupplementRow(
            id=new_id("sup"), indicator=indicator, org=org, period=period, value=str(value), unit=unit, note=note,
            actor=actor.user, at=now(), withdrawn_by="",
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        detail = {"indicator": indicator, "org": org, "period": period, "value": str(value), "note": note}
        self._audit.append(actor.user, "supplement", row.id, detail=detail)
        return self._supplement(row)

    def withdraw(self, actor: Actor, supplement: str, reason: str) -> Supplement:
        """Take a value back; it stays in the record. NotFound outside the actor's unit, Conflict the second time."""
        row = self.row(actor, supplement)
        if row.withdrawn_by:
            raise Conflict("这条补录已经撤回。", "用 gma supplement list 查看有效的补录。")
        row.withdrawn_by, row.withdrawn_at = actor.user, now()
        self._session.flush()
        self._audit.append(actor.user, "supplement_withdraw", row.id, detail={"reason": reason})
        return self._supplement(row)

    def row(self, actor: Actor, supplement: str) -> SupplementRow:
        row = self._session.get(SupplementRow, supplement)
        if row is None or not (actor.reads_data and actor.covers(row.org)):
            raise NotFound(f"没有补录「{supplement}」，或它不在您的权限范围内。", "用 gma supplement list 查看。")
        return row

    def supplements(self, actor: Actor, *, standing: bool = True) -> list[Supplement]:
        """Supplied values of the actor's unit and below, newest first; `standing` leaves withdrawn ones out."""
        if not actor.reads_data:
            return []
        query = select(SupplementRow).where(SupplementRow.org.startswith(actor.org, autoescape=True))
        if standing:
            query = query.where(SupplementRow.withdrawn_by == "")
        rows = self._session.scalars(query.order_by(SupplementRow.at.desc()))
        return [self._supplement(row) for row in rows]

    def alert(self, org: str, period: str, found: Sequence[tuple[str, str, int, str]]) -> int:
        """Owe 数据运维员 a message for each (what found it, severity, objects, text); a state is told once."""
        new = []
        for detector, severity, objects, text in found:
            key = f"{ALERT}:{org}:{period}:{detector}:{objects}"
            if self._session.scalar(select(OutboxRow.id).where(OutboxRow.key == key)) is not None:
                continue
            body = {"org": org, "period": period, "detector": detector, "severity": severity, "objects": objects,
                    "text": text, "to": "dataops"}  # fmt: skip
            self._session.add(
                OutboxRow(key=key, topic=ALERT, body=json.dumps(body, ensure_ascii=False), created_at=now())
            )
            new.append(detector)
        if new:
            self._session.flush()
            self._audit.append("system", "quality_alert", f"{org}:{period}", detail={"alerts": len(new), "of": new})
        return len(new)

    def alerts(self, actor: Actor, limit: int = 50) -> list[Alert]:
        """Alerts of the actor's unit and below, newest first."""
        if not actor.reads_data:
            return []
        rows = self._session.scalars(select(OutboxRow).where(OutboxRow.topic == ALERT).order_by(OutboxRow.id.desc()))
        out: list[Alert] = []
        for row in rows:
            body = json.loads(row.body)
            if actor.covers(body["org"]) and len(out) < limit:
                out.append(Alert(id=row.id, at=row.created_at, **{k: v for k, v in body.items() if k != "to"}))
        return out

    def _standing(self, indicator: str, org: str, period: str) -> SupplementRow | None:
        mine = (SupplementRow.indicator == indicator, SupplementRow.org == org, SupplementRow.period == period)
        return self._session.scalar(select(SupplementRow).where(*mine, SupplementRow.withdrawn_by == ""))

    def _supplement(self, row: SupplementRow) -> Supplement:
        return Supplement(
            id=row.id, indicator=row.indicator, org=row.org, period=row.period, value=Decimal(row.value),
            unit=row.unit, note=row.note, actor=row.actor, name=Accounts(self._session).name_of(row.actor), at=row.at,
            withdrawn_by=row.withdrawn_by, withdrawn_at=row.withdrawn_at,
        )  # fmt: skip
