"""Where reports stand, asked in the chat: a reviewer's waiting reports, an author's own, and what is not theirs."""

from __future__ import annotations

from collections.abc import Callable

from agent.events import Answer


def test_waiting_reports_are_told_to_the_reviewer_and_the_state_to_the_author(say: Callable[..., Answer]) -> None:
    assert "还没有可以查看的报告" in say("报告进度怎么样了").text
    assert "没有等您审批" in say("有哪些报告等我审", "manager01").text
    drafted = say("做一份望湖区2026年10月优质服务分析报告")
    assert drafted.report, drafted.text
    title = drafted.report.id
    assert f"（{title}，第 1 版）：草稿" in say("报告进度怎么样了").text
    assert title not in say("有哪些报告等我审", "manager01").text, "a draft waits for nobody"
    say("提交审核", thread=drafted.thread)
    waiting = say("有哪些报告等我审", "manager01").text
    assert "有 1 份" in waiting and title in waiting and "审批卡片" in waiting
    assert title not in say("有哪些报告等我审", "manager02").text, "another county's reviewer sees none of it"
    assert f"（{title}，第 1 版）：待审批" in say("报告进度怎么样了").text
    assert "不审批" in say("有哪些报告等我审").text
