"""The book of one section: aliases of the template → the facts that answered them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.labels import report_labels
from core.domain.period import Period
from core.domain.tokens import SCALES, TOKEN, natural_unit
from knowledge.template_grammar import Each, Quote, Sentence, When

LABELS = frozenset(report_labels("", Period.month(2026, 1)))
"""Names of text tokens; every other token of a template is an alias of facts."""
FACT_ID = re.compile(r"F\d+")
OPTIONAL = re.compile(r"\[\[(.*?)\]\]")
_NUMBERS = {"yoy", "mom", "ytd", "ytd_yoy", "mom_daily"}


@dataclass(frozen=True)
class Book:
    """Lookups for one section. Groups keep the engine's order."""

    groups: Mapping[str, Sequence[Fact]]
    findings: Sequence[Finding] = ()

    def scalar(self, alias: str) -> Fact | None:
        facts = self.groups.get(alias, ())
        return facts[0] if facts else None

    def member(self, alias: str, key: str) -> Fact | None:
        return next((fact for fact in self.groups.get(alias, ()) if fact.by and fact.by.key == key), None)

    def all(self) -> list[Fact]:
        return [fact for facts in self.groups.values() for fact in facts]


def printable(fact: Fact | None, field: str) -> bool:
    """Whether a token of this field would print a number."""
    if fact is None or not fact.has_value:
        return False
    return field not in _NUMBERS or getattr(fact.compare, field) is not None


def sentence(text: str, book: Book, it: Fact | None = None) -> str | None:
    """Put fact ids for aliases; None when a required token has no number. Label tokens stay as they are."""

    def filled(part: str) -> str | None:
        out: list[str] = []
        at = 0
        for match in TOKEN.finditer(part):
            alias, field, form = match.group(1), match.group(2) or "", match.group(3)
            out.append(part[at : match.start()])
            at = match.end()
            if alias in LABELS or FACT_ID.fullmatch(alias):
                out.append(match.group(0))
                continue
            fact = it if alias == "it" else book.scalar(alias)
            if not printable(fact, field) or fact is None:
                return None
            out.append("{{" + fact.id + (f".{field}" if field else "") + (f":{form}" if form else "") + "}}")
        return "".join([*out, part[at:]])

    text = OPTIONAL.sub(lambda match: filled(match.group(1)) or "", text)
    return filled(text)


def paragraph(sentences: Sequence[Sentence], book: Book) -> str:
    """Join the sentences that can be said; an empty string when none can."""
    parts: list[str] = []
    for spec in sentences:
        if isinstance(spec, Each):
            made = each(spec, book)
        elif isinstance(spec, When):
            made = either(spec, book)
        elif isinstance(spec, Quote):
            told = "".join(item.text for item in book.findings if item.of_kind((spec.finding,)))
            made = told and spec.lead + told
        else:
            made = sentence(spec, book)
        if made:
            parts.append(made)
    return "".join(parts)


def either(spec: When, book: Book) -> str | None:
    """The sentence that fits the fact; None where the fact has no number: nothing is not zero."""
    fact = book.scalar(spec.when)
    if fact is None or not fact.has_value or fact.value is None:
        return None
    chosen = spec.then if fact.value > 0 else spec.otherwise
    return sentence(chosen, book) if chosen else None


def each(spec: Each, book: Book) -> str | None:
    members = [fact for fact in book.groups.get(spec.each, ()) if fact.has_value]
    if spec.where:
        members = [fact for fact in members if sort_key(fact, spec.sort) * (1 if spec.where == "above" else -1) > 0]
    if spec.sort:
        members = [fact for fact in members if printable(fact, spec.sort if spec.sort != "value" else "")]
        members.sort(key=lambda fact: sort_key(fact, spec.sort), reverse=spec.order == "desc")
    items = [item for fact in members[: spec.limit] if (item := sentence(spec.item, book, fact))]
    if not items:
        return None
    lead = sentence(spec.lead, book) if spec.lead else ""
    return f"{lead or ''}{spec.join.join(items)}{spec.end}"


def sort_key(fact: Fact, field: str) -> Decimal:
    value = fact.value if field in {"", "value"} else getattr(fact.compare, field)
    return value if value is not None else Decimal("-Infinity")


def column_unit(facts: Sequence[Fact], wanted: str) -> str:
    """The one display unit of a column or an axis: as the template says, or by the largest magnitude (`auto`)."""
    unit = next((fact.unit for fact in facts), "")
    if wanted not in {"", "auto"}:
        return wanted
    if unit not in SCALES:
        return unit
    values = [abs(fact.value) for fact in facts if fact.value is not None]
    largest = max(values, default=Decimal(0))
    chosen = natural_unit(unit, largest)
    return "万千瓦时" if chosen == "亿千瓦时" and len(values) > 1 and min(values) < Decimal(10**6) else chosen
