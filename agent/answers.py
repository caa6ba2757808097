"""The answer of a turn: from the ledger for finished runs, from the record for reports, from the error for failures."""

from __future__ import annotations

import json
import time

from agent.events import Answer, ReportRef, Status, Understood
from agent.turn import Turn
from core.approval import ENDORSEMENT
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.lifecycle import State
from core.domain.report import ReportContent
from core.errors import BadRequest, Conflict, GmaError, NotFound, Refused
from core.store import Unit
from core.store.tables import ReportRow, RunRow

STATUS_OF: dict[State, Status] = {
    State.DRAFT: "drafted",
    State.WAITING: "waiting_approval",
    State.APPROVED: "waiting_approval",
    State.RETURNED: "answered",
    State.REJECTED: "answered",
    State.PUBLISHED: "published",
    State.ARCHIVED: "published",
}


def answer_for_run(unit: Unit, run: RunRow, turn: Turn | None) -> Answer:
    """What the run has come to. A question's answer is stored whole; a report's is read from the record."""
    if run.answer is not None:
        answer = Answer.model_validate_json(run.answer)
    elif run.report is None:
        answer = Answer(status="failed", text=run.error or "处理尚未完成。", thread=run.thread)
    else:
        answer = _report_answer(unit, run, unit.reports.row(run.report))
    return with_costs(answer, turn)


def with_costs(answer: Answer, turn: Turn | None) -> Answer:
    if turn is None:
        return answer
    seconds = round(time.monotonic() - turn.started, 3)
    return answer.model_copy(update={"tools": turn.tools, "llm": turn.llm_use, "seconds": seconds})


def failed_answer(error: GmaError, thread: str, turn: Turn | None = None) -> Answer:
    """Errors are answers: a refusal is `refused`, bad input asks to `clarify`, the rest is `failed`."""
    refused = isinstance(error, Refused | NotFound | Conflict)
    status: Status = "refused" if refused else "clarify" if isinstance(error, BadRequest) else "failed"
    answer = Answer(status=status, text=str(error), thread=thread)
    if turn is not None:
        understood = turn.load("understood")
        answer = answer.model_copy(update={"understood": Understood.model_validate(understood) if understood else None})
    return with_costs(answer, turn)


def _report_answer(unit: Unit, run: RunRow, row: ReportRow) -> Answer:
    version = unit.reports.version(row.id)
    content = ReportContent.model_validate_json(version.content)
    state = State(row.state)
    understood = unit.runs.load(run.id, "understood")
    return Answer(
        status=STATUS_OF[state],
        text=_report_text(unit, row, state, content, json.loads(version.checks)) + _advice(unit, run, state),
        thread=run.thread,
        understood=Understood.model_validate(understood) if understood else None,
        facts=list[Fact](content.facts),
        findings=list[Finding](content.findings),
        report=ReportRef(
            id=row.id, version=row.version, hash=version.hash, state=state, template=row.template, title=row.title
        ),
    )


def _advice(unit: Unit, run: RunRow, state: State) -> str:
    """What reviewers said of earlier reports of this kind, for the author of a draft."""
    if state is not State.DRAFT:
        return ""
    said = (unit.runs.load(run.id, "plan") or {}).get("advice", ())
    return "\n往期审核意见，请对照：\n" + "\n".join(f"- {text}" for text in said) if said else ""


def _report_text(
    unit: Unit, row: ReportRow, state: State, content: ReportContent, checks: list[dict[str, object]]
) -> str:
    unmet = [check["level"] for check in checks if not check["passed"]]
    failed = unmet.count("error")
    head = f"《{row.title}》（{row.id}，第 {row.version} 版）"
    missing = [source.label for source in content.sources if source.status in {"error", "denied", "empty"}]
    gap = f"其中{'、'.join(missing)}没有取到数，相关内容已在报告中注明。" if missing else ""
    assumed = f"{'；'.join(content.assumptions)}。" if content.assumptions else ""
    decision = unit.reports.act(row.id, row.version, "decision")
    by = unit.accounts.name_of(decision.actor) if decision else ""
    comment = f"意见：{decision.comment}" if decision and decision.comment else ""
    match state:
        case State.DRAFT:
            verdict = "校验全部通过"
            if failed:
                verdict = f"有 {failed} 项校验未通过，送审前须改正"
            elif unmet:
                verdict = f"校验没有错误，有 {len(unmet)} 项请留意（见审核清单）"
            return (
                f"{head}初稿已完成：{len(content.facts)} 个数据事实，{len(content.findings)} 项发现，{verdict}。"
                f"{gap}{assumed}请审阅；确认后说「提交审核」。"
            )
        case State.WAITING if first := unit.reports.act(row.id, row.version, ENDORSEMENT):
            return f"{head}已由{unit.accounts.name_of(first.actor)}同意，本报告须两名审核人分别审批，等待另一名审核人。"
        case State.WAITING:
            return f"{head}已送审，等待有权限的审核人审批。聊天中的「同意」不算审批，须由审核人在审批卡片上决定。{gap}"
        case State.RETURNED | State.REJECTED:
            return f"{head}已被{by}{'退回' if state is State.RETURNED else '否决'}。{comment}"
        case State.APPROVED:
            return f"{head}已由{by}批准，正在发布。"
        case _:
            return f"{head}已由{by}批准并发布，已归档到知识库。{comment}"
