"""What was written and said before: found by its readers, shown to the next author, hidden from others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent.events import Answer, Done, Understood
from agent.precedents import earlier
from agent.review import comment_on, settle_comment
from agent.runner import Runner
from agent.understanding.precedents import precedent, without_likeness
from agent.understanding.safety import refusal
from core.domain.actor import Actor, Role
from core.domain.period import Period
from core.settings import Settings
from knowledge.search import Doc, Index, make_embedder

SAID = "欠费结构一节请补充分行业的原因，并说明清欠责任人"


def answer(events: Iterator[Any]) -> Answer:
    last = list(events)[-1]
    assert isinstance(last, Done)
    return last.answer


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("上次的线损专题怎么写的", True),
        ("上个月月报的电费回收部分是怎么写的", True),
        ("去年迎峰度夏专题怎么写的", True),
        ("往期月报的写法给我看看", True),
        ("写月报有什么经验", True),
        ("以前的报告被退回的退回原因有哪些", True),
        ("审核人以前提过什么意见", True),
        ("参照上月的写法，做一份10月的月报", False),
        ("参照上月的写法", True),
        ("清河8月的售电量那段是怎么写的", True),
        ("以前讲天气对用电影响的那段怎么说的", True),
        ("线损报告怎么写", False),
        ("上个月售电量是多少", False),
        ("上月售电量为什么下降", False),
        ("帮我写一份上个月的月报", False),
    ],
)
def test_questions_about_earlier_wording(text: str, wanted: bool) -> None:
    assert precedent(text) is wanted


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("参照上月的写法，帮我做一份清河区2026年9月电费回收专项报告", "帮我做一份清河区2026年9月电费回收专项报告"),
        ("按上个月的格式出一份10月的月报", "出一份10月的月报"),
        ("参考去年同期的写法起草一份2026年8月线损报告", "起草一份2026年8月线损报告"),
        ("帮我写一份上个月的月报", "帮我写一份上个月的月报"),
        ("参照上月的写法", "参照上月的写法"),
        ("按上个月口径做一份分析报告", "按上个月口径做一份分析报告"),
    ],
)
def test_the_month_of_the_pattern_is_not_that_of_the_report(text: str, bare: str) -> None:
    assert without_likeness(text) == (bare, bare != text)


def test_electricity_and_its_influence_is_no_film() -> None:
    assert refusal("以前讲天气对用电影响的那段怎么说的") is None
    assert refusal("推荐一部电影") is not None


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Three months of two kinds of reports."""
    settings = Settings(_env_file=None, home=tmp_path_factory.mktemp("shelf"))
    index = Index(settings, make_embedder(settings))
    docs = []
    for template, name, headings in (("R6", "电费回收专项报告", ("分账龄欠费",)), ("R8", "线损报告", ("分区线损",))):
        for month in ("2026-03", "2026-08", "2026-10"):
            for part, heading in enumerate(("", *headings)):
                facts = {
                    "report": f"{template}-{month}",
                    "part": part,
                    "heading": heading,
                    "period_end": Period.parse(month).end.isoformat(),
                }
                fields = {"kind": "report", "period": month, "template": template, "title": f"{month}{name}{heading}"}
                docs.append(Doc(id=f"report/{template}-{month}/{part}", text="见表。", facts=facts, **fields))
    index.upsert(docs)
    return index


@pytest.mark.parametrize(
    ("text", "period", "ids"),
    [
        ("参照上月的写法", "2026-10", {"report/R6-2026-10/0", "report/R8-2026-10/0"}),
        ("上次迎峰度夏的线损怎么写的", None, {"report/R8-2026-08/1", "report/R6-2026-08/1"}),
        ("以前线损怎么写的", None, {"report/R8-2026-10/1", "report/R6-2026-10/1"}),
        ("以前线损怎么写的", "2026-07-01..2026-09-30", {"report/R8-2026-08/1", "report/R6-2026-08/1"}),
        ("以前线损怎么写的", "2026-03", {"report/R8-2026-03/1", "report/R6-2026-03/1"}),
        ("以前线损怎么写的", "2025-03", {"report/R8-2026-10/1", "report/R6-2026-10/1"}),
    ],
)
def test_the_period_and_the_season_asked_come_first(shelf: Index, text: str, period: str | None, ids: set[str]) -> None:
    actor = Actor(user="analyst01", name="李分析", role=Role.ANALYST, org="99401")
    asked = Understood(intent="search", query=text, period=Period.parse(period) if period else None)
    assert {hit.doc.id for hit in earlier(shelf, actor, text, asked)} == ids


@pytest.mark.slow
def test_a_published_report_teaches_the_next(open_runner: Callable[..., Runner]) -> None:
    runner = open_runner()
    author, reviewer = runner.actor("analyst01"), runner.actor("manager01")
    nothing = answer(runner.ask(author, "上次的电费回收专项报告怎么写的"))
    assert "发布归档以后" in nothing.text

    drafted = answer(runner.ask(author, "做一份2026年9月望湖区的电费回收专项报告", "thread-a"))
    assert drafted.report and "往期审核意见" not in drafted.text
    report = drafted.report.id
    answer(runner.ask(author, "提交审核", "thread-a"))
    remark = comment_on(runner, reviewer, report, SAID, "structure")
    settle_comment(runner, author, report, remark.id, "已补充，责任人见第五章")
    published = answer(runner.decide(reviewer, report, "approve", drafted.report.hash, "同意，下期请附催收台账"))
    assert published.status == "published", published.text

    before = answer(runner.ask(author, "上次的电费回收专项报告里欠费结构怎么写的"))
    assert "2026年9月" in before.text and "欠费" in before.text
    lessons = answer(runner.ask(author, "电费回收专项报告往期有哪些审核意见"))
    assert SAID in lessons.text and "已补充" in lessons.text and "催收台账" in lessons.text

    foreign = answer(runner.ask(runner.actor("manager02"), "电费回收专项报告往期有哪些审核意见"))
    assert SAID not in foreign.text and "催收台账" not in foreign.text
    following = answer(runner.ask(author, "做一份2026年10月望湖区的电费回收专项报告", "thread-b"))
    assert following.status == "drafted" and SAID in following.text and "往期审核意见" in following.text
