"""Where reports stand: those that wait for the reader's decision, and how far the latest ones have come."""

from __future__ import annotations

from agent.turn import Turn
from agent.understanding.report_state import HOW_FAR, MINE
from core.domain.lifecycle import State

SHOWN = 5


def asked(text: str) -> bool:
    """Whether a normalised sentence asks where reports stand, not for their content or for a term."""
    return bool(MINE.search(text) or HOW_FAR.search(text))


def told(turn: Turn, text: str) -> str:
    """The answer in Chinese from the record, over the reports that the actor may see."""
    with turn.store.begin() as unit:
        if MINE.search(text):
            waiting = [
                item for item in unit.reports.list(turn.actor, states=[State.WAITING]) if item.author != turn.actor.user
            ]
            if not turn.actor.reviews:
                return "您的角色不审批报告。要看自己报告的进度，请问「报告进度怎么样」。"
            if not waiting:
                return "现在没有等您审批的报告。要看其他报告，请打开报告列表。"
            lines = [f"- 《{item.title}》（{item.id}，第 {item.version} 版）" for item in waiting[:SHOWN]]
            return (
                f"等您审批的报告有 {len(waiting)} 份：\n"
                + "\n".join(lines)
                + "\n请打开「待我审批」里的审批卡片，对所审版本作出决定。"
            )
        found = unit.reports.list(turn.actor, limit=SHOWN)
    if not found:
        return "您还没有可以查看的报告。可以说「帮我做一份2026年10月的营销指标月报」。"
    lines = [f"- 《{item.title}》（{item.id}，第 {item.version} 版）：{item.state.label}" for item in found]
    return "最近的报告：\n" + "\n".join(lines) + "\n初稿确认后说「提交审核」；已送审的由审核人在审批卡片上决定。"
