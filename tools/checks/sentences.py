"""Sentences as the content rules read them: figures with their facts, and between them what the words claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.fact import Fact
from core.domain.labels import following
from core.domain.period import Period
from core.domain.tokens import TEXT_FIELDS, TOKEN, UnknownToken, plain
from tools.checks.lexicon import Kind, Word, org_names
from tools.documents.numbering import REFERENCE

if TYPE_CHECKING:
    from tools.checks.context import Context

CHANGES = frozenset({"yoy", "mom", "ytd_yoy", "mom_daily"})


@dataclass(frozen=True)
class Atom:
    """One word or one figure. A figure has its fact and which of its numbers it prints; a `when` its period."""

    kind: Kind
    text: str
    key: str = ""
    fact: Fact | None = None
    field: str = "value"
    form: str = ""
    period: Period | None = None


Sentence = tuple[Atom, ...]


def sentences(source: str, context: Context) -> list[Sentence]:
    """The text cut at full stops. Tokens that lead nowhere are left out: the numeral gate names them."""
    out: list[Sentence] = []
    now: list[Atom] = []
    for atom in _atoms(REFERENCE.sub("表", source), context):
        if atom.kind == "stop":
            out.append(tuple(now))
            now = []
        else:
            now.append(atom)
    return [item for item in (*out, tuple(now)) if item]


def _atoms(source: str, context: Context) -> Iterator[Atom]:
    at = 0
    for match in TOKEN.finditer(source):
        yield from _literal(source[at : match.start()], context)
        at = match.end()
        name, field, form = match.group(1), match.group(2) or "", (match.group(3) or "").strip()
        fact = context.facts.get(name)
        if fact is not None:
            yield from _of_fact(fact, field, form, match.group(0), context)
        elif name in context.labels:
            yield from _label(name, context)
    yield from _literal(source[at:], context)


def _literal(text: str, context: Context) -> Iterator[Atom]:
    for word in context.lexicon.words(text) if text else ():
        yield _of_word(word)


def _of_word(word: Word) -> Atom:
    return Atom(word.kind, word.text, word.key)


def _of_fact(fact: Fact, field: str, form: str, token: str, context: Context) -> Iterator[Atom]:
    match field:
        case "label" | "org":
            text = plain(token, context.facts)
            if field == "org" or (fact.by is not None and fact.by.dim == "org") or fact.by is None:
                yield Atom("org", text, min(org_names(fact), key=len, default=text), fact)
            else:  # the token knows its dimension, whatever else goes by this name
                yield Atom("member", text, fact.by.dim, fact)
        case "name":
            yield Atom("indicator", fact.name, fact=fact)
        case "period":
            yield Atom("when", fact.period.label, period=fact.period)
        case "unit":
            yield Atom("text", plain(token, context.facts))
        case _ if field and field not in CHANGES | {"ytd"} | TEXT_FIELDS:
            return
        case _:
            try:
                printed = plain(token, context.facts)
            except UnknownToken:
                return
            yield Atom("figure" if fact.has_value else "text", printed, fact=fact, field=field or "value", form=form)


def _label(name: str, context: Context) -> Iterator[Atom]:
    period = context.content.period
    periods = {
        "period": period,
        "ytd": period.ytd(),
        "last_year": period.yoy(),
        "previous": period.mom(),
        "next": following(period),
    }
    text = context.labels[name]
    if name in {"org", "org_short"}:
        yield Atom("org", text, context.own_unit)
    elif name in periods:
        yield Atom("when", text, name, period=periods[name])
    elif name in {"cutoff", "next_end"}:
        yield Atom("text", text)
    else:
        yield from _literal(text, context)
