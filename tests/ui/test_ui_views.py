"""What people see, from facts and reports to plain data."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.events import Answer, LlmUse
from core.domain.actor import Actor, Role
from core.domain.fact import Compare, Fact
from core.domain.lifecycle import Decision, State, Verb
from core.domain.period import Period
from core.domain.report import Chart, CheckResult, Column, Paragraph, Point, ReportContent, Section, Series, Table
from core.settings import LOCAL
from core.store.reports import ReportDetail, ReportSummary, VersionSummary
from ui.views.answering import answer_view
from ui.views.fact_card import fact_card, fact_cards, share_queries, source_names
from ui.views.figure import figure
from ui.views.reading import editable, report_card, report_reading
from ui.views.spans import blocks
from ui.views.welcome import admin_page, examples

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "ui_spans.yaml").read_text(encoding="utf-8"))
OCTOBER = Period.month(2026, 10)
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=LOCAL)
SOLD = Fact(
    id="F1",
    indicator="A02",
    name="售电量",
    value=Decimal("539876543.21"),
    unit="kWh",
    period=OCTOBER,
    org="99401",
    org_name="国网云州供电公司",
    compare=Compare(yoy=Decimal("5.21"), mom=Decimal("-3.4"), yoy_base=Decimal(513141478)),
    caliber="按账单发行口径",
    caliber_version="2026.1",
    source="marketing",
    datasets=("marketing.bill",),
    query="SELECT SUM(kwh_total) FROM bill WHERE ym = :ym",
    params={"ym": "2026-10"},
    row_count=12345,
    as_of=NOON,
)
LOST = Fact(
    id="F2",
    indicator="D01",
    name="客户满意率",
    value=None,
    unit="%",
    period=OCTOBER,
    org="99401",
    status="error",
    reason="客户服务系统未应答",
)
SHARE = Fact(
    id="F3",
    indicator="A02",
    name="占比",
    value=Decimal("30.01"),
    unit="%",
    period=OCTOBER,
    org="99401",
    parents=("F1",),
    method="分项÷合计",
)
FACTS = {fact.id: fact for fact in (SOLD, LOST, SHARE)}
AUTHOR = Actor(user="analyst01", name="李晓雯", role=Role.ANALYST, org="99401")
BOSS = Actor(user="manager01", name="王建国", role=Role.MANAGER, org="99401")
ELSEWHERE = Actor(user="manager02", name="周敏", role=Role.MANAGER, org="99402")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_text_becomes_blocks(case: dict[str, Any]) -> None:
    assert blocks(case["text"], FACTS, {"org": "云州公司"}) == case["blocks"]


def test_a_card_says_everything_that_proves_the_figure() -> None:
    card = fact_card(SOLD, FACTS)
    rows = dict(card["rows"])
    assert card["value"] == "5.40亿千瓦时"
    assert rows["口径"] == "按账单发行口径（口径版本 2026.1）"
    assert rows["统计期"] == "2026年10月"
    assert rows["单位"] == "国网云州供电公司"
    assert rows["精确值"] == "539,876,543.21 kWh"
    assert rows["来源系统"] == "营销2.0"
    assert rows["数据表"].endswith("（marketing.bill）")
    assert rows["数据截至"] == "2026-11-02 12:00"
    assert card["query"] == SOLD.query
    assert card["params"] == [["ym", "2026-10"]]
    assert card["compares"][0] == ["同比", "增长5.21%", "基期 513,141,478 kWh"]


def test_a_failed_fetch_is_never_a_zero() -> None:
    card = fact_card(LOST, FACTS)
    assert (card["value"], card["statusLabel"], card["reason"]) == ("取数失败", "取数失败", "客户服务系统未应答")
    assert "精确值" not in dict(card["rows"])


def test_cards_bring_the_facts_they_were_derived_from() -> None:
    cards = fact_cards(["F3", "F99"], FACTS)
    assert set(cards) == {"F3", "F1"}
    assert cards["F3"]["parents"] == [{"id": "F1", "text": "售电量 5.40亿千瓦时"}]


def test_unknown_sources_keep_their_own_name() -> None:
    assert source_names("marketing+attic", ("attic.box",)) == ("营销2.0、attic", "attic.box")


def test_a_chart_draws_the_rounded_number_of_its_fact() -> None:
    points = (Point(fact="F1"), Point(fact="F2"), None, Point(fact="F1", field="yoy"))
    chart = Chart(
        id="c",
        caption="图",
        form="bar",
        categories=("a", "b", "c", "d"),
        series=(Series(name="s", points=points),),
        unit="万千瓦时",
    )
    drawn = figure(chart, FACTS)["series"][0]["points"]
    assert drawn[0] == {"v": 53987.65, "t": "53,987.65", "f": "F1"}
    assert drawn[1:3] == [None, None], "no number: nothing is drawn, not a zero"
    assert drawn[3] == {"v": 5.21, "t": "5.21", "f": "F1"}


def test_an_answer_without_figures_needs_no_element() -> None:
    assert answer_view(Answer(status="clarify", text="请问哪个月？", thread="t", marked="请问哪个月？")) is None


def test_an_answer_names_the_llm_that_worked() -> None:
    answer = Answer(
        status="answered",
        text="x",
        thread="t",
        marked="{{F1}}",
        facts=[SOLD],
        seconds=1.24,
        llm=LlmUse(kind="rule", fallback="接口超时"),
    )
    view = answer_view(answer)
    assert view is not None
    assert view["note"] == "用时 1.2 秒 · 内置规则模型（已改用内置规则模型：接口超时）"
    assert set(view["facts"]) == {"F1"}


def _detail(state: State, checks: tuple[CheckResult, ...] = (), *decisions: Decision) -> ReportDetail:
    content = ReportContent(
        title="月报",
        template="R1",
        org="99401",
        org_name="国网云州供电公司",
        period=OCTOBER,
        facts=(SOLD, LOST),
        sections=(
            Section(id="a", heading="总体", blocks=(Paragraph(text="{{org}}售电量{{F1}}"),)),
            Section(id="b", heading="细项", level=2, thin="数据不足", blocks=()),
            Section(id="c", heading="服务", blocks=(Paragraph(text="满意率{{F2}}"),)),
        ),
    )
    summary = ReportSummary(
        id="R1-99401-202610-0001",
        title="月报",
        template="R1",
        org="99401",
        period="2026-10",
        author="analyst01",
        state=state,
        version=1,
        hash=content.hash(),
        created_at=NOON,
        updated_at=NOON,
    )
    version = VersionSummary(number=1, hash=content.hash(), made_by="analyst01", created_at=NOON)
    return ReportDetail(summary=summary, content=content, checks=checks, versions=(version,), decisions=decisions)


@pytest.mark.parametrize(
    ("state", "actor", "submit", "decide"),
    [
        (State.DRAFT, AUTHOR, True, False),
        (State.DRAFT, BOSS, False, False),
        (State.WAITING, AUTHOR, False, False),
        (State.WAITING, BOSS, False, True),
        (State.WAITING, ELSEWHERE, False, False),
        (State.WAITING, BOSS.model_copy(update={"user": "analyst01"}), False, False),
        (State.PUBLISHED, BOSS, False, False),
        (State.RETURNED, AUTHOR, False, False),
    ],
)
def test_a_card_offers_only_what_the_actor_may_do(state: State, actor: Actor, submit: bool, decide: bool) -> None:
    card = report_card(_detail(state), actor)
    assert (card["maySubmit"], card["mayDecide"]) == (submit, decide)


def test_a_failed_check_blocks_submission_and_is_listed() -> None:
    bad = CheckResult(rule="numeral", label="数字出处", passed=False, place="总体", text="3.2 没有出处", fix="改用事实")
    card = report_card(_detail(State.DRAFT, (bad,)), AUTHOR)
    assert card["maySubmit"] is False
    assert card["checks"] == [{"level": "error", "label": "数字出处", "text": "总体：3.2 没有出处", "fix": "改用事实"}]


def test_a_card_names_people_and_shows_decisions() -> None:
    act = Decision(
        id="act-1",
        report="R",
        version=1,
        hash="ab" * 32,
        reviewer="manager01",
        verb=Verb.RETURN,
        comment="补数",
        at=NOON,
    )
    card = report_card(_detail(State.RETURNED, (), act), AUTHOR, {"manager01": "王建国", "analyst01": "李晓雯"})
    assert card["author"] == "李晓雯"
    assert card["decisions"] == [
        {
            "verb": "return",
            "label": "退回",
            "by": "王建国",
            "at": "2026-11-02 12:00",
            "comment": "补数",
            "version": 1,
            "hash": "abababababab",
        }
    ]


def test_reading_numbers_headings_and_carries_every_printed_fact() -> None:
    reading = report_reading(_detail(State.DRAFT), {"org": "云州公司"})
    assert [section["heading"] for section in reading["sections"]] == ["一、总体", "（一）细项", "二、服务"]
    assert reading["sections"][1]["thin"] == "数据不足"
    assert set(reading["facts"]) == {"F1", "F2"}


def test_editable_paragraphs_keep_their_tokens() -> None:
    assert editable(_detail(State.WAITING))[1] == {
        "section": "c",
        "heading": "服务",
        "block": 0,
        "text": "满意率{{F2}}",
    }


def test_facts_of_one_statement_carry_it_once() -> None:
    twin = SOLD.model_copy(update={"id": "F4"})
    cards = fact_cards(["F1", "F4", "F2"], {**FACTS, "F4": twin})
    assert share_queries(cards) == [SOLD.query]
    assert [cards[name]["query"] for name in ("F1", "F4", "F2")] == [0, 0, ""]


def test_tables_and_figures_are_numbered_and_referred_to() -> None:
    detail = _detail(State.DRAFT)
    table = Table(id="main", caption="主要指标", columns=(Column(header="指标", align="left"),), rows=(("{{F1:n}}",),))
    text = Paragraph(text="见[[ref:main]]，另见[[ref:none]]。"), Paragraph(text="见[[ref:main]]。"), table
    section = Section(id="a", heading="总体", blocks=text)
    content = detail.content.model_copy(update={"sections": (section,)})
    [shown] = report_reading(detail.model_copy(update={"content": content}), {})["sections"]
    assert shown["blocks"][0]["spans"][0]["e"] is True, "an unknown reference is an error, never a blank"
    assert shown["blocks"][1]["spans"] == [{"t": "见表1。"}]
    assert shown["blocks"][2]["caption"] == "表1　主要指标"


def test_examples_name_the_last_whole_month_and_the_unit() -> None:
    label, text, _icon = examples(AUTHOR, "云州公司", date(2026, 11, 3))[0]
    assert (label, text) == ("营销指标月报", "帮我做一份2026年10月云州公司的营销指标月报")
    assert examples(AUTHOR, "云州公司", date(2027, 1, 5))[0][1].startswith("帮我做一份2026年12月")
    assert examples(BOSS, "云州公司", date(2026, 11, 3))[0][1] == "待我审批"


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR])
def test_administrators_are_told_that_they_see_no_data(role: Role) -> None:
    admin = Actor(user="x", name="赵工", role=role, org="99401")
    assert examples(admin, "云州公司", date(2026, 11, 3)) == []
    page = admin_page(admin)
    assert role.label in page
    assert "不接触业务数据" in page
