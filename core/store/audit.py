"""The audit chain: append-only rows, each hashed over its content and the hash before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.store.tables import AuditHeadRow, AuditRow

GENESIS = "0" * 64


@dataclass(frozen=True)
class Verdict:
    """What walking the chain found: `broken` is the first bad sequence number, or None."""

    rows: int
    broken: int | None
    reason: str = ""


class AuditChain:
    """Appends within the caller's transaction. Personal data never goes into `detail`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.appended = False
        self.head: tuple[int, str] = (0, GENESIS)

    def append(
        self, actor: str, action: str, target: str, result: str = "ok", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add one row; `result` is ok, refused or failed."""
        head = self._session.scalars(select(AuditHeadRow).with_for_update()).one()
        row = AuditRow(
            seq=head.seq + 1,
            at=now().isoformat(),
            actor=actor[:64],
            action=action,
            object=target[:128],
            result=result,
            detail=json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str),
            previous=head.hash,
            hash="",
        )
        row.hash = digest(row)
        self._session.add(row)
        head.seq, head.hash = row.seq, row.hash
        self._session.flush()
        self.appended, self.head = True, (row.seq, row.hash)

    def verify(self, anchor: tuple[int, str] | None) -> Verdict:
        """Walk the whole chain: changed, removed, inserted, reordered rows, and a tail cut below the anchor."""
        previous, expected, seen_anchor = GENESIS, 1, anchor is None or anchor[0] == 0
        for row in self._session.scalars(select(AuditRow).order_by(AuditRow.seq).execution_options(yield_per=2000)):
            if row.seq != expected:
                return Verdict(expected - 1, expected, f"第 {expected} 条缺失，或顺序被改动")
            if row.previous != previous or row.hash != digest(row):
                return Verdict(expected - 1, row.seq, f"第 {row.seq} 条与校验值不符，内容被改动")
            if anchor and row.seq == anchor[0]:
                if row.hash != anchor[1]:
                    return Verdict(expected - 1, row.seq, f"第 {row.seq} 条与锚定文件不符")
                seen_anchor = True
            previous, expected = row.hash, expected + 1
        if not seen_anchor and anchor:
            return Verdict(
                expected - 1, expected, f"锚定文件记到第 {anchor[0]} 条，链尾只到第 {expected - 1} 条，尾部被截断"
            )
        head = self._session.scalars(select(AuditHeadRow)).one()
        if (head.seq, head.hash) != (expected - 1, previous):
            return Verdict(expected - 1, expected, "链头记录与链尾不符")
        return Verdict(expected - 1, None)


def digest(row: AuditRow) -> str:
    """SHA-256 over the row's fields in a fixed order, separated so that no field can slide into the next."""
    fields = [row.seq, row.at, row.actor, row.action, row.object, row.result, row.detail, row.previous]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
