"""The rule model: a deterministic chat model that needs no network and speaks the tool-calling protocol.

It does not read Chinese: the reading is done (`agent.understanding`) and travels as JSON in the
`additional_kwargs["understood"]` of the last system or human message (`carry` puts it there). With no tool result
yet it calls the bound tools that the reading needs; with results it writes the answer from them, in fact tokens only.
The labels that the text uses stand in the answer's `additional_kwargs["labels"]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import ToolCall, ToolCallChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from agent.events import Understood
from agent.rule_text import answer_text
from agent.seen import Results
from agent.understanding.data_review import REVIEW
from agent.understanding.deeper import DEEPER
from agent.understanding.measures import MEASURES, OUTCOMES
from agent.understanding.version_review import VERSIONS
from core.domain.fact import Fact
from core.domain.period import Period, shift_months
from core.errors import BadRequest

ORDERED = frozenset({"org", "month", "day"})


def carry(text: str, understood: Understood) -> HumanMessage:
    """The human message of a turn with its reading attached."""
    return HumanMessage(content=text, additional_kwargs={"understood": understood.model_dump(mode="json")})


class RuleModel(BaseChatModel):
    """`known` gives the fact of an id (for order only); `today` bounds what can be forecast from."""

    known: Callable[[str], Fact | None] = lambda _: None
    today: date | None = None

    @property
    def _llm_type(self) -> str:
        return "rule"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | Any],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind the tools of one actor; only their names and parameter names matter."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages, kwargs.get("tools") or []))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._reply(messages, kwargs.get("tools") or [])
        pieces = [piece for piece in re.split(r"(?<=[。\n])", str(reply.content)) if piece]
        for piece in pieces:
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=piece))
            if run_manager:
                run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk
        calls = [
            ToolCallChunk(
                name=call["name"], args=json.dumps(call["args"], ensure_ascii=False), id=call["id"], index=index
            )
            for index, call in enumerate(reply.tool_calls)
        ]
        last = AIMessageChunk(
            content="", tool_call_chunks=calls, additional_kwargs=reply.additional_kwargs, chunk_position="last"
        )
        yield ChatGenerationChunk(message=last)

    def _reply(self, messages: list[BaseMessage], tools: list[dict[str, Any]]) -> AIMessage:
        understood, at = _reading(messages)
        results = [message for message in messages[at:] if isinstance(message, ToolMessage)]
        if not results:
            calls = self._calls(understood, {tool["function"]["name"]: tool["function"] for tool in tools})
            if calls:
                return AIMessage(content="", tool_calls=calls)
        seen = Results()
        for message in results:
            seen.take(str(message.content), self.known)
        text, labels = answer_text(understood, seen)
        return AIMessage(content=text, additional_kwargs={"labels": labels})

    def _calls(self, understood: Understood, bound: dict[str, dict[str, Any]]) -> list[ToolCall]:
        wanted = plan(understood, self.today)
        calls: list[ToolCall] = []
        for index, (name, args) in enumerate(wanted, start=1):
            if name in bound:
                accepted = _accepted(bound[name], args)
                calls.append(ToolCall(name=name, args=accepted, id=f"call_{index}", type="tool_call"))
        return calls


def plan(understood: Understood, today: date | None = None) -> list[tuple[str, dict[str, Any]]]:
    """The tool calls that a reading needs, with all arguments as codes."""
    period = understood.period
    code = period.code if period else ""
    match understood.intent:
        case "query" | "compare" | "rank" | "breakdown":
            limit = understood.top if understood.by not in ORDERED and understood.order != "asc" else None
            args = {
                "indicator": understood.indicators,
                "org": understood.orgs,
                "period": code,
                "by": understood.by,
                "limit": limit,
            }
            return [("indicator_query", args)]
        case "detect" if understood.query == REVIEW:
            return [("data_review", {"org": org, "period": code}) for org in understood.orgs]
        case "detect" if understood.query == MEASURES:
            return [("campaign", {"org": org, "period": code}) for org in understood.orgs]
        case "detect" if understood.query == OUTCOMES:
            return [("measure_outcomes", {"org": org, "period": code}) for org in understood.orgs]
        case "detect" if understood.query and understood.query.startswith(VERSIONS):
            names = understood.query.partition(":")[2]
            return [("analysis_versions", {"org": org, "period": code, "names": names}) for org in understood.orgs]
        case "detect":
            level = {"by": understood.by} if understood.by else {}
            return [("detect_anomalies", {"org": org, "period": code, **level}) for org in understood.orgs]
        case "explain" if understood.query == DEEPER:
            step = {"period": code, "by": understood.by, "seen": list(understood.drilled)}
            return [("drill_change", {"org": org, **step}) for org in understood.orgs]
        case "explain":
            suspect = {"about": understood.query} if understood.query else {}
            return [
                ("explain_change", {"indicator": indicator, "org": org, "period": code, **suspect})
                for org in understood.orgs
                for indicator in understood.indicators
            ]
        case "churn":
            day = period.end if period else today
            if day and today:
                day = min(day, today)
            return [("churn_ranking", {"org": org, "as_of": day.isoformat() if day else ""}) for org in understood.orgs]
        case "forecast":
            base = _base(period, today)
            given = [{"org": org, "period": base.code if base else ""} for org in understood.orgs]
            asked = ["satisfaction_forecast"] if "E08" in understood.indicators else []
            if not asked or len(understood.indicators) > 1:
                asked.append("outlook")
            return [(tool, args) for tool in asked for args in given]
        case "search":
            return [("search_knowledge", {"query": understood.query or ""})]
    return []


def _base(period: Period | None, today: date | None) -> Period | None:
    """The month to forecast from: the one before the wanted period, not later than the last closed month."""
    if period is None:
        return None
    first = shift_months(period.start.replace(day=1), -1)
    if today:
        first = min(first, shift_months(today.replace(day=1), -1))
    return Period.month(first.year, first.month)


def _accepted(function: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    """Arguments in the shape that the tool declares; unknown and empty ones are left out."""
    properties: dict[str, Any] = function.get("parameters", {}).get("properties", {})
    out: dict[str, Any] = {}
    for name, value in args.items():
        if name not in properties or value is None or value == "":
            continue
        wants_list = properties[name].get("type") == "array"
        if isinstance(value, list) and not wants_list:
            value = value[0] if value else ""
        elif wants_list and not isinstance(value, list):
            value = [value]
        out[name] = value
    return out


def _reading(messages: list[BaseMessage]) -> tuple[Understood, int]:
    """The last reading carried by the messages and where it stands; raises BadRequest when there is none."""
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if isinstance(message, HumanMessage | SystemMessage) and "understood" in message.additional_kwargs:
            return Understood.model_validate(message.additional_kwargs["understood"]), index
    raise BadRequest("规则模型没有收到理解结果。", "请用 agent.rule_model.carry 构造消息。")
