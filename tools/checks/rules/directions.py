"""方向: a word of direction or comparison beside a figure agrees with the sign and the base of its fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.domain.fact import Fact
from core.domain.tokens import FLAT, number
from tools.checks import Check, Hit
from tools.checks.context import Context
from tools.checks.sentences import CHANGES, Atom, Sentence

_GAP = re.compile(r"^(?:了|约|近|逾|超|超过|达|达到|达到了|至|到|为|幅度|幅度为|幅度达|\s)*$")
_LEVEL = re.compile(r"至|到|为")
_CHANGE_NAME = re.compile(r"变化|变动|净增|新增|新装|增容|减容|销户|增减|差额|偏离|拉动|贡献|影响|因素|增量|降幅|增幅")
_MEND = "改用会自动写出方向的记号（如 {{F1.yoy}}），或改正方向词。"
_WAYS = {"rise": 1, "fall": -1, "flat": 0}
_SAID = {1: "上升", -1: "下降", 0: "持平"}
_BASES = {"yoy": "同比", "mom": "环比", "ytd_yoy": "累计同比", "mom_daily": "日均环比"}


def _run(context: Context) -> Iterator[Hit]:
    for text, said in context.claims:
        if text.source in context.advice:
            continue
        for sentence in said:
            for problem in _sentence(sentence, context):
                yield Hit(text.place, problem, _MEND)


def _sentence(sentence: Sentence, context: Context) -> Iterator[str]:
    for at, atom in enumerate(sentence):
        if atom.kind == "base":
            yield from _base(sentence, at)
        if atom.kind not in _WAYS:
            continue
        way = _way(sentence, at)
        figure, gap = _next_figure(sentence, at)
        if figure is not None and _GAP.match(gap):
            yield from _beside(atom, way, figure, gap, _field_before(sentence, at))
        else:
            yield from _apart(sentence, at, way, context)


def _way(sentence: Sentence, at: int) -> int:
    """降幅收窄 is a rise, 降幅扩大 a fall."""
    before = [item for item in sentence[max(at - 2, 0) : at] if item.kind == "reversing"]
    way = _WAYS[sentence[at].kind]
    return -way if before else way


def _next_figure(sentence: Sentence, at: int) -> tuple[Atom | None, str]:
    """The first figure after `at` and the text between, when nothing else stands there."""
    gap = ""
    for atom in sentence[at + 1 :]:
        if atom.kind == "figure":
            return atom, gap
        if atom.kind not in {"text", "negation", "above"}:
            return None, ""
        gap += atom.text
    return None, ""


def _field_before(sentence: Sentence, at: int) -> str:
    """The base that is named before a direction word in its clause."""
    for atom in reversed(sentence[:at]):
        if atom.kind == "base":
            return atom.key
        if atom.kind in {"break", "figure"}:
            return ""
    return ""


def _field_after(sentence: Sentence, at: int) -> str:
    """The comparison that follows a comma: 用电下滑，同比增长5.21%."""
    after = sentence[at + 1 : at + 3]
    follows = len(after) == 2 and after[0].kind == "break" and after[1].field in CHANGES
    return after[1].field if follows else ""


def _beside(word: Atom, way: int, figure: Atom, gap: str, base: str) -> Iterator[str]:
    fact = figure.fact
    assert fact is not None
    what = f"「{word.text}{gap}{figure.text}」"
    if figure.field in CHANGES:
        real = sign(fact, figure.field)
        if real != way:
            yield f"{what}方向不符：{fact.name}{_BASES[figure.field]}实为{_SAID[real]}"
        return
    if _LEVEL.search(word.text[-1] + gap):
        real_signs = {sign(fact, field) for field in ([base] if base else ["yoy", "mom"]) if _has(fact, field)}
        if way not in real_signs:
            yield f"{what}方向不符：{fact.name}没有这样的变动"
        return
    if figure.field == "ytd" or not (fact.parents or _CHANGE_NAME.search(fact.name)):
        yield f"{what}不成立：{fact.name}{figure.text}是总量，不是变化量"
    elif (real := _sign(number(fact, "" if "n" in figure.form else fact.unit))) != way:
        yield f"{what}方向不符：{fact.name}实为{_SAID[real]}"


def _apart(sentence: Sentence, at: int, way: int, context: Context) -> Iterator[str]:
    """A direction without a figure of its own is held against the changes of what the sentence speaks about."""
    base = _field_before(sentence, at) or _field_after(sentence, at)
    for fact in _subjects(sentence, at, context):
        fields = [field for field in ([base] if base else ["yoy", "mom"]) if _has(fact, field)]
        if fields and way not in {sign(fact, field) for field in fields}:
            told = "、".join(f"{_BASES[field]}{_SAID[sign(fact, field)]}" for field in fields)
            yield f"「{sentence[at].text}」与数据不符：{fact.name}{told}"
            return


def _subjects(sentence: Sentence, at: int, context: Context) -> Sequence[Fact]:
    unit = next((item.key for item in reversed(sentence[:at]) if item.kind == "org"), context.own_unit)
    for atom in reversed(sentence[:at]):
        if atom.text == "；":
            break
        if atom.kind == "figure" and atom.fact is not None:
            return [atom.fact] if not atom.fact.parents else []
        if atom.kind == "indicator":
            return context.current(atom.text, unit)
    follows = sentence[at + 2].fact if _field_after(sentence, at) else None
    return [follows] if follows else []


def _base(sentence: Sentence, at: int) -> Iterator[str]:
    """同比 before a token that prints another comparison."""
    word = sentence[at]
    direction = at + 1 < len(sentence) and sentence[at + 1].kind in _WAYS
    figure, gap = _next_figure(sentence, at + direction)
    if figure is None or not _GAP.match(gap) or figure.field not in CHANGES or figure.fact is None:
        return
    if not direction and figure.form == "abs":
        yield f"「{word.text}{figure.text}」没有写明方向"
    if figure.field != word.key and not (figure.field == "ytd_yoy" and word.key == "yoy"):
        yield f"「{word.text}」后面的{figure.text}是{figure.fact.name}的{_BASES[figure.field]}"


def sign(fact: Fact, field: str) -> int:
    """Which way a comparison went, as it prints: within the flat band is 0."""
    change = getattr(fact.compare, field)
    if fact.compare.rule == "pct" and abs(change) < FLAT:
        return 0
    return _sign(number(fact, field=field))


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _has(fact: Fact, field: str) -> bool:
    return fact.has_value and getattr(fact.compare, field) is not None


CHECK = Check("directions", "方向词与数据一致", _run)
