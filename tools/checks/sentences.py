"""Sentences as the content rules read them: figures with their facts, and between them what the words claim."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.fact import Fact
from core.domain.labels import following
from core.domain.period import Period
from core.domain.tokens import TOKEN, UnknownToken, plain
from tools.checks.lexicon import Kind, spellings
from tools.documents.numbering import REFERENCE

if TYPE_CHECKING:
    from tools.checks.context import Context


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
        name = match.group(1)
        if name in context.facts:
            yield from _of_fact(match, context)
        elif name in context.labels:
            yield from _label(name, context)
    yield from _literal(source[at:], context)


def _literal(text: str, context: Context) -> Iterator[Atom]:
    for word in context.lexicon.words(text):
        yield Atom(word.kind, word.text, word.key)


def _of_fact(token: re.Match[str], context: Context) -> Iterator[Atom]:
    try:
        text = plain(token.group(0), context.facts)
    except UnknownToken:
        return
    fact, field = context.facts[token.group(1)], token.group(2) or "value"
    match field:
        case "label" if fact.by is not None and fact.by.dim != "org":
            # the token knows its dimension, whatever else goes by this name
            yield Atom("member", text, fact.by.dim, fact)
        case "label" | "org":
            yield Atom("org", text, min(spellings(text), key=len, default=text), fact)
        case "name":
            yield Atom("indicator", text, fact=fact)
        case "period":
            yield Atom("when", text, period=fact.period)
        case "unit":
            yield Atom("text", text)
        case _:
            form = (token.group(3) or "").strip()
            yield Atom("figure" if fact.has_value else "text", text, fact=fact, field=field, form=form)


def _label(name: str, context: Context) -> Iterator[Atom]:
    period = context.content.period
    periods = {
        "period": period,
        "ytd": period.ytd(),
        "last_year": period.yoy(),
        "previous": period.mom(),
        "next": following(period),
        "last_month": period.last_month(),
    }
    if name in periods:
        yield Atom("when", context.labels[name], name, period=periods[name])
    else:
        yield from _literal(context.labels[name], context)
