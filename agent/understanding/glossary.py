"""术语与同义词: what people call indicators, from `knowledge/glossary.yaml` and the catalogue's names and aliases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from agent.understanding.normal import normalise
from core.domain.indicator import Indicator

FILE = Path(__file__).parents[2] / "knowledge" / "glossary.yaml"


class IndicatorLookup(Protocol):
    """What understanding needs of the catalogue: its indicators by code."""

    @property
    def indicators(self) -> Mapping[str, Indicator]: ...


@dataclass(frozen=True)
class Word:
    """What one spoken form stands for; no codes for an indicator of the trade that the catalogue does not hold.

    `ask`: put the choices to the person; `guess`: take the first and say so.
    """

    codes: tuple[str, ...]
    ask: bool = False
    guess: bool = False
    group: bool = False


@dataclass(frozen=True)
class Glossary:
    """Spoken forms (normalised) with their meaning, one pattern that finds the longest of them, and question forms."""

    words: Mapping[str, Word]
    finder: re.Pattern[str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    formal: Mapping[str, str]


@cache
def _file() -> dict[str, Any]:
    import yaml

    data: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return data


def term(word: str) -> str | None:
    """The meaning of a trade term (两部制, 台区), or None."""
    found: str | None = _file()["terms"].get(word)
    return found


@cache
def places() -> tuple[str, ...]:
    """Provinces and well-known cities: where one is asked for that is no unit of ours, none of ours is guessed."""
    return tuple(_file()["places"])


def member(text: str) -> tuple[str, str] | None:
    """(dimension, word) of the first member of a dimension that a text names: 大工业 → tariff_class."""
    return next(((dim, word) for dim, words in _file()["members"].items() for word in words if word in text), None)


_HOW_MANY = "(?:多少|几)"
_MAGNITUDE = "(?:个?[十百千]*[万亿])?"
"""卖了多少亿度: how many may be asked for in 万 or 亿, whatever is counted."""
_CACHE: dict[int, tuple[Mapping[str, Indicator], Glossary]] = {}


def glossary(lookup: IndicatorLookup) -> Glossary:
    """The glossary over one catalogue; codes that the catalogue does not hold are left out."""
    kept = _CACHE.get(id(lookup.indicators))
    if kept and kept[0] is lookup.indicators:
        return kept[1]
    made = _build(lookup.indicators)
    _CACHE.clear()
    _CACHE[id(lookup.indicators)] = (lookup.indicators, made)
    return made


def _build(indicators: Mapping[str, Indicator]) -> Glossary:
    data = _file()
    words: dict[str, Word] = {}
    formal: dict[str, str] = {}
    for code, spoken in data["synonyms"].items():
        for form in spoken:
            words.setdefault(normalise(form), Word((code,) if code in indicators else ()))
    for entry in data["ambiguous"]:
        codes = tuple(code for code in entry["choices"] if code in indicators)
        for form in entry["words"] if codes else ():
            several = len(codes) > 1
            words[normalise(form)] = Word(codes, ask=several and entry["mode"] == "ask", guess=True)
    for entry in data["groups"]:
        codes = tuple(code for code in entry["indicators"] if code in indicators)
        for form in entry["words"] if codes else ():
            words[normalise(form)] = Word(codes, group=True)
    for code, item in sorted(indicators.items(), key=lambda pair: "." not in pair[0]):
        for form in (item.name, *_bare(item.name), *item.aliases):
            spelled = normalise(form)
            formal.setdefault(spelled, code)
            known = words.get(spelled)
            if len(spelled) >= 2 and not (known and (known.ask or known.guess)):
                words[spelled] = Word((code,))
        words[normalise(code)] = Word((code,))
    finder = re.compile("|".join(_guarded(form) for form in sorted(words, key=len, reverse=True)) or r"(?!)")
    patterns = tuple(
        (re.compile(raw.replace(_HOW_MANY, _HOW_MANY + _MAGNITUDE)), code)
        for code, raws in data["patterns"].items()
        if code in indicators
        for raw in raws
    )
    return Glossary(words, finder, patterns, formal)


def _bare(name: str) -> list[str]:
    """`当月(当期)电费回收率` is also said without the parenthesis."""
    short = re.sub(r"[（(][^（）()]*[）)]", "", name)
    return [short] if short != name and len(short) >= 2 else []


def _guarded(form: str) -> str:
    """A form as a pattern: 同期售电量 is not read inside 去年同期售电量, codes not inside longer words."""
    pattern = re.escape(form)
    if form.startswith("同期"):
        return rf"(?<!去年)(?<!上年)(?<!前年)(?<!一年)(?<!年的){pattern}"
    if form[0] in "日月年季周":
        return rf"(?<![\d〇零一二三四五六七八九十昨今前当上本每假作去整全这个半]){pattern}"
    if re.fullmatch(r"[a-z]\d\d", form):
        return rf"(?<![a-z0-9]){pattern}(?![a-z0-9])"
    if form in {"工单", "来电"}:
        return rf"{pattern}(?!及时|处理|类型|分类|号)"
    if form == "供电":
        return r"供电(?!所|公司|单位|中心|局|区域|服务|质量|企业|可靠|能力|方案|部)"
    if form in {"用电", "用电情况"}:
        return rf"(?<!异常)(?<!异动){pattern}(?!异常|异动|检查|大户|用?户|客户|类别|性质|需求侧|信息)"
    if form in {"服务", "服务质量"}:
        pattern = rf"(?<!优质){pattern}"
    if form == "流失大客户":
        return r"流失大客户(?=数|户数|有?多少|几)"
    if form in {
        "采集",
        "服务",
        "收入",
        "容量",
        "停电",
        "报修",
        "光伏",
        "占比",
        "负荷",
        "户数",
        "客户数",
        "用户数",
        "销户",
    }:
        return rf"{pattern}(?!用?户|客户|计划|大户|的?客户|公司|所|人员|情况报告|质量|类别|性质|原因|事件|异常)"
    return pattern
