"""The audit chain: append-only rows, each hashed over its content and the hash before it.

Rows are hashed with SHA-256 or SM3; each row names its algorithm, so a chain that changed algorithm still verifies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.store.anchor import Anchor, Head
from core.store.tables import AuditHeadRow, AuditRow, StatementRow

Algorithm = Literal["sha256", "sm3"]

GENESIS = "0" * 64
LABELS = {
    "sign_in": "登录",
    "ask": "提问",
    "query": "取数",
    "llm": "语言模型调用",
    "version": "形成版本",
    "edit": "修改",
    "submission": "送审",
    "decision": "审批",
    "waiver": "豁免",
    "comment": "批注",
    "comment_resolved": "批注办结",
    "release": "发布",
    "document": "留存文件",
    "archive": "归档",
    "export": "导出",
    "share": "分享",
    "reveal": "查看明文",
    "recompute": "重算",
    "configuration": "启动配置",
    "upgrade": "记录库升级",
    "bind_accounts": "账号落位",
    "quality": "数据核对",
    "quality_alert": "数据质量提醒",
    "supplement": "人工补录",
    "supplement_withdraw": "撤回补录",
    "measure_outcome": "记录执行结果",
    "measure_outcome_withdraw": "撤回执行结果",
    "analysis_train": "训练分析",
    "analysis_promote": "启用分析版本",
    "analysis_rollback": "回退分析版本",
    "audit_read": "查阅审计",
    "anchor": "重立锚点",
}
"""Printed names of the actions; a test keeps it complete."""
RESULTS = {"ok": "成功", "refused": "拒绝", "failed": "失败"}
_COLUMNS = (
    AuditRow.seq, AuditRow.at, AuditRow.actor, AuditRow.action, AuditRow.object, AuditRow.result, AuditRow.detail,
    AuditRow.previous, AuditRow.hash, AuditRow.algorithm,
)  # fmt: skip
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class Verdict:
    """What walking the chain found: `broken` is the first bad sequence number or None; `head` is (seq, hash)."""

    rows: int
    broken: int | None
    reason: str = ""
    head: Head = (0, GENESIS)


class AuditChain:
    """Appends within the caller's transaction. Personal data and secrets never go into `detail`."""

    def __init__(self, session: Session, algorithm: Algorithm = "sha256") -> None:
        self._session = session
        self._algorithm = algorithm
        self.before: Head | None = None
        self.after: Head | None = None

    def append(
        self, actor: str, action: str, target: str, result: str = "ok", detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add one row; `result` is ok, refused or failed."""
        head = self._session.scalars(select(AuditHeadRow).with_for_update()).one()
        if self.before is None:
            self.before = (head.seq, head.hash)
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
            algorithm=self._algorithm,
        )
        row.hash = digest(row)
        self._session.add(row)
        head.seq, head.hash = row.seq, row.hash
        self._session.flush()
        self.after = (row.seq, row.hash)

    def keep_statement(self, text: str) -> str:
        """Keep a canonical statement once, under its SHA-256, which audit rows name; returns that hash."""
        name = hashlib.sha256(text.encode()).hexdigest()
        if self._session.get(StatementRow, name) is None:
            self._session.add(StatementRow(hash=name, text=text))
        return name

    def statements(self, names: Iterable[str]) -> dict[str, str]:
        """The kept statements by hash; one whose text no longer matches its hash is left out."""
        rows = self._session.scalars(select(StatementRow).where(StatementRow.hash.in_(list(names))))
        return {row.hash: row.text for row in rows if hashlib.sha256(row.text.encode()).hexdigest() == row.hash}

    def holds(self, head: Head) -> bool:
        """Whether the chain contains this head."""
        return head[0] == 0 or self._session.scalar(select(AuditRow.hash).where(AuditRow.seq == head[0])) == head[1]

    def head(self) -> tuple[Head, int]:
        """The recorded head, and the highest sequence number that is really there."""
        row = self._session.scalars(select(AuditHeadRow)).one()
        return (row.seq, row.hash), self._session.scalar(select(func.max(AuditRow.seq))) or 0

    def last(self, action: str, target: str) -> dict[str, Any] | None:
        """The detail of the newest row of an action on an object."""
        found = select(AuditRow.detail).where(AuditRow.object == target, AuditRow.action == action)
        detail = self._session.scalar(found.order_by(AuditRow.seq.desc()).limit(1))
        return None if detail is None else dict(json.loads(detail))

    def rows(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        target: str | None = None,
        result: str | None = None,
        seq: int | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> tuple[Sequence[AuditRow], int]:
        """A page of rows, newest first, and how many match in all."""
        wanted: list[tuple[Any, Any]] = [
            (AuditRow.actor, actor),
            (AuditRow.action, action),
            (AuditRow.object, target),
            (AuditRow.result, result),
            (AuditRow.seq, seq),
        ]
        clauses = [column == value for column, value in wanted if value is not None]
        total = self._session.scalar(select(func.count()).select_from(AuditRow).where(*clauses)) or 0
        page = select(AuditRow).where(*clauses).order_by(AuditRow.seq.desc()).limit(limit).offset(offset)
        return self._session.scalars(page).all(), total

    def verify(self, head: Head, last: int, anchor: Anchor | None, *, sole: bool) -> Verdict:
        """Walk the chain up to `head`: changed, removed, inserted and reordered rows, a cut or a lengthened tail.

        `sole`: the anchor's home is the only one that writes, so that the head must be the anchored one exactly;
        otherwise the chain may have grown beyond the anchor elsewhere.
        """
        previous, expected = GENESIS, 1

        def bad(at: int, reason: str) -> Verdict:
            return Verdict(expected - 1, at, reason, head)

        rows = select(*_COLUMNS).where(AuditRow.seq <= head[0]).order_by(AuditRow.seq)
        for row in self._session.execute(rows, execution_options={"yield_per": 5000}):
            if row[0] != expected:
                return bad(expected, f"第 {expected} 条缺失，或顺序被改动")
            hashing = _HASHES.get(row[9])
            if hashing is None:
                return bad(expected, f"第 {expected} 条的摘要算法「{row[9]}」不在允许之列，内容被改动")
            if row[7] != previous or row[8] != hashing(_encode(row[:8]).encode()):
                return bad(expected, f"第 {expected} 条与校验值不符，内容被改动")
            if anchor and expected == anchor.settled[0] and row[8] != anchor.settled[1]:
                return bad(expected, f"第 {expected} 条与锚定文件不符")
            previous, expected = row[8], expected + 1
        if head != (expected - 1, previous) or last > head[0]:
            return bad(expected, "链头记录与链尾不符，尾部被增删")
        if anchor is None:
            return bad(expected, "锚定文件不存在或已损坏，无法判断尾部是否被截断") if head[0] else Verdict(0, None)
        if head[0] < anchor.settled[0]:
            return bad(expected, f"锚定文件记到第 {anchor.settled[0]} 条，链尾只到第 {head[0]} 条，尾部被截断")
        if sole and head not in anchor.allowed:
            return bad(anchor.settled[0] + 1, f"第 {anchor.settled[0]} 条之后有未经本系统写入的记录，与锚定文件不符")
        return Verdict(expected - 1, None, "", head)


def digest(row: AuditRow) -> str:
    """The row's hash: its fields in a fixed order, separated so that no field can slide into the next."""
    fields = [row.seq, row.at, row.actor, row.action, row.object, row.result, row.detail, row.previous]
    return _HASHES[row.algorithm](_encode(fields).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sm3(data: bytes) -> str:
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    hashing = Hash(SM3())
    hashing.update(data)
    return hashing.finalize().hex()


_HASHES: dict[str, Callable[[bytes], str]] = {"sha256": _sha256, "sm3": _sm3}
