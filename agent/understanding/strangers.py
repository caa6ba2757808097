"""Names that nobody knows: a refusal with what there is instead, or a question with what may have been meant."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.events import Understood
from agent.understanding import units
from agent.understanding.draft import Draft
from agent.understanding.glossary import member
from agent.understanding.indicators import misspelt, near_indicators
from agent.understanding.leftover import looks_like_indicator, trim, unknown_words
from agent.understanding.slots import Slots

_PARTS = ("电价", "电费", "单价", "容量", "成功率", "及时率", "收入")


def find_unknown(draft: Draft, kind: str | None) -> Understood | None:
    """A unit or an indicator that nobody knows: refuse with what there is, or ask with what it may have meant."""
    slots, lookup = draft.slots, draft.lookup
    found = units.stranger(draft)
    if found:
        return found
    if slots.indicators.missing and not slots.indicators.codes:
        near = "、".join(near_indicators(slots.indicators.missing, lookup))
        return draft.refuse(
            f"目录里目前没有「{slots.indicators.missing}」的数据。相近的指标有：{near}；也可以问“有哪些指标”。"
        )
    if slots.indicators.codes or slots.indicators.choices or "indicator" in draft.settled:
        compound = _compound(slots)
        if compound:
            near = "、".join(near_indicators(compound, lookup))
            return draft.refuse(f"目前没有「{compound}」这个指标。相近的指标有：{near}；也可以问“有哪些指标”。")
        extra = [word for word in unknown_words(slots.rest) if looks_like_indicator(word) and len(word) >= 3]
        draft.assumed.extend(f"没有「{word}」这个指标，已略过" for word in extra[:1])
        return None
    words = unknown_words(slots.rest)
    if not words:
        return None
    if member(slots.rest) and re.search(r"占比|比重|比例|结构", slots.text) and "A02" in lookup.indicators:
        draft.settled = {**draft.settled, "indicator": "A02"}
        draft.slots = replace(slots, indicators=replace(slots.indicators, codes=("A02",)))
        return None
    word = words[0]
    fixed = misspelt(word, lookup)
    if fixed:
        draft.settled = {**draft.settled, "indicator": fixed}
        draft.assumed.append(f"「{word}」按{lookup.indicators[fixed].name}理解")
        return None
    if kind in {"churn", "explain", "detect"} and not looks_like_indicator(word):
        return None
    if looks_like_indicator(word):
        near = "、".join(near_indicators(word, lookup))
        return draft.refuse(f"目前没有「{word}」这个指标。相近的指标有：{near}；也可以问“有哪些指标”。")
    return None


def _compound(slots: Slots) -> str:
    """A longer name that a loose word is only part of: 输配电价, 电费差错率; an empty string where there is none."""
    for start, word in slots.indicators.loose:
        before = re.search(r"[一-鿿]+$", slots.rest[:start])
        after = re.match(r"[一-鿿]+", slots.rest[start + len(word) :])
        left = trim(before.group()) if before else ""
        if len(left) >= 2 and before and before.group().endswith(left) and not member(left) and word in _PARTS:
            return left + word
        if (
            after
            and re.match(r".{0,4}(?:率|成本|系数|差错)", after.group())
            and looks_like_indicator(trim(after.group()))
        ):
            return word + trim(after.group())
    return ""
