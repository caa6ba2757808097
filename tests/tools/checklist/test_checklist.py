"""The checklist: each item passes, fails and is waived for its own reason, with evidence."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from core.domain.checklist import Comment, ItemResult, Waiver
from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from core.domain.report import CheckResult, Listing, Paragraph, ReportContent, Restated, Section, SourceState
from tools.checklist import Case, all_items, fill

NOW = datetime(2026, 11, 5, 9, 0)
SEPTEMBER, OCTOBER = Period.parse("2026-09"), Period.parse("2026-10")


def fact(id: str, value: str, period: Period = OCTOBER, **more: Any) -> Fact:
    fields: dict[str, Any] = {
        "indicator": "B05",
        "name": "电费回收率",
        "unit": "%",
        "kind": "rate",
        "direction": "up",
        "org": "9940102",
        "org_name": "望湖区",
        "caliber_version": "1.0/2026.1",
        **more,
    }
    return Fact(id=id, value=Decimal(value), period=period, **fields)


def found(title: str, *facts: str, kind: str = "watch_B05", suggestion: str = "") -> Finding:
    return Finding(
        id="D1",
        kind=kind,
        severity="关注",
        title=title,
        text=f"{title}。",
        org="99401",
        facts=facts,
        suggestion=suggestion,
    )


def content(period: Period = OCTOBER, **more: Any) -> ReportContent:
    fields: dict[str, Any] = {
        "sections": (Section(id="overview", heading="总体情况", blocks=(Paragraph(text="正文。"),)),),
        "facts": (),
        "sources": (SourceState(source="marketing", label="营销2.0", status="ok", detail="取得 9 项"),),
        **more,
    }
    return ReportContent(title="月报", template="R1", org="99401", org_name="云州", period=period, **fields)


def item(case: Case, name: str) -> ItemResult:
    return next(result for result in fill(case) if result.id == name)


def check(rule: str, passed: bool = False, level: str = "error", text: str = "有误") -> CheckResult:
    return CheckResult(rule=rule, label=f"规则{rule}", passed=passed, level=level, text="" if passed else text)  # type: ignore[arg-type]


def waived(remark: Any) -> dict[str, Waiver]:
    made = Waiver(finding=remark.key, version=1, hash="h", text=remark.text, actor="manager01", reason="误报", at=NOW)
    return {remark.key: made}


PRIOR = content(
    SEPTEMBER,
    facts=(fact("F1", "97", SEPTEMBER), fact("F2", "99", SEPTEMBER, org="9940103", org_name="江东区")),
    findings=(found("电费回收率低于关注线", "F1", suggestion="逐户催收"),),
)


def test_every_item_of_the_task_is_there_in_reading_order() -> None:
    assert [entry.id for entry in all_items()] == [
        "completeness",
        "reconciliation",
        "caliber",
        "restated",
        "findings",
        "numerals",
        "format",
        "wording",
        "privacy",
        "comments",
        "promises",
        "other",
    ]


def test_a_clean_first_report_passes_everything_and_says_on_what() -> None:
    checks = tuple(
        check(rule, passed=True) for rule in ("numeral_gate", "structure", "wording", "privacy", "table_sums")
    )
    results = fill(Case(content(), checks))
    assert {result.state for result in results} == {"pass"}
    assert all(result.evidence for result in results)
    assert "首期" in item(Case(content(), checks), "promises").evidence


def test_a_rule_that_was_not_run_is_not_called_passed_silently() -> None:
    assert item(Case(content()), "numerals").evidence == "本版本没有这类校验的记录"


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("numeral_gate", "numerals"),
        ("rendered_gate", "numerals"),
        ("structure", "format"),
        ("F03", "format"),
        ("wording", "wording"),
        ("org_names", "wording"),
        ("F26", "wording"),
        ("privacy", "privacy"),
        ("F27", "privacy"),
        ("table_sums", "reconciliation"),
        ("facts_ok", "completeness"),
        ("brand_new", "other"),
    ],
)
def test_a_failed_rule_fails_its_item_and_a_waiver_lifts_it(rule: str, name: str) -> None:
    case = Case(content(), (check(rule), check(rule, text="另一处")))
    result = item(case, name)
    assert result.state == "fail" and len(result.remarks) == 2 and result.remarks[0].level == "error"
    half = item(Case(content(), case.checks, waivers=waived(result.remarks[0])), name)
    assert half.state == "fail", "one of two is waived"
    whole = {key: value for remark in result.remarks for key, value in waived(remark).items()}
    lifted = item(Case(content(), case.checks, waivers=whole), name)
    assert lifted.state == "waived" and all(remark.waiver for remark in lifted.remarks)
    assert [other.id for other in fill(case) if other.state == "fail"] == [name]


def test_sources_that_are_missing_or_unfinished_fail_completeness() -> None:
    sources = (
        SourceState(source="marketing", label="营销2.0", status="ok", detail="取得 9 项"),
        SourceState(source="service", label="客户服务95598", status="error", detail="取数失败，连接被拒绝"),
        SourceState(source="meter", label="智能电表", status="partial", detail="截至 2026-10-20，本期数据不完整"),
    )
    result = item(Case(content(sources=sources)), "completeness")
    assert result.state == "fail" and len(result.remarks) == 2
    assert "客户服务95598取数失败" in result.remarks[0].text and "智能电表数据不完整" in result.remarks[1].text
    assert item(Case(content(sources=())), "completeness").state == "fail"


def test_reconciliation_counts_the_checks_and_fails_with_their_rule() -> None:
    def compared(id: str, check: str, within: bool) -> Fact:
        return fact(id, "3", indicator=f"reconcile.{check}", name="核对差额", params={"check": check, "within": within})

    now = content(facts=(compared("F1", "unit", True), compared("F2", "tg", False), compared("F3", "tg", False)))
    result = item(Case(now, (check("reconciliation", text="台区级核对超出容差"),)), "reconciliation")
    assert result.state == "fail" and [remark.text for remark in result.remarks] == ["台区级核对超出容差"]
    assert "跨系统核对 2 项，1 项超出容差" in result.evidence
    assert item(Case(content()), "reconciliation").evidence.endswith("本报告没有跨系统核对的数据")


def test_a_caliber_of_another_version_than_last_month_is_told_once() -> None:
    now = content(
        facts=(fact("F1", "98", caliber_version="1.1/2026.1"), fact("F2", "97", caliber_version="1.1/2026.1"))
    )
    result = item(Case(now, prior=PRIOR, prior_id="R1-1"), "caliber")
    assert [remark.text for remark in result.remarks] == ["电费回收率的口径版本由 1.0/2026.1 变为 1.1/2026.1"]
    same = content(facts=(fact("F1", "98"),))
    assert item(Case(same, prior=PRIOR, prior_id="R1-1"), "caliber").state == "pass"
    derived = content(facts=(fact("F9", "98", caliber_version="2.0", parents=("F1",)),))
    assert item(Case(derived, prior=PRIOR), "caliber").state == "pass"


def test_findings_that_the_text_does_not_mention_are_named() -> None:
    both = (found("高损台区"), found("负损台区"))
    told = Section(id="problems", heading="问题", blocks=(Listing(items=("高损台区：清单见附表。",)),))
    result = item(Case(content(sections=(told,), findings=both)), "findings")
    assert result.state == "fail" and "负损台区" in result.remarks[0].text and len(result.remarks) == 1
    assert "得到 2 项发现，正文写到 1 项" in result.evidence
    whole = told.model_copy(update={"blocks": (*told.blocks, Paragraph(text="另有负损台区。"))})
    assert item(Case(content(sections=(whole,), findings=both)), "findings").state == "pass"


@pytest.mark.parametrize(
    ("value", "state", "word"),
    [("96.5", "fail", "未见成效"), ("97", "fail", "未见成效"), ("98.2", "pass", "1 项所涉指标全部改善")],
)
def test_last_months_promise_meets_this_months_figure(value: str, state: str, word: str) -> None:
    result = item(Case(content(facts=(fact("F7", value),)), prior=PRIOR, prior_id="R1-1"), "promises")
    assert result.state == state
    assert word in result.evidence + "".join(remark.text for remark in result.remarks)
    if state == "fail":
        assert f"由97.00%到{Decimal(value):.2f}%" in result.remarks[0].text and "逐户催收" in result.remarks[0].text


def test_a_burden_improves_when_it_falls_and_another_member_is_not_compared() -> None:
    loss = {"indicator": "C02", "name": "台区线损率", "direction": "down", "by": By(dim="tg", key="T1", label="甲台区")}
    prior = content(
        SEPTEMBER, facts=(fact("F1", "9", SEPTEMBER, **loss),), findings=(found("高损", "F1", suggestion="核查"),)
    )
    assert item(Case(content(facts=(fact("F2", "4", **loss),)), prior=prior), "promises").state == "pass"
    assert item(Case(content(facts=(fact("F2", "9.5", **loss),)), prior=prior), "promises").state == "fail"
    other = {**loss, "by": By(dim="tg", key="T2", label="乙台区")}
    result = item(Case(content(facts=(fact("F2", "99", **other),)), prior=prior), "promises")
    assert result.state == "pass" and "1 项本期没有同一指标可比" in result.evidence


def test_open_remarks_fail_until_they_are_resolved() -> None:
    note = Comment(id="note-1", version=1, section="overview", text="请说明原因", actor="manager01", at=NOW)
    result = item(Case(content(), comments=(note,)), "comments")
    assert result.state == "fail" and result.remarks[0].place == "总体情况" and "note-1" in result.remarks[0].fix
    done = note.model_copy(update={"resolved_by": "analyst01"})
    assert item(Case(content(), comments=(done,)), "comments").state == "pass"


def test_a_restated_value_is_told_with_old_new_and_why() -> None:
    facts = (fact("F1", "97", SEPTEMBER), fact("F2", "96.5", SEPTEMBER))
    now = content(
        facts=facts,
        restated=(Restated(name="电费回收率", old="F1", new="F2", why="迟到数据"),),
        continuity="已重算 9 项",
    )
    result = item(Case(now, prior=PRIOR, prior_id="R1-1"), "restated")
    assert result.state == "fail" and result.evidence == "已重算 9 项"
    assert result.remarks[0].text == "电费回收率：已发布97.00%，现为96.50%，迟到数据"
