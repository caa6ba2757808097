"""Submissions and decisions: who may, on which version, once; every refused attempt is audited."""

from __future__ import annotations

import threading
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from core.access import DEMO_ACCOUNTS, hash_password
from core.approval import decide, submit
from core.domain.actor import Actor
from core.domain.fact import Fact
from core.domain.lifecycle import State, Verb
from core.domain.period import Period
from core.domain.report import CheckResult, Paragraph, ReportContent, Section
from core.errors import BadRequest, Conflict, GmaError, NotFound, Refused
from core.store import Store

DIGEST = hash_password("Yunzhou-2026-demo")


def content(org: str = "99401", words: str = "完成售电量{{F1}}。") -> ReportContent:
    period = Period.parse("2026-10")
    fact = Fact(id="F1", indicator="A02", name="售电量", value=Decimal("100"), unit="kWh", period=period, org=org)
    section = Section(id="overview", heading="总体情况", blocks=(Paragraph(text=words),))
    return ReportContent(
        title="月报", template="R1", org=org, org_name="云州", period=period, sections=(section,), facts=(fact,)
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'record.sqlite'}", tmp_path / "audit.anchor")
    with store.begin() as unit:
        for account in DEMO_ACCOUNTS:
            unit.accounts.add(account.user, account.name, account.role, account.org, DIGEST)
    return store


def actor(store: Store, user: str) -> Actor:
    with store.begin() as unit:
        return unit.accounts.actor(user)


def filed(store: Store, author: str = "analyst01", org: str = "99401", checks: tuple[CheckResult, ...] = ()) -> str:
    with store.begin() as unit:
        thread = unit.runs.thread(None, author)
        run = unit.runs.start(thread.id, author, "月报")
        return unit.reports.file(run, content(org), checks, author).id


def waiting(store: Store, author: str = "analyst01", org: str = "99401") -> tuple[str, str]:
    report = filed(store, author, org)
    submit(store, actor(store, author), report)
    with store.begin() as unit:
        return report, unit.reports.version(report).hash


def refusals(store: Store) -> int:
    with store.engine.connect() as connection:
        return connection.execute(text("SELECT COUNT(*) FROM audit WHERE result = 'refused'")).scalar_one()


def state(store: Store, report: str) -> str:
    with store.begin() as unit:
        return unit.reports.row(report).state


def test_manager_approves_the_exact_version(store: Store) -> None:
    report, digest = waiting(store)
    act = decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest)
    assert act.fresh and state(store, report) == State.APPROVED


@pytest.mark.parametrize(
    ("user", "author", "org", "error", "word"),
    [
        ("analyst01", "analyst01", "99401", Refused, "无权审批"),
        ("manager01", "manager01", "99401", Refused, "自己的报告"),
        ("manager02", "staff01", "9940104", NotFound, "权限范围"),
        ("manager02", "analyst01", "99401", NotFound, "权限范围"),
        ("sysadmin01", "analyst01", "99401", NotFound, "权限范围"),
        ("auditor01", "analyst01", "99401", NotFound, "权限范围"),
        ("staff01", "staff01", "9940104", Refused, "无权审批"),
    ],
)
def test_others_are_refused_and_audited(
    store: Store, user: str, author: str, org: str, error: type[GmaError], word: str
) -> None:
    report, digest = waiting(store, author, org)
    with pytest.raises(error, match=word):
        decide(store, actor(store, user), report, Verb.APPROVE, digest)
    assert state(store, report) == State.WAITING and refusals(store) == 1


def test_second_click_is_the_same_act_and_another_decision_is_refused(store: Store) -> None:
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    first = decide(store, manager, report, Verb.APPROVE, digest)
    again = decide(store, manager, report, Verb.APPROVE, digest[:12])
    assert again.id == first.id and not again.fresh
    with pytest.raises(Conflict, match="不再受理"):
        decide(store, manager, report, Verb.REJECT, digest, "不同意")
    assert refusals(store) == 1


def test_a_click_after_the_publication_is_told_that_it_is_handled(store: Store) -> None:
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    act = decide(store, manager, report, Verb.APPROVE, digest)
    with store.begin() as unit:
        row = unit.reports.act_by_id(act.id)
        assert row is not None and unit.reports.publish(row, {})
    with pytest.raises(Conflict, match="已处理"):
        decide(store, manager, report, Verb.APPROVE, digest)
    assert refusals(store) == 1 and state(store, report) == State.PUBLISHED


