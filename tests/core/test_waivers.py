"""Waivers: who, on which version, with which reason; and what they open."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from core.approval import decide, submit, waive
from core.domain.actor import Actor
from core.domain.checklist import Checklist, ItemResult, Remark
from core.domain.fact import Fact
from core.domain.lifecycle import State, Verb
from core.domain.period import Period
from core.domain.report import CheckResult, Paragraph, ReportContent, Section
from core.errors import BadRequest, Conflict, GmaError, NotFound, Refused
from core.remarks import comment, resolve
from core.store import Store, Unit
from core.store.tables import ReportRow

BAD = CheckResult(rule="numeral_gate", label="数字出处", passed=False, place="第1段", text="「12」没有出处", fix="删去")
BROKEN = BAD.model_copy(update={"text": "没有事实 F9", "final": True})
HINT = BAD.model_copy(update={"level": "warn", "text": "用词不规范"})
REASON = "「12」是文件编号，不是数据"


def content(words: str = "完成售电量{{F1}}。", org: str = "99401") -> ReportContent:
    period = Period.parse("2026-10")
    fact = Fact(id="F1", indicator="A02", name="售电量", value=Decimal("100"), unit="kWh", period=period, org=org)
    section = Section(id="overview", heading="总体情况", blocks=(Paragraph(text=words),))
    return ReportContent(
        title="月报", template="R1", org=org, org_name="云州", period=period, sections=(section,), facts=(fact,)
    )


def listed(unit: Unit, row: ReportRow) -> Checklist:
    """The recorded checks as one item, and one remark that comes from elsewhere."""
    waivers = {item.finding: item for item in unit.reviews.waivers(row.id, row.version)}
    remarks = [
        Remark(key=check.key, level=check.level, place=check.place, text=check.text, final=check.final)
        for check in unit.reports.checks(row.id)
        if not check.passed
    ]
    remarks.append(Remark(key="elsewhere", text="采集2.0数据不完整"))
    told = tuple(remark.model_copy(update={"waiver": waivers.get(remark.key)}) for remark in remarks)
    item = ItemResult(id="all", label="全部", state="fail", evidence="", remarks=told)
    return Checklist(report=row.id, version=row.version, hash=unit.reports.version(row.id).hash, items=(item,))


def actor(store: Store, user: str) -> Actor:
    with store.begin() as unit:
        return unit.accounts.actor(user)


def filed(store: Store, *checks: CheckResult, author: str = "analyst01", org: str = "99401") -> tuple[str, str]:
    with store.begin() as unit:
        thread = unit.runs.thread(None, author)
        run = unit.runs.start(thread.id, author, "月报")
        row = unit.reports.file(run, content(org=org), checks, author)
        return row.id, unit.reports.version(row.id).hash


def state(store: Store, report: str) -> str:
    with store.begin() as unit:
        return unit.reports.row(report).state


def rows(store: Store, action: str, result: str) -> int:
    with store.engine.connect() as connection:
        sql = text("SELECT COUNT(*) FROM audit WHERE action = :action AND result = :result")
        return int(connection.execute(sql, {"action": action, "result": result}).scalar_one())


def test_a_waived_error_opens_submission_and_approval(store: Store) -> None:
    report, digest = filed(store, BAD)
    with pytest.raises(Refused, match="校验未通过"):
        submit(store, actor(store, "analyst01"), report)
    made = waive(store, actor(store, "manager01"), report, digest[:12], BAD.key, f" {REASON} ", listed)
    assert (made.finding, made.hash, made.reason, made.actor) == (BAD.key, digest, REASON, "manager01")
    assert made.text == f"{BAD.place}：{BAD.text}"
    assert rows(store, "waiver", "ok") == 1
    submit(store, actor(store, "analyst01"), report)
    act = decide(store, actor(store, "manager01"), report, Verb.APPROVE, digest, listed=listed)
    assert state(store, report) == State.APPROVED
    with store.begin() as unit:
        kept = unit.reviews.kept(act.id)
        assert kept is not None and kept.digest()
        assert [remark.waiver is not None for remark in kept.remarks()] == [True, False]
        detail = json.loads(
            str(unit.session.execute(text("SELECT detail FROM audit WHERE action = 'decision'")).scalar())
        )
        assert detail["checklist"] == kept.digest() and detail["hash"] == digest and detail["act"] == act.id


@pytest.mark.parametrize(
    ("user", "author", "org", "error", "word"),
    [
        ("analyst01", "analyst01", "99401", Refused, "无权豁免"),
        ("staff01", "staff01", "9940104", Refused, "无权豁免"),
        ("manager01", "manager01", "99401", Refused, "自己的报告"),
        ("manager02", "staff01", "9940104", NotFound, "权限范围"),
        ("auditor01", "analyst01", "99401", NotFound, "权限范围"),
    ],
)
def test_only_reviewers_of_the_unit_who_are_not_the_author_waive(
    store: Store, user: str, author: str, org: str, error: type[GmaError], word: str
) -> None:
    report, digest = filed(store, BAD, author=author, org=org)
    with pytest.raises(error, match=word):
        waive(store, actor(store, user), report, digest, BAD.key, REASON, listed)
    assert rows(store, "waiver", "refused") == 1 and rows(store, "waiver", "ok") == 0


@pytest.mark.parametrize(
    ("digest", "finding", "reason", "error", "word"),
    [
        ("f" * 64, BAD.key, REASON, Conflict, "不是当前版本"),
        ("", "no-such-one", REASON, NotFound, "no-such-one"),
        ("", BAD.key, " 可以 ", BadRequest, "理由"),
        ("", BAD.key, "   ", BadRequest, "理由"),
        ("", BROKEN.key, REASON, Refused, "不能豁免"),
    ],
)
def test_what_cannot_be_waived(
    store: Store, digest: str, finding: str, reason: str, error: type[GmaError], word: str
) -> None:
    report, current = filed(store, BAD, BROKEN)
    with pytest.raises(error, match=word):
        waive(store, actor(store, "manager01"), report, digest or current, finding, reason, listed)
    with store.begin() as unit:
        assert unit.reviews.waivers(report, 1) == []


def test_a_finding_is_waived_once_and_findings_of_other_items_can_be(store: Store) -> None:
    report, digest = filed(store, BAD)
    manager = actor(store, "manager01")
    waive(store, manager, report, digest, "elsewhere", "迟报已说明", listed)
    waive(store, manager, report, digest, BAD.key, REASON, listed)
    with pytest.raises(Conflict, match="已经豁免"):
        waive(store, manager, report, digest, BAD.key, REASON, listed)
    with store.begin() as unit:
        assert {item.finding for item in unit.reviews.waivers(report, 1)} == {"elsewhere", BAD.key}


def test_a_reason_of_four_characters_will_do(store: Store) -> None:
    report, digest = filed(store, BAD)
    assert waive(store, actor(store, "manager01"), report, digest, BAD.key, "文号而已", listed).reason == "文号而已"


def test_a_decided_report_takes_no_waiver(store: Store) -> None:
    report, digest = filed(store, HINT)
    submit(store, actor(store, "analyst01"), report)
    decide(store, actor(store, "manager01"), report, Verb.RETURN, digest, "请补充原因", listed=listed)
    with pytest.raises(Conflict, match="已退回"):
        waive(store, actor(store, "manager01"), report, digest, HINT.key, REASON, listed)


def test_a_waiver_is_bound_to_its_version(store: Store) -> None:
    """The edit may keep a text whose finding was waived, but the new version needs its own waiver."""
    report, digest = filed(store, BAD)
    manager = actor(store, "manager01")
    waive(store, manager, report, digest, BAD.key, REASON, listed)
    submit(store, actor(store, "analyst01"), report)
    changed = content("本月完成售电量{{F1}}。")
    other = BAD.model_copy(update={"text": "「13」没有出处"})
    with pytest.raises(BadRequest, match="「13」"):
        decide(store, manager, report, Verb.EDIT, digest, "", lambda _: (changed, (BAD, other)), listed)
    decide(store, manager, report, Verb.EDIT, digest, "", lambda _: (changed, (BAD,)), listed)
    with pytest.raises(Refused, match="既未改正也未豁免"):
        decide(store, manager, report, Verb.APPROVE, changed.hash(), listed=listed)
    assert state(store, report) == State.WAITING
    waive(store, manager, report, changed.hash(), BAD.key, REASON, listed)
    decide(store, manager, report, Verb.APPROVE, changed.hash(), listed=listed)
    assert state(store, report) == State.APPROVED


def test_warnings_block_nothing_and_an_error_of_the_checklist_alone_blocks(store: Store) -> None:
    report, digest = filed(store, HINT)
    submit(store, actor(store, "analyst01"), report)

    def strict(unit: Unit, row: ReportRow) -> Checklist:
        made = listed(unit, row)
        items = tuple(
            item.model_copy(
                update={
                    "remarks": tuple(
                        r.model_copy(update={"level": "error"}) for r in item.remarks if r.key == "elsewhere"
                    )
                }
            )
            for item in made.items
        )
        return made.model_copy(update={"items": items})

    manager = actor(store, "manager01")
    with pytest.raises(Refused, match=r"有 1 项错误.*采集2\.0"):
        decide(store, manager, report, Verb.APPROVE, digest, listed=strict)
    waive(store, manager, report, digest, "elsewhere", "迟报已说明", strict)
    decide(store, manager, report, Verb.APPROVE, digest, listed=strict)
    assert state(store, report) == State.APPROVED


def test_errors_do_not_stop_a_return(store: Store) -> None:
    """Only an approval needs a clean list; sending back never does."""
    report, digest = filed(store)
    submit(store, actor(store, "analyst01"), report)
    with store.begin() as unit:
        checks = json.dumps([BAD.model_dump()], ensure_ascii=False)
        unit.session.execute(text("UPDATE version SET checks = :checks"), {"checks": checks})
    manager = actor(store, "manager01")
    with pytest.raises(Refused, match="不能批准"):
        decide(store, manager, report, Verb.APPROVE, digest)
    decide(store, manager, report, Verb.RETURN, digest, "请改正", listed=listed)
    assert state(store, report) == State.RETURNED


def test_remarks_are_added_by_the_unit_and_resolved_once_by_those_concerned(store: Store) -> None:
    report, _ = filed(store)
    author, manager = actor(store, "analyst01"), actor(store, "manager01")
    made = comment(store, manager, report, " 请说明线损原因 ", "overview")
    assert (made.text, made.section, made.version, made.resolved_by) == ("请说明线损原因", "overview", 1, "")
    with pytest.raises(NotFound, match="no-section"):
        comment(store, manager, report, "请说明", "no-section")
    with pytest.raises(NotFound, match="权限范围"):
        comment(store, actor(store, "manager02"), report, "外单位的批注")
    with pytest.raises(BadRequest, match="空"):
        comment(store, manager, report, "  ")
    with pytest.raises(BadRequest, match="太长"):
        comment(store, manager, report, "长" * 1001)
    with pytest.raises(Refused, match="办结"):
        resolve(store, actor(store, "dataops01"), report, made.id, "不相干的人")
    done = resolve(store, author, report, made.id, "已在第二段说明")
    assert (done.resolved_by, done.answer) == ("analyst01", "已在第二段说明") and done.resolved_at
    with pytest.raises(Conflict, match="处理过"):
        resolve(store, manager, report, made.id, "再说一次")
    other, _ = filed(store)
    with pytest.raises(NotFound, match="没有批注"):
        resolve(store, manager, other, made.id, "别的报告")
    own = comment(store, actor(store, "dataops01"), report, "补采已完成")
    assert resolve(store, actor(store, "dataops01"), report, own.id, "已核").resolved_by == "dataops01"
    assert resolve(store, manager, report, comment(store, author, report, "待核").id, "已核").resolved_by == "manager01"
    with store.begin() as unit:
        assert [item.text for item in unit.reviews.comments(report)] == ["请说明线损原因", "补采已完成", "待核"]
    assert (rows(store, "comment", "ok"), rows(store, "comment_resolved", "ok")) == (3, 3)


def test_a_waiver_cannot_be_written_twice_whatever_happens(store: Store, tmp_path: Path) -> None:
    report, digest = filed(store, BAD)
    waive(store, actor(store, "manager01"), report, digest, BAD.key, REASON, listed)
    with sqlite3.connect(tmp_path / "record.sqlite") as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(
            "INSERT INTO waiver SELECT 'other', report, version, hash, finding, text, actor, reason, at FROM waiver"
        )
