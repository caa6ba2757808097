"""How a text is made false: one function a kind, each with a random generator so that a seed repeats a run."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

_NUMBER = re.compile(r"(?<![\dA-Za-z.])\d+(?:\.\d+)?(?![\dA-Za-z])")
_SIGNED = re.compile(r"(?<![\dA-Za-z.—~～-])-?\d+\.\d+(?![\d.])")
_UNITS = (
    ("万千瓦时", "亿千瓦时"), ("亿千瓦时", "万千瓦时"), ("万千瓦时", "千瓦时"), ("万元", "亿元"), ("亿元", "万元"),
    ("万元", "元"), ("千伏安", "万千伏安"), ("千瓦时", "万千瓦时"), ("千瓦", "万千瓦"), ("小时", "分钟"),
    ("户", "万户"), ("件", "万件"), ("元/千千瓦时", "元/千瓦时"),
)  # fmt: skip
_TURNS = (
    ("增长", "下降"), ("下降", "增长"), ("提高", "降低"), ("上升", "回落"), ("拉高", "拉低"), ("拉低", "拉高"),
    ("减少", "增加"), ("上涨", "下跌"), ("下降", "上升"), ("增长", "减少"), ("持平", "上升"), ("提高", "下滑"),
)  # fmt: skip
RANKS = ("，居全市第一位", "，排名第三位", "，居首位", "，排名末位", "，位列第二", "，较上月上升两位")
CLAIMS = (
    "，创历史新高", "，为各单位最高", "，首次出现这一水平", "，连续三个月变动", "，为近年来最低", "，为同期最大值",
    "，连续多月上升", "，领跑全市", "，达到有记录以来最低", "，明显高于全省平均水平",
)  # fmt: skip
COUNTS = (
    "，近三成来自工业",
    "，过半为居民客户",
    "，较计划翻番",
    "，涉及两项指标",
    "，约占四分之一",
    "，超十个百分点",
    "，有五个台区",
    "，成倍变化",
)
LISTED = ("，有以下三项", "，分为四类", "，涉及五个单位", "，上述两项", "，列出如下六条", "，下列七户")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月")
_YEAR = re.compile(r"(20\d\d)年")
_DIGITS = "零一二三四五六七八九"

Mutator = Callable[[str, Sequence[str], Random], str | None]


def digit(text: str, names: Sequence[str], rng: Random) -> str | None:
    """One digit of one number becomes another."""
    match = _pick(_NUMBER, text, rng, names)
    if match is None:
        return None
    at = rng.choice([at for at in range(*match.span()) if text[at].isdigit()])
    first = at == match.start() and match.end() - match.start() > 1
    new = rng.choice([char for char in "0123456789" if char != text[at] and not (first and char == "0")])
    return text[:at] + new + text[at + 1 :]


def sign(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A minus is added or taken away."""
    match = _pick(_SIGNED, text, rng, names)
    if match is None or not float(match.group(0)):
        return None
    number = match.group(0)
    return text[: match.start()] + (number[1:] if number.startswith("-") else f"-{number}") + text[match.end() :]


def unit(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A figure's unit becomes a larger, smaller or other one."""
    return _swapped(text, [(rf"(?<=\d){re.escape(old)}", new) for old, new in _UNITS], rng)


def percent(text: str, names: Sequence[str], rng: Random) -> str | None:
    """% becomes 百分点 or the other way round."""
    return _swapped(text, [(r"(?<=\d)%", "个百分点"), (r"(?<=\d)个?百分点", "%")], rng)


def direction(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A direction is turned."""
    return _swapped(text, [(re.escape(old), new) for old, new in _TURNS], rng)


def rank(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A rank that nothing proves is added after a figure, or 居前 turned."""
    if "居前" in text and rng.random() < 0.5:
        return text.replace("居前", "居后", 1)
    return _added(text, RANKS, rng)


def county(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A unit's or member's name becomes another's."""
    present = [
        name for name in names if name in text and not any(name in other != name and other in text for other in names)
    ]
    others = [name for name in names if name not in text]
    if not present or not others:
        return None
    old = rng.choice(present)
    alike = [name for name in others if name[-1] == old[-1]] or others
    return text.replace(old, rng.choice(alike), 1)


def period(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A month or year becomes another."""
    months, years = list(_MONTH.finditer(text)), list(_YEAR.finditer(text))
    if not months and not years:
        return None
    match = rng.choice([*months, *years])
    number = int(match.group(1))
    new = number - 1 if match in years else (number + rng.choice((10, 11))) % 12 + 1
    return text[: match.start(1)] + str(new) + text[match.end(1) :]


def superlative(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A comparison that nothing proves is added after a figure."""
    return _added(text, CLAIMS, rng)


def quantity(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A number in Chinese is added, or stands for a figure."""
    small = re.search(r"(?<![\d.])([2-9])(户|件|个)", text)
    if small and rng.random() < 0.5:
        return text[: small.start()] + _DIGITS[int(small.group(1))] + small.group(2) + text[small.end() :]
    return _added(text, COUNTS, rng)


def counted(text: str, names: Sequence[str], rng: Random) -> str | None:
    """A count of listed items that the report does not state."""
    if "如下。" in text or "以下" in text:
        number = _DIGITS[rng.randint(2, 9)]
        return (
            text.replace("如下。", f"有以下{number}项。", 1)
            if "如下。" in text
            else text.replace("以下", f"以下{number}项", 1)
        )
    return _added(text, LISTED, rng)


MUTATORS: dict[str, Mutator] = {
    "digit": digit,
    "sign": sign,
    "unit": unit,
    "percent": percent,
    "direction": direction,
    "rank": rank,
    "county": county,
    "period": period,
    "superlative": superlative,
    "quantity": quantity,
    "counted": counted,
}


def _pick(pattern: re.Pattern[str], text: str, rng: Random, names: Sequence[str]) -> re.Match[str] | None:
    """A number that is no part of a name."""
    taken = {
        at
        for name in names
        if name in text
        for match in re.finditer(re.escape(name), text)
        for at in range(*match.span())
    }
    found = [match for match in pattern.finditer(text) if match.start() not in taken]
    return rng.choice(found) if found else None


def _swapped(text: str, pairs: Sequence[tuple[str, str]], rng: Random) -> str | None:
    places = [(match, new) for old, new in pairs for match in re.finditer(old, text)]
    if not places:
        return None
    match, new = rng.choice(places)
    return text[: match.start()] + new + text[match.end() :]


def _added(text: str, phrases: Sequence[str], rng: Random) -> str | None:
    """A phrase after a figure with its unit, where a clause ends."""
    ends = [match.end() for match in re.finditer(r"\d(?:%|[^\d，。；、（）\s]{0,8})(?=[，。；、）]|$)", text)]
    if not ends or not re.search(r"[一-鿿]{3}", text):
        return None
    at = rng.choice(ends)
    return text[:at] + rng.choice(phrases) + text[at:]
