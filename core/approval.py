"""Submissions, decisions and waivers (送审、审批、豁免): recorded first, audited in the same transaction.

Nobody decides on an own report, outside the own unit, on a version that is not current, or twice; nothing is approved
over an error that no reviewer waived. Every refused attempt is audited in a transaction of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from core.access import may
from core.domain.actor import Actor
from core.domain.canon import sha256_of
from core.domain.checklist import Checklist, Remark, Waiver
from core.domain.lifecycle import AFTER_DECISION, State, Verb
from core.domain.report import CheckResult, ReportContent
from core.errors import BadRequest, Conflict, GmaError, NotFound, Refused
from core.store import Store, Unit
from core.store.tables import ActRow, ReportRow

Result = TypeVar("Result")
Listed = Callable[[Unit, ReportRow], Checklist]
"""Fills the checklist of a report's current version within the transaction."""
ENDORSEMENT = "endorsement"
"""The first approval of a report that two reviewers decide on; the second is its decision."""
LEAST_REASON = 4
"""Characters of a waiver's reason: one that says nothing is none."""


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

    def record(unit: Unit, actor: Actor) -> Act:
        row = unit.reports.row(report, actor)
        _allowed(actor, "submit", row)
        done = unit.reports.act(report, row.version, "submission")
        if done is not None and row.state == State.WAITING.value:
            return _known(done, row)
        if row.state != State.DRAFT.value:
            raise Conflict(f"报告当前是「{State(row.state).label}」，不能再送审。", "请打开报告查看审批意见。")
        failed = _standing(unit, row)
        if failed:
            raise Refused(
                f"有 {len(failed)} 项校验未通过，不能送审：{failed[0].label}（{failed[0].text}）。",
                "请按校验提示修改或重新生成；确属误报的，请审核人逐项说明理由后豁免。",
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
    listed: Listed | None = None,
) -> Act:
    """A reviewer's decision on one exact version; `listed` fills the checklist that is kept with it.

    `digest` is the full content hash or at least its first 12 digits. `edit` stores a new version made by `edited`
    (which must pass the checks) and leaves it waiting for a decision on the new hash.
    """

    def record(unit: Unit, actor: Actor) -> Act:
        row = unit.reports.row(report, actor)
        _allowed(actor, "decide", row)
        current = unit.reports.version(report)
        done = unit.reports.act(report, row.version, "decision")
        if done is not None:
            if (done.actor, done.verb) == (actor.user, verb.value) and _same(done.hash, digest):
                if row.state == State.APPROVED.value:  # decided, not yet published: the repeated click finishes the job
                    unit.audit.append(actor.user, "decision", report, detail={"act": done.id, "repeated": True})
                    return _known(done, row)
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
        checklist = listed(unit, row) if listed else None
        if verb is Verb.APPROVE:
            _nothing_stands(unit, row, checklist)
        seen = {"checks": sha256_of(json.loads(current.checks))}
        if checklist:
            seen["checklist"] = checklist.digest()
        if verb is Verb.APPROVE and _first_of_two(unit, row, actor):
            act = unit.reports.record_act(
                row, ENDORSEMENT, verb.value, current.hash, actor.user, comment, State.WAITING, seen
            )
            return Act(act.id, row.run, report, row.version, ENDORSEMENT, True)
        act = unit.reports.record_act(
            row, "decision", verb.value, current.hash, actor.user, comment, AFTER_DECISION[verb], seen
        )
        if checklist:
            unit.reviews.keep(act, checklist)
        return Act(act.id, row.run, report, row.version, verb.value, True)

    return _audited(store, actor, "decision", report, record)


