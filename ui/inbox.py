"""The reviewer's inbox and the list of reports, as cards in the chat."""

from __future__ import annotations

import chainlit as cl

from core.domain.actor import Actor
from ui.desk import desk
from ui.report_desk import card_of
from ui.turn_view import say

INBOX_WORDS = frozenset({"待办", "待我审批", "我的待办", "待审批", "待审批报告", "有什么要我批的"})
REPORT_WORDS = frozenset({"我的报告", "报告列表", "看报告"})
SHOWN = 8


async def show_inbox(actor: Actor, *, quiet: bool = False) -> None:
    """Reports that wait for this reviewer, each as an approval card; `quiet` says nothing when there are none."""
    waiting = await desk().call(lambda: desk().runner.inbox(actor))
    if not waiting:
        if not quiet:
            await say("目前没有待您审批的报告。")
        return
    rest = f"，先列最近 {SHOWN} 份" if len(waiting) > SHOWN else ""
    await _cards(actor, [item.id for item in waiting], "ApprovalCard", f"待您审批的报告 {len(waiting)} 份{rest}：")


async def show_reports(actor: Actor) -> None:
    """The actor's latest reports as cards."""
    found = await desk().call(lambda: desk().runner.reports(actor))
    if not found:
        text = "您的单位还没有报告。　可以说「帮我做一份上个月的营销指标月报」。"
        await say(text)
        return
    rest = f"，先列最近 {SHOWN} 份" if len(found) > SHOWN else ""
    await _cards(actor, [item.id for item in found], "ReportCard", f"可以查看的报告 {len(found)} 份{rest}：")


async def _cards(actor: Actor, reports: list[str], element: str, text: str) -> None:
    cards = await desk().call(lambda: [card_of(desk().runner, actor, report) for report in reports[:SHOWN]])
    elements = [cl.CustomElement(name=element, props=card, display="inline") for card in cards]
    await say(text, elements)
