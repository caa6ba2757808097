"""Submissions and decisions (送审、审批): recorded first, with their audit rows in one transaction; runs resume after.

Nobody decides on an own report, outside the own unit, on a version that is not current, or twice. Every refused attempt
is audited in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from core.access import may
from core.domain.actor import Actor
from core.domain.lifecycle import AFTER_DECISION, State, Verb
from core.domain.report import CheckResult, ReportContent
from core.errors import BadRequest, Conflict, GmaError, Refused
from core.store import Store, Unit
from core.store.tables import ActRow, ReportRow

Result = TypeVar("Result")


@dataclass(frozen=True)
class Act:
    """What was recorded; `fresh` is False when the same act had been recorded before (a second click)."""

    id: str
    run: str
    report: str
    version: int
    verb: str
    fresh: bool


def submit(store: Store, actor: Actor, report: str) -> Act:
    """The author sends the current version to review. Errors in the checks block it."""

    def record(unit: Unit) -> Act:
        row = unit.reports.row(report, actor)
        _allowed(actor, "submit", row)
        done = unit.reports.act(report, row.version, "submission")
        if done is not None and row.state == State.WAITING.value:
            return _known(done, row)
        if row.state != State.DRAFT.value:
            raise Conflict(f"报告当前是「{State(row.state).label}」，不能再送审。", "请打开报告查看审批意见。")
        detail = unit.reports.detail(report, actor)
        failed = [check for check in detail.checks if not check.passed and check.level == "error"]
        if failed:
            raise Refused(
                f"有 {len(failed)} 项校验未通过，不能送审：{failed[0].label}（{failed[0].text}）。",
                "请按校验提示修改，或重新生成报告。",
            )
        digest = unit.reports.version(report).hash
        act = unit.reports.record_act(row, "submission", "submit", digest, actor.user, "", State.WAITING)
        return Act(act.id, row.run, report, row.version, "submit", True)

    return _audited(store, actor, "submission", report, record)


def decide(
    store: Store,
    actor: Actor,
    report: str,
    verb: Verb,
    digest: str,
    comment: str = "",
    edited: Callable[[ReportContent], tuple[ReportContent, Sequence[CheckResult]]] | None = None,
) -> Act:
    """A reviewer's decision on one exact version.

    `digest` is the full content hash or at least its first 12 digits. `edit` stores a new version made by `edited`
    (which must pass the checks) and leaves it waiting for a decision on the new hash.
    """

    def record(unit: Unit) -> Act:
        row = unit.reports.row(report, actor)
        _allowed(actor, "decide", row)
        current = unit.reports.version(report)
        done = unit.reports.act(report, row.version, "decision")
        if done is not None:
            if (done.actor, done.verb) == (actor.user, verb.value) and _same(done.hash, digest):
                if row.state == State.APPROVED.value:
                    return _known(done, row)  # decided, not yet published: the repeated click finishes the job
                at = f"{done.at:%Y-%m-%d %H:%M}"
                said = f"已处理：您已于 {at} 对这一版本作出「{verb.label}」的决定，重复的点击不再受理。"
                raise Conflict(said, f"报告当前是「{State(row.state).label}」。")
            raise Conflict(
                f"这一版本已由 {unit.accounts.name_of(done.actor)} {Verb(done.verb).label}，不再受理新的决定。",
                "请刷新后查看结果。",
            )
        if row.state != State.WAITING.value:
            raise Conflict(f"报告当前是「{State(row.state).label}」，没有待审批的版本。", "请等作者送审后再审批。")
        if not _same(current.hash, digest):
            raise Conflict(
                f"您审的版本（{digest[:12]}）不是当前版本（第 {row.version} 版，{current.hash[:12]}）。",
                "请打开最新版本重新审阅后再决定。",
            )
        if verb in {Verb.RETURN, Verb.REJECT} and not comment.strip():
            raise BadRequest(f"{verb.label}须写明意见。", "请补充 --comment 或在卡片中填写意见。")
        if verb is Verb.EDIT:
            return _edit(unit, row, actor, current.hash, comment, edited)
        act = unit.reports.record_act(
            row, "decision", verb.value, current.hash, actor.user, comment, AFTER_DECISION[verb]
        )
        return Act(act.id, row.run, report, row.version, verb.value, True)

    return _audited(store, actor, "decision", report, record)


def _edit(
    unit: Unit,
    row: ReportRow,
    actor: Actor,
    digest: str,
    comment: str,
    edited: Callable[[ReportContent], tuple[ReportContent, Sequence[CheckResult]]] | None,
) -> Act:
    if edited is None:
        raise BadRequest("没有收到修改内容。", "请用 --edit 指定修改文件，或在卡片中修改段落。")
    content, checks = edited(unit.reports.content(row.id))
    failed = [check for check in checks if not check.passed and check.level == "error"]
    if failed:
        raise BadRequest(
            f"修改稿未通过校验：{failed[0].label}（{failed[0].text}）。", failed[0].fix or "请改正后重交。"
        )
    if content.hash() == digest:
        raise BadRequest("修改稿与当前版本完全相同。", "没有要改的内容时请直接批准。")
    act = unit.reports.record_act(row, "edit", Verb.EDIT.value, digest, actor.user, comment, State.WAITING)
    unit.reports.add_version(row, content, checks, actor.user)
    return Act(act.id, row.run, row.id, row.version, Verb.EDIT.value, True)


def _audited(store: Store, actor: Actor, action: str, report: str, record: Callable[[Unit], Result]) -> Result:
    try:
        with store.begin() as unit:
            return record(unit)
    except IntegrityError as error:
        _note_refusal(store, actor, action, report, "并发的决定")
        raise Conflict("刚刚已有人处理了这一版本。", "请刷新后查看结果。") from error
    except GmaError as error:
        _note_refusal(store, actor, action, report, error.message)
        raise


def _note_refusal(store: Store, actor: Actor, action: str, report: str, reason: str) -> None:
    with store.begin() as unit:
        unit.audit.append(actor.user, action, report, "refused", {"reason": reason})


def _allowed(actor: Actor, action: str, row: ReportRow) -> None:
    verdict = may(actor, action, row.org, author=row.author)
    if not verdict.allowed:
        raise Refused(verdict.reason, "请由有权限的人员办理。")


def _known(act: ActRow, row: ReportRow) -> Act:
    return Act(act.id, row.run, row.id, act.version, act.verb, False)


def _same(full: str, given: str) -> bool:
    given = given.strip().lower()
    return full == given or (len(given) >= 12 and full.startswith(given))
