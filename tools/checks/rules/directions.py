"""方向: a word of direction or comparison beside a figure agrees with the sign and the base of its fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.domain.fact import Fact
from core.domain.tokens import CHANGES, FLAT, number
from tools.checks import Check, Hit
from tools.checks.context import Context
from tools.checks.sentences import Atom, Sentence

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
        if found := _next_figure(sentence, at):
            yield from _beside(atom, way, *found, _field_before(sentence, at))
        else:
            yield from _apart(sentence, at, way, context)


def _way(sentence: Sentence, at: int) -> int:
    """降幅收窄 is a rise, 降幅扩大 a fall."""
    way = _WAYS[sentence[at].kind]
    return -way if any(atom.kind == "reversing" for atom in _clause_before(sentence, at)) else way


def _clause_before(sentence: Sentence, at: int) -> Iterator[Atom]:
    """What stands before a word in its clause, the nearest first."""
    for atom in reversed(sentence[:at]):
        if atom.kind in {"break", "figure"}:
            return
        yield atom


def _next_figure(sentence: Sentence, at: int) -> tuple[Atom, Fact, str] | None:
    """The figure that a word stands beside, its fact, and the filling words between."""
    gap = ""
    for atom in sentence[at + 1 :]:
        match atom:
            case Atom(kind="figure", fact=Fact() as fact):
                return (atom, fact, gap) if _GAP.match(gap) else None
        gap += atom.text
    return None


def _field_before(sentence: Sentence, at: int) -> str:
    """The base that is named before a direction word in its clause."""
    return next((atom.key for atom in _clause_before(sentence, at) if atom.kind == "base"), "")


def _follower(sentence: Sentence, at: int) -> tuple[str, Fact] | None:
    """The comparison that opens the next clause, and its fact: 用电下滑，同比增长5.21%."""
    match [atom for atom in sentence[at + 1 :] if atom.kind not in {"base", *_WAYS}]:
        case [Atom(kind="break"), Atom(kind="figure", fact=Fact() as fact, field=field), *_] if field in CHANGES:
            return field, fact
    return None


def _beside(word: Atom, way: int, figure: Atom, fact: Fact, gap: str, base: str) -> Iterator[str]:
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
    elif (real := _sign(number(fact))) != way:
        yield f"{what}方向不符：{fact.name}实为{_SAID[real]}"


def _apart(sentence: Sentence, at: int, way: int, context: Context) -> Iterator[str]:
    """A direction without a figure of its own is held against the changes of what the sentence speaks about."""
    base, subjects = _field_before(sentence, at), _subjects(sentence, at, context)
    follower = _follower(sentence, at)
    if follower:
        base = base or follower[0]
        subjects = [follower[1]] if subjects is None else subjects
    for fact in subjects or ():
        fields = [field for field in ([base] if base else ["yoy", "mom"]) if _has(fact, field)]
        if fields and way not in {sign(fact, field) for field in fields}:
            told = "、".join(f"{_BASES[field]}{_SAID[sign(fact, field)]}" for field in fields)
            yield f"「{sentence[at].text}」与数据不符：{fact.name}{told}"
            return


def _subjects(sentence: Sentence, at: int, context: Context) -> Sequence[Fact] | None:
    """The facts that a word speaks about: the figure or the indicator before it; None where it follows neither."""
    unit = next((item.key for item in reversed(sentence[:at]) if item.kind == "org"), context.own_unit)
    for atom in reversed(sentence[:at]):
        match atom:
            case Atom(text="；" | ";"):
                return None
            case Atom(kind="figure", fact=Fact() as fact):
                return [] if fact.parents else [fact]
            case Atom(kind="indicator"):
                return context.current(atom.text, unit)
    return None


def _base(sentence: Sentence, at: int) -> Iterator[str]:
    """同比 before a token that prints another comparison."""
    word = sentence[at]
    direction = at + 1 < len(sentence) and sentence[at + 1].kind in _WAYS
    found = _next_figure(sentence, at + direction)
    if found is None or found[0].field not in CHANGES:
        return
    figure, fact, _ = found
    if not direction and figure.form == "abs":
        yield f"「{word.text}{figure.text}」没有写明方向"
    if figure.field != word.key and not (figure.field == "ytd_yoy" and word.key == "yoy"):
        yield f"「{word.text}」后面的{figure.text}是{fact.name}的{_BASES[figure.field]}"


def sign(fact: Fact, field: str) -> int:
    """Which way a comparison went, as it prints: within the flat band is 0."""
    change = getattr(fact.compare, field)
    if fact.compare.rule == "pct" and abs(change) < FLAT:
        return 0
    return _sign(number(fact, field=field))


def _sign(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _has(fact: Fact, field: str) -> bool:
    return getattr(fact.compare, field) is not None


CHECK = Check("directions", "方向词与数据一致", _run)
