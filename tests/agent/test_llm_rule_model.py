"""The rule model speaks the tool-calling protocol, and writes answers in tokens without a digit."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain_core.tools import StructuredTool

from agent.events import Understood
from agent.rule_model import RuleModel, carry, plan
from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from core.domain.tokens import TOKEN, plain
from core.errors import BadRequest

OCTOBER = Period.month(2026, 10)


def fact(number: int, value: str | None, **more: Any) -> Fact:
    base: dict[str, Any] = {
        "id": f"F{number}",
        "indicator": "A02",
        "name": "售电量",
        "value": Decimal(value) if value is not None else None,
        "unit": "kWh",
        "period": OCTOBER,
        "org": "9940104",
        "org_name": "望湖区供电公司",
        "status": "ok" if value is not None else "empty",
    }
    return Fact(**(base | more))


def brief(one: Fact) -> dict[str, Any]:
    has = [name for name in ("yoy", "mom", "ytd", "ytd_yoy") if getattr(one.compare, name) is not None]
    return {
        "id": one.id,
        "indicator": one.indicator,
        "name": one.name,
        "org_name": one.org_name,
        "period": one.period.label,
        "by": one.by.model_dump() if one.by else None,
        "status": one.status,
        "zero": one.value == 0,
        "reason": one.reason,
        "has": has,
    }


def answer(understood: Understood, facts: list[Fact], **more: Any) -> tuple[str, str]:
    """(text with tokens, text as printed) for one turn whose tools returned these facts."""
    by_id = {one.id: one for one in facts}
    body = json.dumps({"facts": [brief(one) for one in facts], **more}, ensure_ascii=False)
    reply = RuleModel(known=by_id.get).invoke(
        [carry("问题", understood), AIMessage(content=""), ToolMessage(content=body, tool_call_id="call_1")]
    )
    text = str(reply.content)
    return text, plain(text, by_id, reply.additional_kwargs["labels"])


def typed_digits(text: str) -> list[str]:
    return re.findall(r"\d", TOKEN.sub("", text))


def indicator_query(indicator: list[str], org: list[str], period: str, by: str | None = None) -> str:
    """查指标"""
    return ""


TOOL = StructuredTool.from_function(indicator_query)
QUERY = Understood(intent="query", indicator="A02", org="9940104", period=OCTOBER)


def test_calls_the_tool_with_codes_in_the_declared_shape() -> None:
    reply = RuleModel().bind_tools([TOOL]).invoke([carry("望湖区10月售电量", QUERY)])
    assert [(call["name"], call["args"]) for call in reply.tool_calls] == [
        ("indicator_query", {"indicator": ["A02"], "org": ["9940104"], "period": "2026-10"})
    ]


def test_streams_tool_calls_that_add_up_and_marks_the_last_chunk() -> None:
    chunks = list(RuleModel().bind_tools([TOOL]).stream([carry("望湖区10月售电量", QUERY)]))
    assert isinstance(chunks[-1], AIMessageChunk) and chunks[-1].chunk_position == "last"
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    assert whole.tool_calls[0]["name"] == "indicator_query"
    assert whole.tool_calls[0]["args"]["period"] == "2026-10"


def test_streamed_text_equals_the_invoked_text() -> None:
    body = json.dumps({"facts": [brief(fact(1, "118400000"))]}, ensure_ascii=False)
    messages = [carry("问题", QUERY), ToolMessage(content=body, tool_call_id="call_1")]
    streamed = "".join(str(chunk.content) for chunk in RuleModel().stream(messages))
    assert streamed == RuleModel().invoke(messages).content


def test_without_a_reading_it_refuses_to_guess() -> None:
    with pytest.raises(BadRequest):
        RuleModel().invoke([HumanMessage("望湖区10月售电量")])


def test_one_figure_with_its_comparisons() -> None:
    compare = Compare(yoy=Decimal("-15.2"), mom=Decimal("-3.4"), ytd=Decimal("1187200000"), ytd_yoy=Decimal("4.86"))
    text, printed = answer(QUERY, [fact(1, "102500000", compare=compare)])
    assert typed_digits(text) == []
    assert printed == (
        "2026年10月，望湖区供电公司售电量1.03亿千瓦时，同比下降15.20%，环比下降3.40%；"
        "本年累计11.87亿千瓦时，累计同比增长4.86%。"
    )


@pytest.mark.parametrize(
    ("status", "value", "words"),
    [
        ("empty", None, "无数据"),
        ("denied", None, "无权限查看"),
        ("error", None, "取数失败"),
        ("ok", "0", "确为零值"),
        ("partial", "5", "尚不完整"),
    ],
)
def test_five_states_are_five_sentences(status: str, value: str | None, words: str) -> None:
    text, printed = answer(QUERY, [fact(1, value, status=status)])
    assert words in printed and typed_digits(text) == []
    others = {"无数据", "无权限查看", "取数失败", "确为零值"} - {words}
    assert not any(other in printed for other in others)


def test_ranking_sorts_by_value_and_cuts_at_top() -> None:
    rows = [
        fact(n, value, org="99401", org_name="云州公司", by=By(dim="org", key=str(n), label=label))
        for n, value, label in ((1, "10", "清河区"), (2, "30", "临江市"), (3, "20", "望湖区"))
    ]
    rank = Understood(intent="rank", indicator="A02", org="99401", period=OCTOBER, by="org", order="desc", top=2)
    text, printed = answer(rank, rows)
    assert (
        "各单位售电量由高到低依次为：临江市30.00千瓦时、望湖区20.00千瓦时等。" in printed and typed_digits(text) == []
    )
    _, lowest = answer(rank.model_copy(update={"order": "asc"}), rows)
    assert "由低到高依次为：清河区10.00千瓦时、望湖区20.00千瓦时等。" in lowest


def test_findings_errors_passages_and_assumptions_are_carried_by_labels() -> None:
    detect = Understood(intent="detect", org="9940104", period=OCTOBER, assumed=("期间未指明，按2026年10月",))
    findings = [
        {"title": "10kV望湖线用电骤降", "severity": "异常", "text": "{{F1.name}}{{F1.yoy}}，明显低于常年水平。"}
    ]
    text, printed = answer(detect, [fact(1, "5", compare=Compare(yoy=Decimal("-20")))], findings=findings)
    assert "【异常】10kV望湖线用电骤降：售电量同比下降20.00%" in printed and typed_digits(text) == []
    assert "期间未指明，按2026年10月" in printed
    _, failed = answer(detect, [], error="采集2.0取数超过30秒")
    assert "采集2.0取数超过30秒" in failed
    search = Understood(intent="search", query="售电量口径")
    text, printed = answer(search, [], hits=[{"title": "A02 售电量", "text": "按发行电量统计，含2类退补"}])
    assert "《A02 售电量》按发行电量统计，含2类退补" in printed and typed_digits(text) == []


def test_nothing_found_is_said() -> None:
    _, printed = answer(Understood(intent="detect", org="9940104", period=OCTOBER), [])
    assert "未发现超过关注阈值的异常" in printed
    _, printed = answer(Understood(intent="search", query="x"), [], hits=[])
    assert "没有找到" in printed


@pytest.mark.parametrize(
    ("understood", "expected"),
    [
        (
            Understood(intent="detect", org=["9940101", "9940104"], period=OCTOBER),
            [
                ("detect_anomalies", {"org": "9940101", "period": "2026-10"}),
                ("detect_anomalies", {"org": "9940104", "period": "2026-10"}),
            ],
        ),
        (
            Understood(intent="explain", indicator="A02", org="9940104", period=OCTOBER),
            [("explain_change", {"indicator": "A02", "org": "9940104", "period": "2026-10"})],
        ),
        (
            Understood(intent="churn", org="99401", period=Period.month(2026, 11)),
            [("churn_ranking", {"org": "99401", "as_of": "2026-11-05"})],
        ),
        (
            Understood(intent="forecast", indicator="A02", org="99401", period=Period.month(2026, 12)),
            [("outlook", {"org": "99401", "period": "2026-10"})],
        ),
        (Understood(intent="search", query="线损口径"), [("search_knowledge", {"query": "线损口径"})]),
        (Understood(intent="smalltalk"), []),
    ],
)
def test_plan(understood: Understood, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert plan(understood, today=date(2026, 11, 5)) == expected
