"""Remarks (批注) on a report or a section: anyone of the unit adds them, those concerned resolve them."""

from __future__ import annotations

from core.access import may
from core.domain.actor import Actor
from core.domain.checklist import Comment
from core.errors import BadRequest, NotFound, Refused
from core.store import Store, Unit
from core.store.tables import ReportRow

MOST = 1000
"""Characters of one remark."""


def comment(store: Store, actor: Actor, report: str, text: str, section: str = "") -> Comment:
    """Add a remark; `section` is a section's id, empty for the whole report. NotFound for an unknown section."""
    with store.begin() as unit:
        row = _row(unit, actor, report)
        known = [item.id for item in unit.reports.content(report).sections]
        if section and section not in known:
            raise NotFound(f"报告里没有章节「{section}」。", f"可用的章节编号：{'、'.join(known)}。")
        return unit.reviews.comment(row, actor.user, section, _text(text, "批注"))


def resolve(store: Store, actor: Actor, report: str, remark: str, answer: str) -> Comment:
    """Close a remark with an answer: its writer, the report's author, or a reviewer of the unit."""
    with store.begin() as unit:
        row = _row(unit, actor, report)
        found = unit.reviews.comment_row(report, remark)
        if actor.user not in {found.actor, row.author} and not actor.reviews:
            raise Refused("只有批注人、报告作者或审核人可以办结批注。", "请联系他们办结。")
        return unit.reviews.resolve(row, remark, actor.user, _text(answer, "答复"))


def _row(unit: Unit, actor: Actor, report: str) -> ReportRow:
    row = unit.reports.row(report, actor)
    verdict = may(actor, "comment", row.org, author=row.author)
    if not verdict.allowed:
        raise Refused(verdict.reason, "请由有权限的人员办理。")
    return row


def _text(text: str, what: str) -> str:
    text = text.strip()
    if not text:
        raise BadRequest(f"{what}是空的。", f"请写明{what}内容。")
    if len(text) > MOST:
        raise BadRequest(f"{what}太长（{len(text)} 字）。", f"请压缩到 {MOST} 字以内。")
    return text
