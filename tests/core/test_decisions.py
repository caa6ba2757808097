"""What a decision leaves behind: acts, states, audit rows and the sentences people read; two reviewers; edits."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import text

from core.approval import ENDORSEMENT, Act, decide, submit
from core.domain.actor import Actor
from core.domain.canon import sha256_of
from core.domain.checklist import Checklist
from core.domain.fact import Fact
from core.domain.lifecycle import State, Verb
from core.domain.period import Period
from core.domain.report import CheckResult, Paragraph, ReportContent, Section
from core.errors import BadRequest, Conflict, GmaError, Refused
from core.store import Store, Unit
from core.store.tables import ReportRow

BAD = CheckResult(rule="numeral_gate", label="数字出处", passed=False, text="「12」没有出处", fix="删去")
HINT = BAD.model_copy(update={"level": "warn", "text": "用词不规范"})
AFTER = {Verb.APPROVE: State.APPROVED, Verb.RETURN: State.RETURNED, Verb.REJECT: State.REJECTED}
FINE = BAD.model_copy(update={"passed": True})


def content(words: str = "完成售电量{{F1}}。", approvers: int = 1) -> ReportContent:
    period = Period.parse("2026-10")
    fact = Fact(id="F1", indicator="A02", name="售电量", value=Decimal("100"), unit="kWh", period=period, org="99401")
    section = Section(id="overview", heading="总体情况", blocks=(Paragraph(text=words),))
    return ReportContent(
        title="月报",
        template="R1",
        org="99401",
        org_name="云州",
        period=period,
        sections=(section,),
        facts=(fact,),
        approvers=approvers,
    )


def actor(store: Store, user: str) -> Actor:
    with store.begin() as unit:
        return unit.accounts.actor(user)


def filed(store: Store, *checks: CheckResult, approvers: int = 1) -> tuple[str, str]:
    with store.begin() as unit:
        thread = unit.runs.thread(None, "analyst01")
        run = unit.runs.start(thread.id, "analyst01", "月报")
        row = unit.reports.file(run, content(approvers=approvers), checks, "analyst01")
        return row.id, unit.reports.version(row.id).hash


def waiting(store: Store, *checks: CheckResult, approvers: int = 1) -> tuple[str, str]:
    report, digest = filed(store, *checks, approvers=approvers)
    submit(store, actor(store, "analyst01"), report)
    return report, digest


def audit(store: Store, action: str) -> list[tuple[str, str, dict[str, str]]]:
    with store.engine.connect() as connection:
        sql = text("SELECT actor, result, detail FROM audit WHERE action = :action ORDER BY seq")
        return [(row[0], row[1], json.loads(row[2])) for row in connection.execute(sql, {"action": action})]


def acts(store: Store) -> list[tuple[str, str, str]]:
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT kind, verb, actor FROM act ORDER BY at, id"))]


def state(store: Store, report: str) -> str:
    with store.begin() as unit:
        return unit.reports.row(report).state


def told(error: pytest.ExceptionInfo[GmaError]) -> tuple[str, str]:
    return error.value.message, error.value.hint


def test_a_submission_is_recorded_and_bound_to_the_version(store: Store) -> None:
    report, digest = filed(store)
    act = submit(store, actor(store, "analyst01"), report)
    with store.begin() as unit:
        run = unit.reports.row(report).run
    assert act == Act(act.id, run, report, 1, "submit", True)
    assert acts(store) == [("submission", "submit", "analyst01")] and state(store, report) == State.WAITING
    ((who, result, detail),) = audit(store, "submission")
    assert (who, result, detail["verb"], detail["hash"], detail["act"]) == (
        "analyst01",
        "ok",
        "submit",
        digest,
        act.id,
    )
    again = submit(store, actor(store, "analyst01"), report)
    assert again == Act(act.id, run, report, 1, "submit", False) and len(acts(store)) == 1


@pytest.mark.parametrize("verb", [Verb.RETURN, Verb.REJECT, Verb.APPROVE])
def test_a_decided_version_is_not_submitted_again(store: Store, verb: Verb) -> None:
    report, digest = waiting(store)
    decide(store, actor(store, "manager01"), report, verb, digest, "请补充原因")
    with pytest.raises(Conflict, match="不能再送审") as error:
        submit(store, actor(store, "analyst01"), report)
    assert State(state(store, report)).label in told(error)[0] and told(error)[1]
    assert audit(store, "submission")[-1][:2] == ("analyst01", "refused")
    assert audit(store, "submission")[-1][2] == {"reason": told(error)[0]}


def test_warnings_and_passed_checks_do_not_stop_a_submission(store: Store) -> None:
    report, _ = waiting(store, HINT, FINE)
    assert state(store, report) == State.WAITING


def test_a_failed_check_is_named_with_the_way_out(store: Store) -> None:
    report, _ = filed(store, FINE, HINT, BAD)
    with pytest.raises(Refused, match=r"有 1 项校验未通过.*数字出处（「12」没有出处）") as error:
        submit(store, actor(store, "analyst01"), report)
    assert "豁免" in told(error)[1]


@pytest.mark.parametrize("verb", list(AFTER))
def test_a_decision_says_what_was_seen(store: Store, verb: Verb) -> None:
    report, digest = waiting(store, HINT)
    act = decide(store, actor(store, "manager01"), report, verb, digest[:12], "  请看附注 ")
    assert (act.report, act.version, act.verb, act.fresh) == (report, 1, verb.value, True)
    assert state(store, report) == AFTER[verb]
    assert acts(store)[-1] == ("decision", verb.value, "manager01")
    ((who, result, detail),) = audit(store, "decision")
    assert (who, result, detail["act"], detail["verb"], detail["hash"]) == (
        "manager01",
        "ok",
        act.id,
        verb.value,
        digest,
    )
    assert detail["checks"] == sha256_of([HINT.model_dump(mode="json")]) and "checklist" not in detail


def test_the_repeated_click_is_written_down_and_another_hash_is_another_decision(store: Store) -> None:
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    act = decide(store, manager, report, Verb.APPROVE, digest)
    again = decide(store, manager, report, Verb.APPROVE, f" {digest.upper()} ")
    assert (again.id, again.run, again.report, again.version, again.verb, again.fresh) == (
        act.id,
        act.run,
        report,
        1,
        "approve",
        False,
    )
    assert audit(store, "decision")[-1] == ("manager01", "ok", {"act": act.id, "repeated": True})
    with pytest.raises(Conflict, match="这一版本已由 王主任 批准，不再受理新的决定"):
        decide(store, manager, report, Verb.APPROVE, "f" * 64)
    with pytest.raises(Conflict, match="王主任"):
        decide(store, actor(store, "manager03"), report, Verb.APPROVE, digest)
    assert [row[1] for row in audit(store, "decision")] == ["ok", "ok", "refused", "refused"]


def test_a_draft_has_nothing_to_decide(store: Store) -> None:
    with store.begin() as unit:
        run = unit.runs.start(unit.runs.thread(None, "manager01").id, "manager01", "月报")
        report = unit.reports.file(run, content(), (), "manager01").id
        digest = unit.reports.version(report).hash
    with pytest.raises(GmaError):
        decide(store, actor(store, "manager03"), report, Verb.APPROVE, digest)
    assert state(store, report) == State.DRAFT and acts(store) == []


def test_two_reviewers_approve_one_after_the_other(store: Store) -> None:
    report, digest = waiting(store, approvers=2)
    first = decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest, "同意")
    assert (first.verb, first.version, first.fresh, first.report) == (ENDORSEMENT, 1, True, report)
    assert state(store, report) == State.WAITING
    assert audit(store, ENDORSEMENT)[0][2]["checks"] == sha256_of([])
    with pytest.raises(Conflict, match="两名审核人"):
        decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest, "同意")
    assert state(store, report) == State.WAITING
    second = decide(store, actor(store, "manager03"), report, Verb.APPROVE, digest, "同意")
    assert (second.verb, second.fresh) == ("approve", True) and state(store, report) == State.APPROVED
    assert acts(store) == [
        ("submission", "submit", "analyst01"),
        (ENDORSEMENT, "approve", "manager01"),
        ("decision", "approve", "manager03"),
    ]


def test_one_of_two_reviewers_is_enough_to_send_back(store: Store) -> None:
    report, digest = waiting(store, approvers=2)
    decide(store, actor(store, "manager01"), report, Verb.RETURN, digest, "请补充")
    assert state(store, report) == State.RETURNED
    other, digest = waiting(store, approvers=2)
    decide(store, actor(store, "manager01"), other, Verb.APPROVE, digest)
    decide(store, actor(store, "manager01"), other, Verb.REJECT, digest, "改变看法")
    assert state(store, other) == State.REJECTED


def test_one_reviewer_is_enough_where_one_is_asked_for(store: Store) -> None:
    report, digest = waiting(store, approvers=1)
    assert decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest).verb == "approve"
    assert state(store, report) == State.APPROVED


def test_an_edit_makes_a_version_that_waits_for_its_own_decision(store: Store) -> None:
    report, digest = waiting(store)
    manager, changed = actor(store, "manager01"), content("本月完成售电量{{F1}}。")
    seen: list[ReportContent] = []

    def edited(old: ReportContent) -> tuple[ReportContent, tuple[CheckResult, ...]]:
        seen.append(old)
        return changed, (HINT, FINE)

    act = decide(store, manager, report, Verb.EDIT, digest, "改一句", edited)
    with store.begin() as unit:
        row, version = unit.reports.row(report), unit.reports.version(report)
        assert (row.version, row.state, version.hash) == (2, State.WAITING, changed.hash())
        assert list(unit.reports.checks(report)) == [HINT, FINE]
        assert (act.run, act.report, act.version, act.verb, act.fresh) == (row.run, report, 2, "edit", True)
    assert seen == [content()] and acts(store)[-1] == ("edit", "edit", "manager01")
    ((who, result, detail),) = audit(store, "edit")
    assert (who, result, detail["verb"], detail["comment"], detail["hash"]) == (
        "manager01",
        "ok",
        "edit",
        "改一句",
        digest,
    )


@pytest.mark.parametrize(("fix", "hint"), [("删去", "删去"), ("", "请改正后重交。")])
def test_an_edit_is_told_how_to_mend_it(store: Store, fix: str, hint: str) -> None:
    report, digest = waiting(store)
    wrong = BAD.model_copy(update={"fix": fix})
    with pytest.raises(BadRequest, match="修改稿未通过校验") as error:
        decide(
            store, actor(store, "manager01"), report, Verb.EDIT, digest, "", lambda _: (content("12"), (HINT, wrong))
        )
    assert told(error)[1] == hint and state(store, report) == State.WAITING


def test_an_edit_must_change_something_and_must_be_there(store: Store) -> None:
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    with pytest.raises(BadRequest, match="完全相同"):
        decide(store, manager, report, Verb.EDIT, digest, "", lambda old: (old, ()))
    with pytest.raises(BadRequest, match="没有收到修改内容"):
        decide(store, manager, report, Verb.EDIT, digest)
    with store.begin() as unit:
        assert unit.reports.row(report).version == 1
    assert [row[1] for row in audit(store, "decision")] == ["refused", "refused"]


@pytest.mark.parametrize("verb", [Verb.RETURN, Verb.REJECT])
@pytest.mark.parametrize("comment", ["", "  "])
def test_sending_back_needs_words(store: Store, verb: Verb, comment: str) -> None:
    report, digest = waiting(store)
    with pytest.raises(BadRequest, match=f"{verb.label}须写明意见"):
        decide(store, actor(store, "manager01"), report, verb, digest, comment)
    assert state(store, report) == State.WAITING


@pytest.mark.parametrize(("length", "accepted"), [(11, False), (12, True), (13, True), (64, True)])
def test_twelve_digits_of_the_hash_are_enough(store: Store, length: int, accepted: bool) -> None:
    report, digest = waiting(store)
    if accepted:
        decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest[:length])
    else:
        with pytest.raises(Conflict, match="不是当前版本"):
            decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest[:length])
    assert (state(store, report) == State.APPROVED) is accepted
    other, right = waiting(store)
    wrong = right[:12] + ("0" if right[12] != "0" else "1") + right[13:]
    with pytest.raises(Conflict, match="不是当前版本"):
        decide(store, actor(store, "manager01"), other, Verb.APPROVE, wrong)


def test_errors_that_nobody_waived_are_counted_and_named(store: Store) -> None:
    report, digest = waiting(store)
    second = BAD.model_copy(update={"text": "「13」没有出处"})
    with store.begin() as unit:
        checks = json.dumps([item.model_dump() for item in (FINE, HINT, BAD, second)], ensure_ascii=False)
        unit.session.execute(text("UPDATE version SET checks = :checks"), {"checks": checks})
    with pytest.raises(Refused, match="有 2 项错误既未改正也未豁免，不能批准：数字出处（「12」没有出处）") as error:
        decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest)
    assert "退回" in told(error)[1]


def test_an_account_that_lost_its_role_decides_nothing(store: Store) -> None:
    """The role counts as it is now, not as it was when the page was opened."""
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    with store.begin() as unit:
        row = unit.accounts.row("manager01")
        assert row is not None
        row.role = "staff"
    with pytest.raises(Refused, match="无权审批") as error:
        decide(store, manager, report, Verb.APPROVE, digest)
    assert told(error)[1] and state(store, report) == State.WAITING


def test_an_edited_version_that_waits_already_is_not_submitted_again(store: Store) -> None:
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    decide(store, manager, report, Verb.EDIT, digest, "", lambda _: (content("本月完成售电量{{F1}}。"), ()))
    with pytest.raises(Conflict, match="不能再送审") as error:
        submit(store, actor(store, "analyst01"), report)
    assert "审批意见" in told(error)[1] and state(store, report) == State.WAITING


def test_a_first_approval_keeps_its_name_in_the_record(store: Store) -> None:
    """Rows of earlier years are found by it."""
    report, digest = waiting(store, approvers=2)
    decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest)
    assert acts(store)[-1] == ("endorsement", "approve", "manager01")


def test_a_decision_that_comes_between_looking_and_writing_is_told_and_leaves_nothing(store: Store) -> None:
    report, digest = waiting(store)

    def overtaken(unit: Unit, row: ReportRow) -> Checklist:
        unit.reports.record_act(row, "decision", "reject", digest, "manager03", "退回", State.WAITING)
        return Checklist(report=report, version=1, hash=digest, items=())

    with pytest.raises(Conflict, match="刚刚已有人处理") as error:
        decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest, listed=overtaken)
    assert "刷新" in told(error)[1]
    assert audit(store, "decision") == [("manager01", "refused", {"reason": "并发的决定"})]
    assert state(store, report) == State.WAITING and acts(store) == [("submission", "submit", "analyst01")]
