"""Answer a question, or act on a report that is already there; everything ends here that is not a new report."""

from __future__ import annotations

from agent import standing
from agent.answers import with_costs
from agent.conversation import converse
from agent.events import Answer, ReportRef, Status, Understood
from agent.prompt import prompt
from agent.redraft import redraft
from agent.state import RunState
from agent.turn import Turn
from core.approval import submit
from core.domain.lifecycle import State
from core.errors import BadRequest, GmaError

NOT_IN_CHAT = "聊天中的话不算审批。请审核人打开「待我审批」里的审批卡片，对所审版本作出批准、修改、退回或否决的决定。"
NOT_OPEN = {
    "share": "目前不能生成分享链接：已发布的报告可在报告列表下载 Word，由有权限的同事自行打开。",
}


def run(state: RunState, turn: Turn) -> RunState:
    understood = turn.understood()
    answer = with_costs(_answer(turn, understood), turn)
    with turn.store.begin() as unit:
        if answer.status == "refused":
            told = {"reason": answer.text[:200], "intent": understood.intent}
            if understood.intent == "share":
                told |= {"run": turn.run}
                unit.audit.append(turn.actor.user, "share", understood.report or "-", "refused", told)
            else:
                unit.audit.append(turn.actor.user, "ask", turn.run, "refused", told)
        unit.runs.save(
            turn.run,
            "facts",
            {
                "facts": [fact.model_dump(mode="json") for fact in answer.facts],
                "findings": [finding.model_dump(mode="json") for finding in answer.findings],
            },
        )
        unit.runs.mark(turn.run, answer=answer.model_dump_json(), status="done", node="answer", waits_for="")
    return {"done": "answer"}


def _answer(turn: Turn, understood: Understood) -> Answer:
    def said(status: Status, text: str) -> Answer:
        return Answer(status=status, text=text, thread=turn.thread, understood=understood)

    if understood.refusal:
        return said("refused", understood.refusal)
    if understood.clarify:
        return said("clarify", understood.clarify)
    match understood.intent:
        case "smalltalk":
            unit = turn.tree.get(turn.actor.org)
            words = {"name": turn.actor.name, "unit": unit.short if unit else turn.actor.org}
            return said("answered", prompt("smalltalk").render(**words).strip())
        case "decide":
            return said("refused", NOT_IN_CHAT)
        case "revise":
            return _on_report(turn, understood)
        case "search" if standing.asked(understood.query or ""):
            return said("answered", standing.told(turn, understood.query or ""))
        case "share":
            return said("refused", NOT_OPEN[understood.intent])
        case "submit" | "export":
            return _on_report(turn, understood)
        case "unclear" | "refuse":
            return said("clarify", "没有看懂这句话。请写明指标、单位和时间，例如「望湖区10月售电量」。")
        case _:
            return converse(turn, understood)


def _on_report(turn: Turn, understood: Understood) -> Answer:
    """Submit or export the report at hand: the one named, else the last one of this conversation."""
    with turn.store.begin() as unit:
        at_hand = understood.report or unit.runs.context(turn.thread).get("report")
        if not at_hand:
            own = [item for item in unit.reports.list(turn.actor) if item.author == turn.actor.user]
            at_hand = own[0].id if own else None
    if not at_hand:
        raise BadRequest("还没有可以处理的报告。", "请先说「帮我做一份2026年10月的营销指标月报」。")
    text = (
        f"报告 {at_hand} 可以导出为 Word、PDF、PPT 和网页：在报告卡片上点相应的下载按钮，"
        f"或用 gma export {at_hand} --format docx（pdf、pptx、html）。"
    )
    status: Status = "answered"
    if understood.intent == "revise":
        text = f"报告 {at_hand}：{redraft(turn, at_hand)}"
        status = "drafted"
    if understood.intent == "submit":
        try:
            submit(turn.store, turn.actor, at_hand)
        except GmaError as error:
            return Answer(status="refused", text=str(error), thread=turn.thread, understood=understood)
        status = "waiting_approval"
        text = f"报告 {at_hand} 已送审，等待有权限的审核人审批。"
    with turn.store.begin() as unit:
        detail = unit.reports.detail(at_hand, turn.actor)
    summary = detail.summary
    ref = ReportRef(
        id=summary.id,
        version=summary.version,
        hash=summary.hash,
        state=State(summary.state),
        template=summary.template,
        title=summary.title,
    )
    return Answer(status=status, text=text, thread=turn.thread, understood=understood, report=ref)
