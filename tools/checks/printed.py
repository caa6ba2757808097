"""The printed forms of facts: which numbers, with which units, a report may show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.domain.fact import Fact
from core.domain.tokens import SCALES, UnknownToken, number, plain

_FIELDS = ("yoy", "mom", "ytd_yoy", "mom_daily")
_NUMBER = r"(?<![\dA-Za-z.])[-+−]?\d[\d,，]*(?:\.\d+)?"


@dataclass(frozen=True)
class Printed:
    """Every (number, unit) that the facts can print, without signs, and the bare numbers for tables."""

    pairs: frozenset[tuple[Decimal, str]]
    bare: frozenset[Decimal]
    units: tuple[str, ...]

    def alien(self, text: str) -> list[str]:
        """Numbers of a sentence that no fact prints; names, labels and dates must already be taken out."""
        units = "|".join(map(re.escape, self.units))
        found = re.finditer(rf"({_NUMBER})\s?((?:{units}|%|％|个?百分点)?)", text)
        return [match.group(0) for match in found if (_value(match[1]), match[2]) not in self.pairs]


def printed_forms(facts: Mapping[str, Fact]) -> Printed:
    """All forms of all facts."""
    pairs: set[tuple[Decimal, str]] = set()
    bare: set[Decimal] = set()
    for fact in facts.values():
        if not fact.has_value:
            continue
        for text in _texts(fact):
            for match in re.finditer(rf"({_NUMBER})([^\d（）]*)", text):
                value = _value(match[1])
                if value is not None:
                    pairs.add((value, match[2]))
                    bare.add(value)
    units = {unit for _, unit in pairs if unit}
    return Printed(frozenset(pairs), frozenset(bare), tuple(sorted(units, key=len, reverse=True)))


def _texts(fact: Fact) -> list[str]:
    facts = {fact.id: fact}
    displays = ["", *(name for name, _ in SCALES.get(fact.unit, ()))]
    out = []
    for field in ("value", "ytd"):
        dotted = "" if field == "value" else ".ytd"
        if field == "ytd" and fact.compare.ytd is None:
            continue
        for display in (*displays, "abs", "pull"):
            token = f"{{{{{fact.id}{dotted}{':' if display else ''}{display}}}}}"
            try:
                out.append(plain(token, facts))
                out.append(f"{number(fact, display, field):f}")
            except UnknownToken:
                continue
    for field in _FIELDS:
        if getattr(fact.compare, field) is not None:
            out += [plain(f"{{{{{fact.id}.{field}{form}}}}}", facts) for form in ("", ":abs", ":n")]
    return out


def _value(text: str) -> Decimal | None:
    try:
        return abs(Decimal(re.sub(r"[,，+−-]", "", text)))
    except InvalidOperation:
        return None
