"""What was written and said before: found by its readers, shown to the next author, hidden from others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent.events import Answer, Done
from agent.review import comment_on, settle_comment
from agent.runner import Runner
from agent.understanding.precedents import precedent

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
        ("上个月售电量是多少", False),
        ("上月售电量为什么下降", False),
        ("帮我写一份上个月的月报", False),
    ],
)
def test_questions_about_earlier_wording(text: str, wanted: bool) -> None:
    assert precedent(text) is wanted


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
