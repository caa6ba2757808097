"""Sentences of a forecast: what is expected, how sure that is, and what such intervals kept lately. Tokens only."""

from __future__ import annotations

from collections.abc import Callable

from agent.events import Understood
from agent.seen import Results, labelled

FORETOLD = {"A02", "E08"}


NO_HISTORY = "历史数据不足，暂时无法给出预测。"


def forecasts(
    understood: Understood, results: Results, labels: dict[str, str], failed: Callable[[Results], list[str]]
) -> list[str]:
    """One paragraph a forecast that was asked for, unit by unit: what is expected, or why that cannot be told
    (`failed` words what could not be read)."""
    calls = results.each or [results]
    made: list[str] = []
    for one in calls:
        told = [text for text in (_satisfaction(one), _energy(one)) if text]
        about = f"{labelled(labels, one.about)}：" if one.about and len(calls) > 1 else ""
        made += told or failed(one) or ([] if one.errors else [f"{about}{NO_HISTORY}"])
    if made and any(code not in FORETOLD for code in understood.indicators):
        made[0] = f"目前只能测算售电量和客户满意度。{made[0]}"
    asked = understood.period
    first = _place(results, "next_mid") or _place(results, "satisfied_mid")
    fact = next((one for one in results.facts if one.id == first), None)
    if asked and fact and fact.period and fact.period != asked.label:
        made[-1] += f"目前只测算最近一个待结月份，{labelled(labels, asked.label)}须待以前各月结账后再测算。"
    return made


def _place(results: Results, name: str) -> str:
    return next(iter(results.places.get(name, [])), "")


def _energy(results: Results) -> str:
    middle, low, high = (_place(results, name) for name in ("next_mid", "next_low", "next_high"))
    if not middle:
        return ""
    text = f"预计{{{{{middle}.period}}}}{{{{{middle}.org}}}}售电量{{{{{middle}}}}}"
    text += f"，区间{{{{{low}}}}}～{{{{{high}}}}}" if low and high else ""
    text += "（测算，依据上年同月与近期同比，不含突发因素）。"
    promised, covered, months = (_place(results, name) for name in ("promised", "recent_coverage", "recent_months"))
    if not promised:
        return f"{text}历史不足，区间的覆盖率未经检验。"
    lately = f"，结果已知的近{{{{{months}}}}}实际覆盖{{{{{covered}}}}}" if covered and months else ""
    return f"{text}区间承诺覆盖{{{{{promised}}}}}的情形{lately}。"


def _satisfaction(results: Results) -> str:
    middle, low, high = (_place(results, f"satisfied_{name}") for name in ("mid", "low", "high"))
    if not middle:
        return ""
    promised = f"{{{{{_place(results, 'satisfied_promised')}}}}}"
    record = next((found["text"] for found in results.findings if promised in found.get("text", "")), "")
    return (
        f"预计{{{{{middle}.period}}}}{{{{{middle}.org}}}}客户满意度{{{{{middle}}}}}，"
        f"区间{{{{{low}}}}}～{{{{{high}}}}}（预测，依据以往工单、停电和接电情况，不含突发因素）。{record}"
    )
