"""数字门: a number stands in a report only as a fact token; words, labels and captions hold none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from core.domain.fact import Fact
from core.domain.report import Chart
from core.domain.tokens import TEXT_FIELDS, TOKEN, UnknownToken
from knowledge.standards import compiled, numerals
from tools.charts.plot import plot_of
from tools.checks import Check, Hit
from tools.checks.context import Context, Text, without_references
from tools.checks.counts import counts
from tools.checks.numerals import find

_MEND = "把数字换成数据事实的记号，或删去这个数字。"
_COUNTED = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟半几数"
_SIGN = re.compile(rf"(?<![{_COUNTED}])个?百分点|(?<![{_COUNTED}])[%％‰]")
"""A unit of rates that counts nothing: the 个 of 三个百分点 stays with its numeral."""


def _run(context: Context) -> Iterator[Hit]:
    for text in context.texts:
        yield from _unknown(context, text)
        yield from _written(context, text)
        if text.kind == "prose":
            yield from _empty(context, text)
    yield from _charts(context)


def _unknown(context: Context, text: Text) -> Iterator[Hit]:
    try:
        context.spans(text)
    except UnknownToken as error:
        yield Hit(text.place, str(error), "记号只能引用本报告的数据事实、标签、表和图。", final=True)


def _written(context: Context, text: Text) -> Iterator[Hit]:
    source = text.source
    for count in counts(text, context):
        if count.listed is None:
            continue
        source = source[: count.start] + "\ue001" * len(count.text) + source[count.end :]
        if not count.proven:
            what = f"「{count.text}」与所列不符：列了 {count.listed} 项"
            yield Hit(text.place, what, "改正数目，或补齐、删减所列各项。")
    bare = _spaced(source)
    names = context.titled if text.kind in {"title", "caption"} else context.phrases
    if text.kind in {"cell", "category"} and find(bare, names):
        names |= _periods(context, text)
    if text.kind == "caption":
        bare = _window().sub("", bare)
    if text.kind == "header" or _SIGN.fullmatch(bare):
        bare = _SIGN.sub("", bare)
    for number in find(bare, names):
        label = next((name for name, words in context.labels.items() if number in words and words in text.source), "")
        mend = f"改用标签「{{{{{label}}}}}」。" if label else _MEND
        yield Hit(
            text.place,
            f"「{number}」没有出处：{_around(text.source, number)}",
            mend,
            "warn" if text.kind == "advice" else None,
        )


@cache
def _window() -> re.Pattern[str]:
    return compiled("|".join(numerals().caption_patterns))


def _spaced(source: str) -> str:
    """Tokens become a mark, so that words on both sides do not run together."""
    return TOKEN.sub("\ue001", without_references(source))


def _around(source: str, number: str) -> str:
    at = max(source.find(number), 0)
    return source[max(at - 12, 0) : at + len(number) + 12]


def _periods(context: Context, text: Text) -> set[str]:
    """Period names that a label cell or a category may print: those of its own row's or point's facts."""
    facts = [context.facts[name] for name in text.facts if name in context.facts] or list(context.facts.values())
    return {name for fact in facts for name in _period_names(fact)}


def _period_names(fact: Fact) -> set[str]:
    start = fact.period.start
    names = {fact.period.label, fact.period.code}
    if fact.period.fitting(("month",)):
        names |= {f"{start.month}月", f"{start:%y}年{start.month}月", f"{start:%Y-%m}"}
    if fact.period.grain == "day":
        names |= {f"{start.month}月{start.day}日", f"{start:%m-%d}", f"{start.day}日"}
    return names


def _empty(context: Context, text: Text) -> Iterator[Hit]:
    """Prose must not state a number that does not exist."""
    for match in TOKEN.finditer(text.source):
        fact = context.facts.get(match.group(1))
        field, form = match.group(2) or "value", match.group(3) or ""
        if fact is None or field in TEXT_FIELDS:
            continue
        if not fact.has_value:
            yield Hit(
                text.place, f"{fact.id} {fact.name}没有数值（{fact.status}）", "改写为缺数说明，不要在句中引用它。"
            )
        elif (form or field == "ytd") and getattr(fact.compare, field, field) is None:
            yield Hit(text.place, f"{fact.id} {fact.name}没有可比数据", "删去这一比较，或写“无可比数据”。")


def _charts(context: Context) -> Iterator[Hit]:
    for section in context.content.sections:
        for block in section.blocks:
            if isinstance(block, Chart):
                try:
                    plot_of(block, context.facts)
                except UnknownToken as error:
                    yield Hit(f"图「{block.caption}」", str(error), "图上的点只能是本报告的数据事实。", final=True)


CHECK = Check("numeral_gate", "数字有出处，文字无数字", _run)
