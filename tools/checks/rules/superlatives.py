"""比较与排名: 最高, 居首, 首次, 连续, 由高到低 and 高于 stand only where facts of the report prove them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import takewhile

from core.domain.fact import Fact
from core.domain.tokens import CHANGES, UnknownToken, change_unit, number
from knowledge.standards import numerals
from tools.checks import Check, Hit
from tools.checks.context import Context, Text
from tools.checks.sentences import Atom, Sentence

_MEND = "写出能证明它的数据事实，或删去这一说法。"
_MOVES = frozenset({"rise", "fall", "flat", "top", "bottom"})


def _run(context: Context) -> Iterator[Hit]:
    for text, said in context.claims:
        if text.source in context.advice:
            continue
        for sentence in said:
            for at, atom in enumerate(sentence):
                problem = _problem(sentence, at, atom, text, context)
                if problem:
                    yield Hit(text.place, problem, _MEND)


def _problem(sentence: Sentence, at: int, atom: Atom, text: Text, context: Context) -> str | None:
    """What a word claims without proof; None where it claims nothing, or what is proven."""
    match atom.kind:
        case "first":
            return f"「{atom.text}」没有数据事实支持"
        case "streak":
            return _streak(sentence, at)
        case "top" | "bottom":
            return _extreme(sentence, at, context)
        case "leading" | "trailing" if text.kind == "prose":
            return _leading(sentence, at, context)
        case "ascending" | "descending" if text.kind == "prose":
            return _ordered(sentence, at)
        case "above" | "below" if text.kind == "prose":
            return _compared(sentence, at, text, context)
    return None


def _streak(sentence: Sentence, at: int) -> str | None:
    """连续三个月 is a claim by itself, 连续 and 持续 when something moves."""
    word = sentence[at].text
    for atom in sentence[at + 1 :]:
        if atom.kind in _MOVES:
            return f"「{word}{atom.text}」没有数据事实支持"
        if atom.kind == "break":
            break
    counted = word.startswith("连") and word != "连续"
    return f"「{word}」没有数据事实支持" if counted else None


def _extreme(sentence: Sentence, at: int, context: Context) -> str | None:
    word = sentence[at]
    fact, field = _subject(sentence, at, context)
    if fact is None:
        return f"「{word.text}」没有数据事实支持"
    clause = _clause(sentence, at)
    if not _within(clause, fact) or _part_of_city(clause, context):
        return f"「{word.text}」所比的范围没有数据事实"
    values = {item.id: _number(item, field) for item in context.peers(fact)}
    own = values.get(fact.id)
    known = [value for value in values.values() if value is not None]
    if own is None or len(known) < 2:
        return f"「{word.text}」没有可以比较的数据事实"
    best, worst = max(known), min(known)
    ends = {best, worst} if word.text == "最突出" else {best if word.kind == "top" else worst}
    fits = own in ends
    if fits and word.kind == "bottom" and own > 0 and not _everyone(fact, context):
        return f"「{word.text}」没有可以比较的数据事实"
    return None if fits else f"「{word.text}」与数据不符：{fact.by.label if fact.by else fact.org_name}不是这一项"


def _within(clause: str, fact: Fact) -> bool:
    """Whether the circle that a clause names is one that the peers of the fact make up."""
    speech = numerals().speech
    dim = fact.by.dim if fact.by is not None else "org"
    named = [name for name, words in speech.among.items() if any(word in clause for word in words)]
    return not any(word in clause for word in speech.beyond) and (not named or dim in named)


def _part_of_city(clause: str, context: Context) -> bool:
    """全市 in the report of a county: its stations are not those of the city."""
    speech = numerals().speech
    part = any(re.search(name, context.content.org_name) for name in speech.parts)
    return part and any(word in clause for word in speech.citywide)


def _everyone(fact: Fact, context: Context) -> bool:
    """Whether what is derived for some members is derived for all: of the three largest changes none is the least."""
    told = {item.by for item in context.peers(fact)}
    sources = (context.facts.get(name) for name in fact.parents)
    return all({item.by for item in context.peers(one)} <= told for one in sources if one and one.by == fact.by)


def _clause(sentence: Sentence, at: int) -> str:
    """The words around one, from comma to comma or within its brackets; names joined by 、 stay together."""
    edges = [index for index, item in enumerate(sentence) if item.kind == "break" and item.text != "、"]
    first = max((index + 1 for index in edges if index < at), default=0)
    last = min((index for index in edges if index > at), default=len(sentence))
    return "".join(item.text for item in sentence[first:last])


def _subject(sentence: Sentence, at: int, context: Context) -> tuple[Fact | None, str]:
    """The figure nearest to the word; else the fact of the unit or member that is named nearest to it."""
    order = sorted(range(len(sentence)), key=lambda index: _distance(sentence, at, index))
    near = [sentence[index] for index in order]
    for fact, figure in _figures(near):
        return fact, figure.field
    for atom in near:
        if atom.kind not in {"org", "member"}:
            continue
        if atom.fact is not None:
            return atom.fact, "value"
        named = [item for item in sentence if item.kind == "indicator"]
        found = context.current(named[-1].text, atom.key) if named else []
        if found:
            return next((fact for fact in found if fact.by is not None), found[0]), "value"
    return None, ""


def _distance(sentence: Sentence, at: int, index: int) -> tuple[int, int, bool]:
    """Words of the same clause are nearer than any other, and of two equally near the one before."""
    between = sentence[min(at, index) : max(at, index)]
    return sum(item.kind == "break" for item in between), abs(index - at), index > at


def _number(fact: Fact, field: str) -> Decimal | None:
    try:
        return number(fact, field=field)
    except UnknownToken:
        return None


def _figures(atoms: Iterable[Atom]) -> Iterator[tuple[Fact, Atom]]:
    for atom in atoms:
        match atom:
            case Atom(kind="figure", fact=Fact() as fact):
                yield fact, atom


def _leading(sentence: Sentence, at: int, context: Context) -> str | None:
    """居前的是 A、B、C: each listed member stands before every member that is not listed."""
    word, figures = sentence[at], list(_figures(sentence[at + 1 :]))
    field = figures[0][1].field if figures else ""
    listed = {fact.by.key: fact for fact, item in figures if fact.by is not None and item.field == field}
    if not listed:
        return f"「{word.text}」没有数据事实支持"
    first = next(iter(listed.values()))
    values = {item.by.key: _number(item, field) for item in context.peers(first) if item.by}
    within = [value for name, value in values.items() if name in listed and value is not None]
    rest = [value for name, value in values.items() if name not in listed and value is not None]
    if not within or not rest:
        return None
    fits = min(within) >= max(rest) if word.kind == "leading" else max(within) <= min(rest)
    return None if fits else f"「{word.text}」与数据不符：所列不全是排在前面的"


def _ordered(sentence: Sentence, at: int) -> str | None:
    """由高到低依次为 A、B、C: the figures that follow, those of the first one's kind, stand in that order.

    One alone does too: of several units often only one has data."""
    word = sentence[at]
    told = [(item.field, fact.name, _number(fact, item.field)) for fact, item in _figures(sentence[at + 1 :])]
    values = [value for field, name, value in told if (field, name) == told[0][:2] and value is not None]
    if not values:
        return f"「{word.text}」没有数据事实支持"
    fits = values == sorted(values, reverse=word.kind == "descending")
    return None if fits else f"「{word.text}」与数据不符：所列不是这个次序"


def _compared(sentence: Sentence, at: int, text: Text, context: Context) -> str | None:
    """A高于B: two figures of one unit are compared as they stand; a threshold needs a finding or a fact."""
    word = sentence[at]
    before = next(_figures(reversed(sentence[:at])), None)
    after = next(_figures(takewhile(lambda item: item.kind != "break", sentence[at + 1 :])), None)
    if after is None:
        said = "".join(item.text for item in sentence)
        proven = text.source.strip("。") in context.found or said in context.found
        idle = any(mark in _clause(sentence, at) for mark in numerals().speech.denials)
        return None if proven or idle else f"「{word.text}」没有数据事实支持"
    if before is None or _measure(*before) != _measure(*after) or after[1].form == "abs":
        return None
    left, right = (_number(fact, item.field) for fact, item in (before, after))
    if left is None or right is None:
        return None
    fits = left > right if word.kind == "above" else left < right
    return None if fits else f"「{word.text}」与数据不符：{before[1].text}并不{word.text}{after[1].text}"


def _measure(fact: Fact, figure: Atom) -> str:
    """What a figure is counted in; a growth in percent is no amount."""
    return change_unit(fact) if figure.field in CHANGES else fact.unit


CHECK = Check("superlatives", "比较与排名有数据事实支持", _run)
