"""Mutations of a report's own text, as an author or a reviewer could write it: false words around tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from random import Random

from core.domain.fact import Fact
from core.domain.report import Block, Listing, Paragraph, ReportContent
from core.domain.tokens import TOKEN, number, plain, rounded
from evals.mutations import Mutation
from evals.mutations.texts import CLAIMS, COUNTS, MUTATORS, RANKS
from tools.checks.context import Context, context_of, listed_count
from tools.documents.numbering import chinese

_OPPOSITE = {
    "yoy": ("同比", "同比下降", "同比增长"),
    "mom": ("环比", "环比下降", "环比增长"),
    "ytd_yoy": ("累计同比", "累计同比下降", "累计同比增长"),
    "mom_daily": ("日均环比", "日均环比下降", "日均环比增长"),
}
_SMALLER = {
    "亿千瓦时": "万千瓦时",
    "万千瓦时": "亿千瓦时",
    "万元": "亿元",
    "元": "万元",
    "千伏安": "万千伏安",
    "千瓦": "万千瓦",
    "户": "万户",
    "件": "万件",
}

Change = Callable[[str, re.Match[str], Fact, Context, Random], str | None]


def content_mutations(
    content: ReportContent, kind: str, count: int, rng: Random
) -> Iterator[tuple[Mutation, ReportContent]]:
    """Up to `count` false reports of one kind: one paragraph or item of each is changed."""
    context = context_of(content)
    places = [
        (section, block, item, match)
        for section, held in enumerate(content.sections)
        for block, found in enumerate(held.blocks)
        for item, text in enumerate(_texts(found))
        for match in TOKEN.finditer(text)
    ]
    rng.shuffle(places)
    made = 0
    for section, block, item, match in places:
        if made >= count:
            return
        text = _texts(content.sections[section].blocks[block])[item]
        fact = context.facts.get(match.group(1))
        new = _period(text, match) if kind == "period" else fact and CHANGES[kind](text, match, fact, context, rng)
        if not new or new == text:
            continue
        made += 1
        yield Mutation(kind, f"{section}.{block}.{item}", text, new), _with(content, section, block, item, new)


def _texts(block: Block) -> Sequence[str]:
    match block:
        case Paragraph(text=text):
            return (text,)
        case Listing(items=items):
            return items
    return ()


def _with(content: ReportContent, section: int, block: int, item: int, text: str) -> ReportContent:
    held = content.sections[section]
    old = held.blocks[block]
    new: Block = (
        Listing(items=(*old.items[:item], text, *old.items[item + 1 :]))
        if isinstance(old, Listing)
        else Paragraph(text=text)
    )
    blocks = (*held.blocks[:block], new, *held.blocks[block + 1 :])
    changed = held.model_copy(update={"blocks": blocks})
    sections = (*content.sections[:section], changed, *content.sections[section + 1 :])
    return content.model_copy(update={"sections": sections})


def _instead(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _typed(kind: str) -> Change:
    """The figure typed out, and false."""

    def change(text: str, match: re.Match[str], fact: Fact, context: Context, rng: Random) -> str | None:
        printed = plain(match.group(0), context.facts)
        new = MUTATORS[kind](printed, (), rng)
        return _instead(text, match, new) if new else None

    return change


def _unit(text: str, match: re.Match[str], fact: Fact, context: Context, rng: Random) -> str | None:
    """The bare number with another unit typed after it."""
    if match.group(2) or match.group(3) or not fact.has_value:
        return None
    printed = plain(match.group(0), context.facts)
    for shown, other in _SMALLER.items():
        if printed.endswith(shown) and re.fullmatch(r"-?[\d.]+", printed.removesuffix(shown)):
            display = f":{shown}" if shown not in {"户", "件"} else ""
            return _instead(text, match, f"{{{{{fact.id}:n{display}}}}}{other}")
    return None


def _percent(text: str, match: re.Match[str], fact: Fact, context: Context, rng: Random) -> str | None:
    field = match.group(2)
    change = getattr(fact.compare, field) if field in _OPPOSITE else None
    if field not in _OPPOSITE or change is None or rounded(change, 2) == 0:
        return None
    word = _OPPOSITE[field][1 if change < 0 else 2]
    wrong = "%" if fact.compare.rule == "pp" else "个百分点"
    return _instead(text, match, f"{word}{{{{{fact.id}.{field}:n}}}}{wrong}")


def _direction(text: str, match: re.Match[str], fact: Fact, context: Context, rng: Random) -> str | None:
    """The opposite verb before the magnitude."""
    field, form = match.group(2), match.group(3) or ""
    change = getattr(fact.compare, field) if field in _OPPOSITE else None
    if field in _OPPOSITE and change is not None and rounded(change, 2) != 0 and not form:
        return _instead(text, match, f"{_OPPOSITE[field][2 if change < 0 else 1]}{{{{{fact.id}.{field}:abs}}}}")
    if form == "pull" and fact.value:
        return _instead(text, match, f"{'拉低' if fact.value > 0 else '拉高'}{{{{{fact.id}:abs}}}}")
    if form == "abs" and text[: match.start()].endswith("减少"):
        return text[: match.start() - 2] + "增加" + text[match.start() :]
    return None


def _county(text: str, match: re.Match[str], fact: Fact, context: Context, rng: Random) -> str | None:
    """The figure of one unit or member under the name of another of the same list."""
    if match.group(2) not in {"label", "org"}:
        return None
    others = [
        other
        for other in context.content.facts
        if other.by and fact.by and other.by.dim == fact.by.dim and other.by.label != fact.by.label
        if match.group(2) != "org" or other.org != fact.org
    ]
    if fact.by is None or fact.by.dim == "band" or not others:
        return None
    return _instead(text, match, f"{{{{{rng.choice(others).id}.{match.group(2)}}}}}")


def _after(phrases: Sequence[str]) -> Change:
    """A phrase after the figure; a member that does lead its list is left alone."""

    def change(text: str, match: re.Match[str], fact: Fact, context: Context, rng: Random) -> str | None:
        if (
            match.group(2) in {"label", "org", "name", "period", "unit"}
            or not fact.has_value
            or _extreme(fact, context)
        ):
            return None
        return text[: match.end()] + rng.choice(phrases) + text[match.end() :]

    return change


def _counted(text: str, match: re.Match[str], fact: Fact, context: Context, rng: Random) -> str | None:
    """One more or one fewer than the list or table that follows has; any number where nothing follows."""
    listed = next((item.after for item in context.texts if item.source == text), 0)
    wrong = listed + rng.choice((-1, 1)) if listed > 1 else listed + rng.randint(1, 8)
    return text[: match.end()] + f"，有以下{chinese(wrong)}项" + text[match.end() :]


def truly_counted(content: ReportContent) -> ReportContent:
    """The report with a true count before every list and table that a paragraph announces."""
    sections = []
    for section in content.sections:
        blocks: list[Block] = []
        for at, block in enumerate(section.blocks):
            size = listed_count(section.blocks[at + 1]) if at + 1 < len(section.blocks) else 0
            if isinstance(block, Paragraph) and size:
                block = Paragraph(text=f"{block.text.rstrip('。')}，有以下{chinese(size)}项。")
            blocks.append(block)
        sections.append(section.model_copy(update={"blocks": tuple(blocks)}))
    return content.model_copy(update={"sections": tuple(sections)})


def _extreme(fact: Fact, context: Context) -> bool:
    """Whether a fact is the largest or smallest of its kind, in its value or a change: a superlative may be true."""
    by = fact.by
    alike = [
        item
        for item in context.content.facts
        if by is not None and item.by is not None and item.by.dim == by.dim
        if (item.indicator, item.unit) == (fact.indicator, fact.unit)
        if item.has_value and (item.period == fact.period or by.dim == "month")
    ]
    for field in ("value", "yoy", "mom"):
        values = [_shown(item, field) for item in alike]
        known = [value for value in values if value is not None]
        if known and _shown(fact, field) in {min(known), max(known)}:
            return True
    return False


def _shown(fact: Fact, field: str) -> Decimal | None:
    if field != "value" and getattr(fact.compare, field) is None:
        return None
    return number(fact, fact.unit if field == "value" else "", field)


def _period(text: str, match: re.Match[str]) -> str | None:
    """The figure under the name of another period."""
    new = {"period": "{{previous}}", "ytd": "{{last_year}}", "next": "{{period}}"}.get(match.group(1))
    return _instead(text, match, new) if new else None


CHANGES: dict[str, Change] = {
    "digit": _typed("digit"),
    "sign": _typed("sign"),
    "unit": _unit,
    "percent": _percent,
    "direction": _direction,
    "rank": _after(RANKS),
    "county": _county,
    "superlative": _after(CLAIMS),
    "quantity": _after(COUNTS),
    "counted": _counted,
}
