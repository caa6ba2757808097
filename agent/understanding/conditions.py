"""Members and conditions that a sentence names (大工业, 超过…): shown by a split, or said not to be applied."""

from __future__ import annotations

import re

from agent.events import Understood
from agent.understanding.draft import Draft
from agent.understanding.glossary import member
from agent.understanding.leftover import trim
from agent.understanding.slots import Slots

DIMENSIONS = {
    "org": "单位",
    "industry": "行业",
    "tariff_class": "用电类别",
    "voltage": "电压等级",
    "tg": "台区",
    "month": "月份",
    "day": "日期",
    "customer": "客户",
    "biz_type": "业务类型",
    "cause": "原因",
}
_WHOLE = {"A06": "A02", "A07": "A02"}
"""Indicators that are a split of another: asked by another dimension, the other answers."""
_CONDITION = re.compile(
    r"工作日|节假日|周末|夜间|白天|晚上|(?:超过|低于|高于|大于|小于|不足|不到|达到|突破|少于|多于)\d+(?:\.\d+)?(?:%|亿|万|个百分点|"
    r"千瓦时|元|户|件|次)*"
)


def apply_members(draft: Draft) -> None:
    """大工业售电量 is answered by the split that shows 大工业; what cannot be applied as a condition is said."""
    slots, values = draft.slots, draft.values
    named = member(slots.rest)
    if named and draft.intent in {"query", "compare", "rank", "breakdown"}:
        dim, word = named
        known = [draft.lookup.indicators[code] for code in slots.indicators.codes if code in draft.lookup.indicators]
        if not values.get("by") and known and all(dim in item.dims for item in known):
            values["by"] = dim
            draft.intent = "breakdown" if draft.intent == "query" else draft.intent
            draft.assumed.append(f"按{DIMENSIONS[dim]}列出，其中可见「{word}」")
        elif known:
            draft.assumed.append(f"「{word}」未作为筛选条件")
    elif draft.intent in {"query", "compare", "rank", "breakdown"} and not _CONDITION.search(slots.text):
        modifier = _modifier(slots)
        if modifier:
            draft.assumed.append(f"「{modifier}」未作为筛选条件")
    condition = _CONDITION.search(slots.text)
    if condition and draft.intent in {"query", "rank", "breakdown", "compare"}:
        draft.assumed.append(f"条件「{condition.group()}」未作筛选，列出全部供对照")


def _modifier(slots: Slots) -> str:
    """An unknown word right before the indicator narrows it (专变用户用电量): it must not be dropped in silence."""
    first = slots.indicators.first
    before = re.search(r"[一-鿿]+$", slots.rest[:first]) if first else None
    word = trim(before.group()) if before else ""
    return word if 2 <= len(word) <= 8 else ""


def _part(code: str, whole: str) -> bool:
    return code.startswith(f"{whole}.")


def check_split(draft: Draft) -> Understood | None:
    """Say which splits an indicator has when the wanted one is not among them."""
    by, codes = draft.values.get("by"), draft.values.get("indicator")
    if draft.intent not in {"rank", "breakdown", "query", "compare"} or not by or not isinstance(codes, str):
        return None
    item = draft.lookup.indicators.get(codes)
    if item is None or by in item.dims or not item.dims:
        return None
    daily = draft.lookup.indicators.get("A04")
    if by == "day" and codes == "A02" and daily and "day" in daily.dims:
        draft.values["indicator"] = "A04"
        draft.assumed.append(f"逐日按采集口径（{daily.name}）")
        return None
    whole = draft.lookup.indicators.get(_WHOLE.get(codes, ""))
    if whole and by in whole.dims:
        draft.values["indicator"] = whole.id
        return None
    part = next((one for code, one in draft.lookup.indicators.items() if _part(code, codes) and by in one.dims), None)
    if part:
        draft.values["indicator"] = part.id
        draft.assumed.append(f"{item.name}不能按{DIMENSIONS.get(by, by)}拆分，改列{part.name}")
        return None
    can = "、".join(DIMENSIONS.get(dim, dim) for dim in item.dims)
    return draft.ask(f"{item.name}不能按{DIMENSIONS.get(by, by)}拆分，可以按{can}来看，您要哪一种？")
