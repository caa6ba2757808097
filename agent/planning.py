"""Reading with an endpoint: the model names slots in people's words, our own resolvers turn the words into codes.

The rules read first. What they refuse stays refused; what they read whole is not sent out. Only a sentence that the
rules could not place (`unclear`, or an indicator nobody named) goes to the model, and its slots come back as one plain
sentence that the same rules read again: a code, a date or a unit is never taken from a model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.endpoint import Endpoint, EndpointFailed
from agent.events import Understood
from agent.grounding import REPORTS, SPLITS, grounded
from agent.limits import Limits
from agent.prompt import prompt
from agent.understanding import Context, IndicatorLookup, read
from agent.understanding.moments import Clock
from agent.understanding.normal import normalise
from agent.understanding.slots import read_slots
from agent.understanding.spelling import respelt
from agent.understanding.unit_names import listing
from core.domain.actor import Actor
from core.domain.org import OrgTree

READ_SECONDS = 60.0
_REPORT = re.compile(r"(?<!汇)报(?![修装停])|材料|总结|方案|专题|稿|文|规划|分析")
_VERBS = {
    "query": "{what}是多少",
    "compare": "{what}{compare}变化",
    "rank": "{by}{what}排名",
    "breakdown": "{by}{what}",
    "detect": "{what}有没有异常",
    "explain": "{what}为什么变化",
    "churn": "哪些大客户可能流失",
    "forecast": "预测{what}",
    "report": "做一份{report}",
    "search": "{what}的口径是什么",
}


class Slots(BaseModel):
    """What the model may say: phrases, never codes."""

    model_config = ConfigDict(extra="ignore")

    intent: Literal[
        "query", "compare", "rank", "breakdown", "detect", "explain", "churn", "forecast", "report", "search", "unclear"
    ]
    indicator: list[str] = Field(default_factory=list, max_length=8)
    org: list[str] = Field(default_factory=list, max_length=12)
    period: str = ""
    by: str = ""
    compare: Literal["同比", "环比", "累计", ""] = ""
    report: str = ""


_BY = ("", *SPLITS.values())
_REPORTS = ("", *REPORTS.values())


def schema(indicators: Sequence[str]) -> dict[str, Any]:
    """What an answer must look like; an indicator can only be one of those that there are."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["intent", "indicator", "org", "period", "by", "compare", "report"],
        "properties": {
            "intent": {"type": "string", "enum": [*_VERBS, "unclear"]},
            "indicator": {"type": "array", "items": {"type": "string", "enum": list(indicators)}, "maxItems": 4},
            "org": {"type": "array", "items": {"type": "string", "maxLength": 16}, "maxItems": 6},
            "period": {"type": "string", "maxLength": 24},
            "by": {"type": "string", "enum": list(_BY)},
            "compare": {"type": "string", "enum": ["同比", "环比", "累计", ""]},
            "report": {"type": "string", "enum": list(_REPORTS)},
        },
    }


def needs_model(understood: Understood) -> bool:
    """Whether the rules came to an end: nothing placed, or no indicator found where one is needed."""
    if understood.intent == "refuse" and understood.refusal:
        return False
    return bool(understood.clarify) and (understood.intent == "unclear" or understood.indicator is None)


def read_with(
    endpoint: Endpoint,
    text: str,
    rules: Understood,
    *,
    today: date,
    actor: Actor,
    tree: OrgTree,
    indicators: IndicatorLookup,
    context: Context,
    limits: Limits,
    most: float = READ_SECONDS,
) -> tuple[Understood, int]:
    """(reading, tokens). Raises EndpointFailed; a contradiction with what the rules did read leaves their reading."""
    main = [item.name for code, item in indicators.indicators.items() if "." not in code]
    last = "、".join([*context.org, *context.indicator, context.period.label if context.period else ""]) or "无"
    asking = prompt("understand")
    asked = asking.render(
        text=text[:500],
        today=f"{today.year}年{today.month}月{today.day}日",
        indicators="、".join(main),
        orgs=listing(tree, 30, context.known_names),
        last_turn=last,
    )
    reply = endpoint.ask(asking, asked, schema(main), "slots", limits, most)
    try:
        slots = Slots.model_validate(reply.data)
    except ValidationError as error:
        raise EndpointFailed("语言模型给出的槽位不合格式，已改用内置规则") from error
    clean, _ = respelt(normalise(text), tree, indicators)
    clock = Clock(today=today, base=context.period, data_until=context.data_until)
    words = read_slots(clean, clock, actor.org, tree, indicators, context)
    slots = slots.model_copy(update=grounded(slots.model_dump(), words, indicators, tree))
    if slots.intent == "unclear":
        return rules, reply.tokens
    again = read(said(slots), today=today, actor=actor, tree=tree, indicators=indicators, context=context)
    if again.intent == "report" and not _REPORT.search(text):
        return rules, reply.tokens
    told = words.periods
    if told.period and not (told.problem or told.future) and again.period and again.intent != "forecast":
        again = again.model_copy(update={"period": told.period})
    if again.refusal or again.intent == "unclear" or _contradicts(rules, again):
        return rules, reply.tokens
    note = "按语言模型的理解：" + said(slots)
    return again.model_copy(update={"assumed": (*again.assumed, note)}), reply.tokens


def said(slots: Slots) -> str:
    """The slots as one plain sentence for the resolvers."""
    what = "、".join(slots.indicator)
    by = f"按{slots.by.removeprefix('按')}" if slots.by else ""
    compare = slots.compare if slots.intent != "compare" or slots.compare else "同比"
    among_units = slots.intent == "compare" and not slots.compare and len(slots.org) > 1
    verb = "{what}对比" if among_units else _VERBS[slots.intent]
    body = verb.format(what=what, by=by, compare=compare, report=_paper(slots.report))
    extra = slots.compare if slots.intent != "compare" and slots.compare not in what else ""
    return f"{'、'.join(slots.org)}{slots.period}{body}{extra}"


def _paper(name: str) -> str:
    """The report's name as people say it, so that it reads as a paper."""
    return f"{name}报告" if name.endswith(("专项", "分析")) else name or "月报"


def _contradicts(rules: Understood, again: Understood) -> bool:
    """A unit or a period that the sentence names is never replaced by another from a model."""
    named_org = rules.org is not None and not any("单位未指明" in note for note in rules.assumed)
    named_period = rules.period is not None and not any("期间未指明" in note for note in rules.assumed)
    if named_org and again.orgs and rules.orgs != again.orgs:
        return True
    return bool(named_period and again.period and rules.period != again.period)