def _first_of_two(unit: Unit, row: ReportRow, actor: Actor) -> bool:
    """Whether this approval is the first of the two that the report needs; the same reviewer never gives both."""
    if unit.reports.content(row.id).approvers < 2:
        return False
    first = unit.reports.act(row.id, row.version, ENDORSEMENT)
    if first is not None and first.actor == actor.user:
        raise Conflict("您已同意这一版本，本报告须两名审核人分别审批。", "请由另一名有权限的审核人审批。")
    return first is None


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
    waived = {waiver.finding for waiver in unit.reviews.waivers(row.id, row.version)}
    failed = [check for check in checks if not check.passed and check.level == "error" and check.key not in waived]
    if failed:
        raise BadRequest(
            f"修改稿未通过校验：{failed[0].label}（{failed[0].text}）。", failed[0].fix or "请改正后重交。"
        )
    if content == unit.reports.content(row.id):
        raise BadRequest("修改稿与当前版本完全相同。", "没有要改的内容时请直接批准。")
    act = unit.reports.record_act(row, "edit", Verb.EDIT.value, digest, actor.user, comment, State.WAITING)
    unit.reports.add_version(row, content, checks, actor.user)
    return Act(act.id, row.run, row.id, row.version, Verb.EDIT.value, True)


def waive(store: Store, actor: Actor, report: str, digest: str, finding: str, reason: str, listed: Listed) -> Waiver:
    """A reviewer lets one finding of the current version stand, with a reason; a new version needs its own waiver.

    `finding` is the key of a remark on the checklist. Raises NotFound for an unknown one, Refused for one that makes
    the report unprintable, Conflict for a version that is not current, decided, or a finding that was waived before.
    """

    def record(unit: Unit, actor: Actor) -> Waiver:
        row = unit.reports.row(report, actor)
        _allowed(actor, "waive", row)
        if row.state not in {State.DRAFT.value, State.WAITING.value}:
            raise Conflict(f"报告当前是「{State(row.state).label}」，不能再豁免。", "只有草稿和待审批的版本可以豁免。")
        current = unit.reports.version(report)
        if not _same(current.hash, digest):
            raise Conflict(
                f"您看的版本（{digest[:12]}）不是当前版本（第 {row.version} 版，{current.hash[:12]}）。",
                "请打开最新版本，核对后再豁免。",
            )
        if len(reason.strip()) < LEAST_REASON:
            raise BadRequest("豁免须写明理由。", f"请用一句话说明为什么可以保留（至少 {LEAST_REASON} 个字）。")
        found = next((remark for remark in listed(unit, row).remarks() if remark.key == finding), None)
        if found is None:
            raise NotFound(f"当前版本的审核清单里没有「{finding}」这项发现。", "请从审核清单中选择要豁免的发现。")
        if found.final:
            raise Refused(f"这项发现不能豁免：{found.text}。", "它使报告无法正确成文，请修改后再送审。")
        if found.waiver is not None:
            raise Conflict("这项发现已经豁免过了。", "请刷新后查看。")
        return unit.reviews.waive(row, current.hash, finding, _told(found), actor.user, reason.strip())

    return _audited(store, actor, "waiver", report, record)


def _standing(unit: Unit, row: ReportRow) -> list[CheckResult]:
    """Errors of the current version's checks that nobody waived."""
    waived = {waiver.finding for waiver in unit.reviews.waivers(row.id, row.version)}
    checks = unit.reports.checks(row.id)
    return [check for check in checks if not check.passed and check.level == "error" and check.key not in waived]


def _nothing_stands(unit: Unit, row: ReportRow, checklist: Checklist | None) -> None:
    """Raise Refused while an error stands, in the recorded checks or on the checklist."""
    errors = [f"{check.label}（{check.text}）" for check in _standing(unit, row)]
    errors = errors or [_told(remark) for remark in (checklist.blocking() if checklist else [])]
    if errors:
        raise Refused(
            f"有 {len(errors)} 项错误既未改正也未豁免，不能批准：{errors[0]}。",
            "请退回作者改正，或在审核清单中逐项说明理由后豁免。",
        )


def _told(remark: Remark) -> str:
    return f"{remark.place}：{remark.text}" if remark.place else remark.text


def _audited(store: Store, actor: Actor, action: str, report: str, record: Callable[[Unit, Actor], Result]) -> Result:
    """Do the act as who the actor is at this moment: a role taken away since the page was opened counts."""
    try:
        with store.begin() as unit:
            return record(unit, unit.accounts.current(actor))
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
