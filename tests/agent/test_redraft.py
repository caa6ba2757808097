"""Working on a draft by chat: each wish is a new version of the author's own draft, gated like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.events import Answer
from agent.runner import Runner
from core.domain.report import Chart, Listing, Paragraph, ReportContent
from tools.checks import check_file

THREAD = "thread-redraft"


@pytest.fixture(scope="module")
def draft(runner: Runner) -> str:
    last = list(runner.ask(runner.actor("analyst01"), "做一份2026年10月望湖区的电费回收专项分析报告", THREAD))[-1]
    assert last.answer.report, last.answer.text
    return str(last.answer.report.id)


def content(runner: Runner, report: str) -> ReportContent:
    return runner.report(runner.actor("analyst01"), report).content


def test_the_authors_wishes(runner: Runner, say: Callable[..., Answer], draft: str) -> None:
    first = content(runner, draft)

    def wish(text: str, version: int) -> ReportContent:
        got = say(text, thread=THREAD)
        assert got.status == "drafted" and got.report and got.report.version == version, got.text
        assert str(version) in got.text
        return content(runner, draft)

    titled = wish("标题改成望湖区电费回收情况分析", 2)
    assert titled.title == "望湖区电费回收情况分析"
    added = wish("在存在的主要问题里补充一条：部分客户对分次结算政策了解不够", 3)
    problems = next(section for section in added.sections if section.id == "problems")
    items = [item for block in problems.blocks if isinstance(block, Listing) for item in block.items]
    assert items[-1] == "部分客户对分次结算政策了解不够。"
    turned = wish("图1换成柱状图", 4)
    charts = [block for section in turned.sections for block in section.blocks if isinstance(block, Chart)]
    assert charts[0].form == "bar" and charts[0].series[0].points
    short = wish("图1只看近六个月", 5)
    assert len(next(b for s in short.sections for b in s.blocks if isinstance(b, Chart)).categories) == 6
    assert "legal" not in [section.id for section in wish("删掉法律催收与坏账这一部分", 6).sections]
    opened = wish("把预付费与费控运用改成：费控运用总体平稳，须继续扩大预付费覆盖", 7)
    prepaid = next(section for section in opened.sections if section.id == "prepaid")
    assert isinstance(prepaid.blocks[0], Paragraph) and prepaid.blocks[0].text.startswith("费控运用总体平稳")
    assert "prepaid" in [s.id for s in wish("撤销上一步", 8).sections]
    assert content(runner, draft).sections == wish_free(runner, draft, 6).sections
    back = wish("撤销上一步修改", 9)
    assert "legal" in [section.id for section in back.sections] and back.facts == first.facts
    path = Path(runner.document(runner.actor("analyst01"), draft, "docx"))
    wrong = [item for item in check_file(path, back, runner.labels(draft)) if not item.passed and item.level == "error"]
    assert [(item.rule, item.text) for item in wrong] == []


def wish_free(runner: Runner, report: str, number: int) -> ReportContent:
    with runner.store.begin() as unit:
        return unit.reports.content(report, number)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("把回收总体情况改成：本月欠费余额下降了一大半，只剩3万元", "没有改"),
        ("在存在的主要问题里补充一条：回收率99.99%", "没有改"),
        ("把不存在的那一章删掉第九部分", "章节"),
        ("图99换成柱状图", "没有图99"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    runner: Runner, say: Callable[..., Answer], draft: str, text: str, word: str
) -> None:
    before = runner.report(runner.actor("analyst01"), draft).summary
    got = say(text, thread=THREAD)
    assert got.status in {"clarify", "refused"} and word in got.text, (got.status, got.text)
    assert runner.report(runner.actor("analyst01"), draft).summary.hash == before.hash


def test_only_the_author_and_only_a_draft(runner: Runner, say: Callable[..., Answer]) -> None:
    made = say("做一份2026年10月望湖区的线损分析报告，并提交审核", thread="thread-sent")
    assert made.status == "waiting_approval" and made.report
    late = say("把指标完成情况精简一下", thread="thread-sent")
    assert late.status == "refused" and "待审批" in late.text
    assert runner.report(runner.actor("analyst01"), made.report.id).summary.version == 1
