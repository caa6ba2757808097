"""Fact tokens: the only way a figure gets into text. 数字有出处，文字无数字。

Grammar: `{{F12}}` value with unit in a natural magnitude · `{{F12:万千瓦时}}` in that unit · `{{F12:n:万千瓦时}}` the
bare number in that unit (table cells) · `{{F12:abs}}` its magnitude · `{{F12:pull}}` an effect in words
(拉低5.49个百分点) · `{{F12:n}}` the bare number in the base unit · `{{F12.yoy}}` a comparison in words
(同比增长5.21%) · `{{F12.yoy:n}}` the signed number · `{{F12.yoy:abs}}` its magnitude with unit. Fields: yoy, mom,
ytd, ytd_yoy, mom_daily. `{{F12.label}}` `{{F12.name}}` `{{F12.org}}` `{{F12.period}}` `{{F12.unit}}` print a fact's
texts. `{{period}}`, `{{ytd}}`, `{{org}}`, `{{cutoff}}` and other names come from `labels`.
Wording and precision follow domain.md §3.2 and §1.1. An unknown token raises `UnknownToken`: never a blank.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.domain.fact import STATUS_LABELS, Fact

TOKEN = re.compile(r"\{\{\s*([A-Za-z_]\w*?)(?:\.(\w+))?(?::([^{}]*?))?\s*\}\}")
_FACT = re.compile(r"F\d+")

SCALES: dict[str, tuple[tuple[str, Decimal], ...]] = {
    "kWh": (("亿千瓦时", Decimal(10**8)), ("万千瓦时", Decimal(10**4)), ("千瓦时", Decimal(1))),
    "元": (("亿元", Decimal(10**8)), ("万元", Decimal(10**4)), ("元", Decimal(1))),
    "kVA": (("万千伏安", Decimal(10**4)), ("千伏安", Decimal(1))),
    "kW": (("万千瓦", Decimal(10**4)), ("千瓦", Decimal(1))),
    "h": (("小时", Decimal(1)),),
    "h/户": (("小时/户", Decimal(1)),),
    "min": (("分钟", Decimal(1)),),
}
SUPPLIED, SUPPLIED_IN = "（人工补录）", "（含人工补录）"
"""What follows every figure that a person supplied, or that was computed from such a one."""
_WORDS = {"yoy": "同比", "mom": "环比", "ytd_yoy": "累计同比", "mom_daily": "日均环比"}
CHANGES = frozenset(_WORDS)
"""Fields that print a comparison with another period."""
TEXT_FIELDS = frozenset({"label", "name", "org", "period", "unit"})
"""Fields that print a fact's words, not its number."""
FLAT = Decimal("0.05")
"""Percent below which a change prints as 基本持平."""
_FAR = Decimal(300)


class UnknownToken(ValueError):
    """A token that names no fact, field, unit or label."""


@dataclass(frozen=True)
class Span:
    """A run of rendered text; `fact` is set where it prints something of a fact, `figure` where that is its number."""

    text: str
    fact: str = ""
    figure: bool = False


def rounded(value: Decimal, decimals: int) -> Decimal:
    """四舍五入 to `decimals` places, without a negative zero."""
    out = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(out) if out == 0 else out


def unit_scale(unit: str, display: str) -> Decimal:
    """How many base units one display unit holds; raises UnknownToken for a unit of another quantity."""
    if display in {"", unit}:
        return Decimal(1)
    for name, factor in SCALES.get(unit, ()):
        if name == display:
            return factor
    raise UnknownToken(f"单位「{display}」不能表示「{unit}」")


def natural_unit(unit: str, value: Decimal) -> str:
    """The display unit chosen by magnitude (domain.md §1.1)."""
    scales = SCALES.get(unit)
    if not scales:
        return unit
    for name, factor in scales:
        if abs(value) >= factor:
            return name
    return scales[-1][0]


def places(fact: Fact, display: str) -> int:
    """Decimals to print: counts none, base energy and money as the indicator says, larger units two."""
    if display in {"户", "件", "次", "个", "户次"}:
        return 0
    return fact.decimals if unit_scale(fact.unit, display) == 1 else 2


def number(fact: Fact, display: str = "", field: str = "value") -> Decimal:
    """The rounded number that is printed for one field of a fact; raises UnknownToken where there is none."""
    value = fact.value if field == "value" else getattr(fact.compare, field)
    if value is None:
        raise UnknownToken(f"事实 {fact.id} 没有{({'value': '数值', 'ytd': '累计值'} | _WORDS)[field]}")
    if field in CHANGES:
        return rounded(value, _change_places(fact))
    return rounded(value / unit_scale(fact.unit, display), places(fact, display or fact.unit))


def render(text: str, facts: Mapping[str, Fact], labels: Mapping[str, str] | None = None) -> list[Span]:
    """Replace every token; raises UnknownToken for the first that cannot be resolved."""
    spans: list[Span] = []
    at = 0
    for match in TOKEN.finditer(text):
        if match.start() > at:
            spans.append(Span(text[at : match.start()]))
        spans.append(_resolve(match, facts, labels or {}))
        at = match.end()
    if at < len(text):
        spans.append(Span(text[at:]))
    rest = "".join(span.text for span in spans if not span.fact)
    if "{{" in rest or "}}" in rest:
        raise UnknownToken(f"记号写法有误：{rest[:60]}")
    return spans


