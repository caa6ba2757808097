"""The tool-calling loop of a follow-up question: model → tools → model, under ceilings, facts as the only numbers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from agent.events import Answer, Status, Step, ToolUse, Understood
from agent.precedents import earlier
from agent.turn import Turn
from agent.understanding.precedents import precedent
from core.domain.fact import Fact
from core.domain.org import OrgTree
from core.domain.report import Chart
from core.domain.tokens import TOKEN, UnknownToken, plain
from core.quoting import inert
from tools.toolbox import Collected, build_tools

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

LABELS = {
    "indicator_query": "查询指标",
    "detect_anomalies": "查找异常",
    "explain_change": "分析原因",
    "drill_change": "逐层查看",
    "data_review": "核对数据",
    "churn_ranking": "流失风险排序",
    "outlook": "预测",
    "satisfaction_forecast": "预测客户满意度",
    "campaign": "排序营销措施",
    "measure_outcomes": "核对策略执行情况",
    "analysis_versions": "核对分析版本",
    "search_knowledge": "检索知识库",
}
MOST_ROUNDS = 6


def converse(turn: Turn, understood: Understood) -> Answer:
    """Run the loop and render the answer. Failed reads are named in it; when nothing could be read the turn failed."""
    from agent.rule_model import RuleModel, carry

    collected = Collected()
    known: dict[str, Fact] = {}
    tools = build_tools(turn.actor, turn.bench(), collected, lambda text: _search(turn, text, understood))
    by_name = {tool.name: tool for tool in tools}
    chat = turn.services.llm.chat(known.get, turn.today)
    model = chat.bind_tools(tools)
    messages: list[Any] = [carry(turn.text, each_unit(understood, turn.tree))]
    text, labels = "", {}
    for _ in range(MOST_ROUNDS):
        turn.limits.step()
        reply = model.invoke(messages)
        messages.append(reply)
        text, labels = str(reply.content), reply.additional_kwargs.get("labels", {})
        calls = [call for call in reply.tool_calls if not turn.limits.repeated(call["name"], call["args"])]
        if not calls:
            break
        for call in calls:
            messages.append(_call(turn, by_name[call["name"]], call) if call["name"] in by_name else _unknown(call))
        known.update({fact.id: fact for fact in collected.facts})
    if not isinstance(chat, RuleModel) and not _sound(text, known, labels):
        # what a language model wrote itself is not shown; the rules word the same results
        results = [message for message in messages if message.type == "tool"]
        reply = RuleModel(known=known.get, today=turn.today).invoke([messages[0], *results])
        text, labels = str(reply.content), reply.additional_kwargs.get("labels", {})
    return _rendered(turn, understood, text, labels, collected)


def each_unit(understood: Understood, tree: OrgTree) -> Understood:
    """What the tools are asked for: a forecast by units (预测各区县…) is one for each unit below."""
    if understood.intent != "forecast" or understood.by != "org":
        return understood
    below = [unit.code for org in understood.orgs for unit in tree.children(org)]
    return understood.model_copy(update={"org": below, "by": None}) if below else understood


def _sound(text: str, facts: dict[str, Fact], labels: dict[str, str]) -> bool:
    """Whether every number of a text is a known token and nothing in it is live."""
    from tools.checks.numerals import find

    try:
        plain(text, facts, labels)
    except UnknownToken:
        return False
    words = TOKEN.sub("\ue001", text)
    return not find(words) and inert(words) == words


def _unknown(call: ToolCall) -> Any:
    """A tool that this actor has not: the model is told so, nothing runs."""
    from langchain_core.messages import ToolMessage

    return ToolMessage(content='{"error": "没有这个工具。"}', tool_call_id=call["id"] or "", name=call["name"])


def _call(turn: Turn, tool: Any, call: ToolCall) -> Any:
    begun = time.monotonic()
    label = LABELS.get(call["name"], call["name"])
    turn.substep(Step(id=f"answer.{call['id']}", parent="answer", label=label))
    message = tool.invoke(call)
    seconds = time.monotonic() - begun
    failed = str(message.content).startswith('{"error"')
    turn.tools.append(
        ToolUse(name=call["name"], args=call["args"], status="error" if failed else "ok", seconds=round(seconds, 3))
    )
    status = "error" if failed else "ok"
    turn.substep(Step(id=f"answer.{call['id']}", parent="answer", label=label, status=status, seconds=seconds))  # type: ignore[arg-type]
    return message


def _rendered(turn: Turn, understood: Understood, text: str, labels: dict[str, str], collected: Collected) -> Answer:
    facts = {fact.id: fact for fact in collected.facts}
    read = [fact for fact in facts.values() if fact.status not in {"error", "denied"}]
    status: Status = "answered"
    if facts and not read:
        status = "refused" if all(fact.status == "denied" for fact in facts.values()) else "failed"
    return Answer(
        status=status,
        text=plain(text, facts, labels),
        marked=_labelled(text, labels),
        thread=turn.thread,
        understood=understood,
        facts=list(facts.values()),
        findings=collected.findings,
        charts=_charts(list(facts.values())),
    )


def _labelled(text: str, labels: dict[str, str]) -> str:
    """The text with its label tokens printed and its fact tokens kept, so that figures can open their cards."""
    for name, shown in labels.items():
        text = text.replace("{{" + name + "}}", shown)
    return text


def _charts(facts: list[Fact]) -> list[dict[str, Any]]:
    """A chart where an answer has a series of at least three members of one indicator."""
    from agent.drafting.book import Book
    from agent.drafting.exhibits import chart
    from knowledge.template_grammar import ChartSpec, SeriesSpec

    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        if fact.by is not None and not fact.method:
            groups.setdefault((fact.indicator, fact.by.dim), []).append(fact)
    out: list[Chart] = []
    for (indicator, dim), members in groups.items():
        if len(members) < 3:
            continue
        series = SeriesSpec(name=members[0].name, of="members")
        spec = ChartSpec(
            id=f"{indicator}_{dim}",
            caption=members[0].name,
            form="trend" if dim in {"month", "day"} else "bar",
            series=(series,),
            unit="auto",
            limit=31 if dim == "day" else 13,
        )
        made = chart(spec, Book({"members": members}))
        if made:
            out.append(made)
    return [item.model_dump(mode="json") for item in out[:2]]


def _search(turn: Turn, text: str, understood: Understood) -> list[dict[str, str]]:
    index = turn.services.index()
    before = precedent(turn.text)
    hits = earlier(index, turn.actor, text, understood) if before else index.search(text, actor=turn.actor, k=5)
    room = 600 if before else 300
    return [
        {
            "id": hit.doc.id,
            "kind": hit.doc.kind,
            "title": inert(hit.doc.title),
            "text": inert(hit.doc.text[:room]),
            "ended": str(hit.doc.facts.get("period_end", "")),
        }
        for hit in hits
    ]
