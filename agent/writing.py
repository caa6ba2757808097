"""Writing with an endpoint: a section's sentences reworded, checked token by token, else the rules' own text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent.endpoint import Endpoint, EndpointFailed
from agent.limits import Limits
from agent.prompt import prompt
from core.domain.fact import Fact
from core.domain.tokens import TOKEN

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["paragraphs"],
    "properties": {"paragraphs": {"type": "array", "items": {"type": "string"}}},
}
TRIES = 2
_DIGIT = re.compile(r"[0-9０-９]")
_SPOKEN = re.compile(
    r"百分之[零一二三四五六七八九十百两半]|[零一二三四五六七八九十百千两]+(?:点[零一二三四五六七八九]+)?(?:个百分点|"
    r"成|倍|万|亿|户|件|元|千瓦时)|翻(?:一|两|了)?番"
)
_BANNED = re.compile(r"大幅跳水|彻底杜绝|断崖|暴跌|暴涨|约\{\{|负增长|左右")
_WORD = {
    "yoy": "同比变化的词组（如“同比增长…”）",
    "mom": "环比变化的词组（如“环比下降…”）",
    "ytd": "本年累计值（带单位）",
    "ytd_yoy": "累计同比变化的词组",
    "mom_daily": "日均环比变化的词组",
}


def problem_of(written: Sequence[str], original: Sequence[str]) -> str:
    """Why a rewording cannot stand (a Chinese reason), or an empty string. Pure; also used by tests and evaluations."""
    if len(written) != len(original):
        return f"应有 {len(original)} 段，写了 {len(written)} 段"
    for text, source in zip(written, original, strict=True):
        if not text.strip():
            return "有一段是空的"
        bare = TOKEN.sub("", text)
        if "{{" in bare or "}}" in bare:
            return "记号写法有误"
        known, used = tokens_of(source), tokens_of(text)
        strange = [token for token in used if token not in known]
        if strange:
            return f"用了原文没有的记号 {strange[0]}"
        lost = [token for token in known if token not in used and token.startswith("{{F")]
        if lost:
            return f"漏了记号 {lost[0]}"
        if _DIGIT.search(bare) and not set(_DIGIT.findall(bare)) <= set(_DIGIT.findall(TOKEN.sub("", source))):
            return f"写了数字“{_DIGIT.findall(bare)[0]}”，数字只能由记号给出"
        if _SPOKEN.search(bare) and not _SPOKEN.search(TOKEN.sub("", source)):
            return "写了汉字数字，数字只能由记号给出"
        if _BANNED.search(text) and not _BANNED.search(source):
            return "用了不规范的说法"
        if re.search(r"(?:同比|环比)\s*(?:增长|下降|提高|上升)?\{\{F\d+\.(?:yoy|mom)\}\}", text):
            return "同比、环比记号前后重复了“同比”“环比”"
        if len(bare) > 3 * len(TOKEN.sub("", source)) + 60:
            return "写得太长，增加了原文没有的内容"
    return ""


def tokens_of(text: str) -> list[str]:
    """The tokens of a text, normalised, in order."""
    return [re.sub(r"\s+", "", match.group(0)) for match in TOKEN.finditer(text)]


def write_with(
    endpoint: Endpoint, heading: str, texts: Sequence[str], facts: Mapping[str, Fact], limits: Limits
) -> tuple[list[str], int, int, str]:
    """(paragraphs, calls, tokens, fallback reason). One retry with the reason; then the original text stands."""
    problem = ""
    calls = spent = 0
    for _ in range(TRIES):
        asking = prompt("write")
        asked = asking.render(
            heading=heading,
            sentences="\n".join(texts),
            facts=_meanings(texts, facts),
            problem=problem or "无（这是第一稿）",
        )
        calls += 1
        try:
            reply = endpoint.ask(asking, asked, SCHEMA, "paragraphs", limits)
        except EndpointFailed as failed:
            return list(texts), calls, spent, str(failed)
        spent += reply.tokens
        found = reply.data.get("paragraphs")
        written = [str(item).strip() for item in found] if isinstance(found, list) else []
        problem = problem_of(written, texts)
        if not problem:
            return written, calls, spent, ""
    return list(texts), calls, spent, f"“{heading}”语言模型两次改写未通过检查（{problem}），已用规则文字"


def _meanings(texts: Sequence[str], facts: Mapping[str, Fact]) -> str:
    """One line for each token: name, unit of organisation, period and direction; never a value."""
    lines: list[str] = []
    for token in dict.fromkeys(token for text in texts for token in tokens_of(text)):
        match = TOKEN.fullmatch(token)
        fact = facts.get(match.group(1)) if match else None
        if match is None or fact is None:
            continue
        member = f"{fact.by.label}的" if fact.by else ""
        lines.append(f"{token}：{fact.org_name}{member}{fact.name}，{_kind(fact, match.group(2) or '')}")
    return "\n".join(lines) or "（只有文字记号）"


def _kind(fact: Fact, field: str) -> str:
    if not field:
        return "数值（带单位）" if fact.has_value else "暂无数据"
    change = getattr(fact.compare, field, None)
    way = (
        ""
        if change is None or field == "ytd"
        else "，方向为上升"
        if change > 0
        else "，方向为下降"
        if change < 0
        else "，持平"
    )
    return _WORD.get(field, "文字") + way
