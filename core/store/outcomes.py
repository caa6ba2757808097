"""Outcomes of measures in the record. Writes are audited in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import new_id, now
from core.domain.actor import Actor
from core.domain.measure_outcome import MeasureOutcome, Verdict
from core.errors import Conflict, NotFound
from core.store.accounts import Accounts
from core.store.audit import AuditChain
from core.store.tables import MeasureOutcomeRow


class Outcomes:
    """Every read is bounded by the actor's unit. Who may write is decided before (`core.outcomes`)."""

    def __init__(self, session: Session, audit: AuditChain) -> None:
        self._session = session
        self._audit = audit

    def record(
        self, actor: Actor, customer: str, org: str, measure: str, done: date, owner: str, verdict: Verdict, note: str
    ) -> MeasureOutcome:
        """Write one outcome; Conflict while another one of the same customer, measure and day stands."""
        mine = (
            MeasureOutcomeRow.customer == customer, MeasureOutcomeRow.measure == measure,
            MeasureOutcomeRow.done == done, MeasureOutcomeRow.withdrawn_by == "",
        )  # fmt: skip
        if self._session.scalar(select(MeasureOutcomeRow.id).where(*mine)) is not None:
            raise Conflict("这户这项措施当天已有一条执行结果。", "请先撤回原来的记录，再重新记录。")
        row = MeasureOutcomeRow(
            id=new_id("out"), customer=customer, org=org, measure=measure, done=done, owner=owner, verdict=verdict,
            note=note, actor=actor.user, at=now(), withdrawn_by="",
        )  # fmt: skip
        self._session.add(row)
        self._session.flush()
        detail = {"customer": customer, "org": org, "measure": measure, "done": done.isoformat(), "owner": owner,
                  "verdict": verdict, "note": note}  # fmt: skip
        self._audit.append(actor.user, "measure_outcome", row.id, detail=detail)
        return self._outcome(row)

    def withdraw(self, actor: Actor, name: str, reason: str) -> MeasureOutcome:
        """Take an outcome back; it stays in the record. NotFound outside the actor's unit, Conflict the second time."""
        row = self.row(actor, name)
        if row.withdrawn_by:
            raise Conflict("这条执行结果已经撤回。", "用 gma outcome list 查看有效的记录。")
        row.withdrawn_by, row.withdrawn_at = actor.user, now()
        self._session.flush()
        self._audit.append(actor.user, "measure_outcome_withdraw", row.id, detail={"reason": reason})
        return self._outcome(row)

    def row(self, actor: Actor, name: str) -> MeasureOutcomeRow:
        row = self._session.get(MeasureOutcomeRow, name)
        if row is None or not (actor.reads_data and actor.covers(row.org)):
            raise NotFound(f"没有执行结果「{name}」，或它不在您的权限范围内。", "用 gma outcome list 查看。")
        return row

    def listed(self, actor: Actor, *, standing: bool = True) -> list[MeasureOutcome]:
        """Outcomes of the actor's unit and below, the newest measure first; `standing` leaves withdrawn ones out."""
        if not actor.reads_data:
            return []
        query = select(MeasureOutcomeRow).where(MeasureOutcomeRow.org.startswith(actor.org, autoescape=True))
        if standing:
            query = query.where(MeasureOutcomeRow.withdrawn_by == "")
        order = (MeasureOutcomeRow.done.desc(), MeasureOutcomeRow.at.desc(), MeasureOutcomeRow.id)
        return [self._outcome(row) for row in self._session.scalars(query.order_by(*order))]

    def held(self, names: Sequence[str]) -> list[MeasureOutcome]:
        """The outcomes of these ids, also withdrawn ones, in the order given: what a report was computed with."""
        rows = self._session.scalars(select(MeasureOutcomeRow).where(MeasureOutcomeRow.id.in_(names)))
        found = {row.id: self._outcome(row) for row in rows}
        return [found[name] for name in names if name in found]

    def _outcome(self, row: MeasureOutcomeRow) -> MeasureOutcome:
        return MeasureOutcome.model_validate({
            "id": row.id, "customer": row.customer, "org": row.org, "measure": row.measure, "done": row.done,
            "owner": row.owner, "verdict": row.verdict, "note": row.note, "actor": row.actor,
            "name": Accounts(self._session).name_of(row.actor), "at": row.at, "withdrawn_by": row.withdrawn_by,
            "withdrawn_at": row.withdrawn_at,
        })  # fmt: skip