def plain(text: str, facts: Mapping[str, Fact], labels: Mapping[str, str] | None = None) -> str:
    """`render` as one string."""
    return "".join(span.text for span in render(text, facts, labels))


def used_facts(text: str) -> list[str]:
    """Ids of the facts that a text names, in order of appearance."""
    return [match.group(1) for match in TOKEN.finditer(text) if _FACT.fullmatch(match.group(1))]


def _resolve(match: re.Match[str], facts: Mapping[str, Fact], labels: Mapping[str, str]) -> Span:
    name, field, form = match.group(1), match.group(2), (match.group(3) or "").strip()
    if name in labels and not field and not form:
        return Span(labels[name])
    fact = facts.get(name)
    if fact is None:
        known = _FACT.fullmatch(name)
        raise UnknownToken(f"报告里没有事实 {name}" if known else f"不认识的记号：{match.group(0)}")
    if field in TEXT_FIELDS and not form:
        return Span(_text(fact, field), fact.id)
    if field and field not in CHANGES | {"ytd"}:
        raise UnknownToken(f"不认识的记号：{match.group(0)}")
    printed = _change(fact, field, form) if field in CHANGES else _amount(fact, field or "value", form)
    return Span(printed, fact.id, figure=fact.has_value)


def _text(fact: Fact, field: str) -> str:
    match field:
        case "label":
            return fact.by.label if fact.by else fact.org_name or fact.name
        case "name":
            return fact.name
        case "org":
            return fact.org_name or fact.org
        case "unit":
            return _suffix(fact.unit if fact.value is None else natural_unit(fact.unit, fact.value))
        case _:
            return fact.period.label


def _amount(fact: Fact, field: str, form: str) -> str:
    """The value or the total since January."""
    head, _, unit = form.partition(":")
    bare = head == "n"
    if not fact.has_value:
        return "—" if bare else STATUS_LABELS[fact.status]
    value = fact.compare.ytd if field == "ytd" else fact.value
    if value is None:
        return "—"
    if form == "pull":
        return ("拉低" if value.is_signed() else "拉高") + _amount(fact, field, "abs")
    shown = natural_unit(fact.unit, value) if form in {"", "abs"} else (unit if bare else form) or fact.unit
    figure = number(fact, shown, field)
    return f"{abs(figure) if form == 'abs' else figure:f}" + ("" if bare else _suffix(shown)) + _mark(fact)


def _mark(fact: Fact) -> str:
    if not fact.supplement:
        return ""
    return SUPPLIED_IN if fact.supplement.startswith("含") else SUPPLIED


def _change(fact: Fact, field: str, form: str) -> str:
    """The comparison in words, its signed number, or its magnitude with unit."""
    if form not in {"", "n", "abs"}:
        raise UnknownToken(f"{_WORDS[field]}不能写成「{form}」")
    if not fact.has_value:
        return "—" if form == "n" else STATUS_LABELS[fact.status]
    if getattr(fact.compare, field) is None:
        return "—" if form == "n" else f"{_WORDS[field]}无可比数据"
    change = number(fact, field=field)
    if form == "n":
        return f"{change:f}"
    magnitude = f"{abs(change):f}{change_unit(fact)}"
    return magnitude if form == "abs" else _phrase(fact, field, magnitude)


def _phrase(fact: Fact, field: str, magnitude: str) -> str:
    word, change = _WORDS[field], getattr(fact.compare, field)
    if fact.compare.rule == "pct" and abs(change) < FLAT:
        return f"{word}基本持平"
    if not number(fact, field=field):
        return f"{word}持平"
    return f"{word}{'下降' if change.is_signed() else _rise(fact)}{magnitude}{_amount_of_change(fact, field)}"


def _rise(fact: Fact) -> str:
    """The verb of an increase: amounts grow, prices go up, rates improve, burdens and durations mount."""
    if fact.compare.rule == "pct":
        return "增长"
    if fact.kind == "price" and fact.compare.rule == "diff":
        return "上涨"
    return "上升" if fact.kind == "duration" or fact.direction == "down" else "提高"


def _amount_of_change(fact: Fact, field: str) -> str:
    """A change beyond 300 % also prints the absolute change where its base is known (domain.md §1.1)."""
    base = {"yoy": fact.compare.yoy_base, "mom": fact.compare.mom_base}.get(field)
    change = getattr(fact.compare, field)
    if fact.compare.rule != "pct" or abs(change) <= _FAR or base is None:
        return ""
    assert fact.value is not None
    moved = abs(fact.value - base)
    shown = natural_unit(fact.unit, moved)
    printed = f"{rounded(moved / unit_scale(fact.unit, shown), places(fact, shown)):f}{_suffix(shown)}"
    return f"（{'减少' if change.is_signed() else '增加'}{printed}）"


def change_unit(fact: Fact) -> str:
    """The unit that a comparison of a fact is printed in."""
    if fact.compare.rule == "pct":
        return "%"
    if fact.compare.rule == "pp":
        return "个千分点" if fact.unit == "‰" else "个百分点"
    return _suffix(fact.unit)


def _change_places(fact: Fact) -> int:
    return max(fact.decimals, 2) if fact.compare.rule == "pp" else 2


def _suffix(shown: str) -> str:
    """The Chinese unit to print; a base code such as kWh prints as 千瓦时."""
    return SCALES[shown][-1][0] if shown in SCALES else shown