def test_stale_hash_is_refused_with_the_reason(store: Store) -> None:
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    changed = content(words="本月完成售电量{{F1}}。")
    decide(store, manager, report, Verb.EDIT, digest, "改一句", lambda _: (changed, ()))
    with pytest.raises(Conflict, match="不是当前版本"):
        decide(store, manager, report, Verb.APPROVE, digest)
    assert state(store, report) == State.WAITING
    decide(store, manager, report, Verb.APPROVE, changed.hash())
    assert state(store, report) == State.APPROVED


@pytest.mark.parametrize("short", ["", "0", "abc", "deadbeefdeadbeef"])
def test_a_guessed_hash_never_passes(store: Store, short: str) -> None:
    report, digest = waiting(store)
    with pytest.raises(Conflict):
        decide(store, actor(store, "manager01"), report, Verb.APPROVE, short or digest[:11])


def test_return_and_reject_need_a_comment(store: Store) -> None:
    report, digest = waiting(store)
    with pytest.raises(BadRequest, match="意见"):
        decide(store, actor(store, "manager01"), report, Verb.RETURN, digest, "  ")
    decide(store, actor(store, "manager01"), report, Verb.RETURN, digest, "请补充原因")
    assert state(store, report) == State.RETURNED


def test_failed_checks_block_submission(store: Store) -> None:
    bad = CheckResult(rule="numeral_gate", label="数字出处", passed=False, text="「12」没有出处")
    report = filed(store, checks=(bad,))
    with pytest.raises(Refused, match="校验未通过"):
        submit(store, actor(store, "analyst01"), report)
    assert state(store, report) == State.DRAFT


def test_an_edit_that_fails_its_checks_changes_nothing(store: Store) -> None:
    report, digest = waiting(store)
    bad = CheckResult(rule="numeral_gate", label="数字出处", passed=False, text="「12」没有出处", fix="删去")
    with pytest.raises(BadRequest, match="数字出处"):
        decide(store, actor(store, "manager01"), report, Verb.EDIT, digest, "", lambda c: (content(words="12"), (bad,)))
    with store.begin() as unit:
        assert unit.reports.row(report).version == 1


def test_only_the_author_submits_and_only_once(store: Store) -> None:
    report = filed(store)
    with pytest.raises(Refused, match="本人"):
        submit(store, actor(store, "manager01"), report)
    first = submit(store, actor(store, "analyst01"), report)
    assert submit(store, actor(store, "analyst01"), report).id == first.id


def test_fifty_reviewers_at_once_make_one_decision(store: Store) -> None:
    report, digest = waiting(store)
    manager = actor(store, "manager01")
    won: list[str] = []
    lost: list[GmaError] = []

    def click(at: int) -> None:
        verb = Verb.APPROVE if at % 2 else Verb.REJECT
        try:
            act = decide(store, manager, report, verb, digest, f"意见{at}")
            won.append(act.id)
        except GmaError as error:
            lost.append(error)

    threads = [threading.Thread(target=click, args=(at,)) for at in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(won)) == 1 and len(won) + len(lost) == 50
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM act WHERE kind = 'decision'")).scalar_one() == 1
    assert refusals(store) == len(lost)


def test_publishing_twice_releases_once(store: Store) -> None:
    report, digest = waiting(store)
    act = decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest)
    for expected in (True, False):
        with store.begin() as unit:
            row = unit.reports.act_by_id(act.id)
            assert row is not None
            assert unit.reports.publish(row, {}) is expected
    with store.engine.connect() as connection:
        for table in ("release", "outbox"):
            assert connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one() == 1


def test_drafts_are_seen_by_their_author_only(store: Store) -> None:
    report = filed(store)
    with store.begin() as unit:
        assert [item.id for item in unit.reports.list(actor_of(unit, "analyst01"))] == [report]
        assert unit.reports.list(actor_of(unit, "manager01")) == []


def actor_of(unit: object, user: str) -> Actor:
    return unit.accounts.actor(user)  # type: ignore[attr-defined,no-any-return]
