"""Whole-request exactness: every slot of the contract's `understood` must be as the case says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.domain.period import Period

SLOTS = ("intent", "indicator", "org", "period", "by", "compare", "template")
_NAMES = dict(zip(SLOTS, ("意图", "指标", "单位", "期间", "拆分", "对比", "模板"), strict=True))
_FREE_ENDS = frozenset({"revise", "export", "submit", "decide", "share", "search", "smalltalk", "unclear"})
"""Intents that may answer or ask back (which report?): how they end is checked only where the case says so."""


def wrong(case: Mapping[str, Any], got: Mapping[str, Any], defaults: Mapping[str, tuple[str, ...]]) -> str:
    """What is not as the case says, in Chinese; empty when the whole request was read right.

    `got` is the contract's object with `refused` beside it. A slot that the case leaves out must be null; a unit or a
    period may also stand at one of its `defaults`. `a|b` takes either, `none` takes null or a default.
    """
    ends = _ends(got)
    allowed = _ends_allowed(case)
    faults = []
    if allowed and ends not in allowed:
        faults.append(f"结局 {ends}，应为 {'|'.join(sorted(allowed))}")
    for slot in SLOTS:
        if slot not in case and ends != "read":
            continue
        found = _told(slot, got.get(slot))
        if found not in _wanted(slot, case, defaults):
            faults.append(f"{_NAMES[slot]} {found or '空'}，应为 {case.get(slot, '空')}")
    return "；".join(faults)


def _ends(got: Mapping[str, Any]) -> str:
    if got.get("refused"):
        return "refuse"
    return "clarify" if got.get("clarify") else "read"


def _ends_allowed(case: Mapping[str, Any]) -> set[str]:
    if "ends" in case:
        return set(str(case["ends"]).split("|"))
    intents = set(str(case["intent"]).split("|"))
    if intents == {"refuse"}:
        return {"refuse"}
    return set() if intents & _FREE_ENDS else {"read"}


def _wanted(slot: str, case: Mapping[str, Any], defaults: Mapping[str, tuple[str, ...]]) -> set[str]:
    out: set[str] = set()
    for item in str(case.get(slot, "none")).split("|"):
        if item == "none":
            out |= {"", *defaults.get(slot, ())}
        else:
            out.add(_period(item) if slot == "period" else ",".join(sorted(item.split(","))))
    return out


def _told(slot: str, value: Any) -> str:
    if not value:
        return ""
    if slot == "period":
        return f"{value['start']}..{value['end']}"
    return ",".join(sorted(value)) if isinstance(value, list) else str(value)


def _period(text: str) -> str:
    period = Period.parse(text)
    return f"{period.start}..{period.end}"
