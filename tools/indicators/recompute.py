"""Recomputing (重算): run a fact's recorded queries again, compare, and say why a number differs."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import Literal

from core.domain.fact import Fact, json_number
from knowledge.catalog import Catalog, catalog
from knowledge.definitions import value_names
from tools.fetch import Gate, Query
from tools.indicators.answers import Answer, answer_of
from tools.indicators.ask import Ask
from tools.indicators.causes import Cause, Seen, caliber_note, why_changed
from tools.indicators.columns import BIND
from tools.indicators.derive import derive
from tools.indicators.engine import Engine
from tools.indicators.expression import evaluate

State = Literal["same", "changed", "unavailable"]

SUPPLIED = "含人工补录的数值，须对照补录记录才能重算"
ANALYSED = "由分析得出，须重做分析才能核对"


@dataclass(frozen=True)
class Recomputed:
    """The outcome for one fact; `reason` says in Chinese why it changed or is unavailable, `cause` names the kind."""

    id: str
    state: State
    value: Decimal | None = None
    reason: str = ""
    cause: Cause = ""
    fact: Fact | None = None
    """The fact as the record's query gives it now; None where it could not be computed."""


@dataclass(frozen=True)
class Again:
    """A fact as it comes out now where it was not a query of its own; None with the reason where it does not."""

    fact: Fact | None
    reason: str = ""
    cause: Cause = ""


Rerun = Callable[[Sequence[Fact], Gate], Mapping[str, Again]]


def recompute(fact: Fact, gate: Gate) -> Recomputed:
    """Run one fact's recorded queries again. A derived fact needs its parents: see `recompute_all`."""
    return recompute_all([fact], gate)[0]


def recompute_all(
    facts: Sequence[Fact], gate: Gate, *, rerun: Sequence[Rerun] = (), book: Catalog | None = None
) -> list[Recomputed]:
    """Recompute many facts in order; equal statements run once, derived facts follow their parents.

    `rerun` gives the facts that rest on an analysis or on the record. A fact of an older caliber is also asked anew:
    it has changed when the present caliber gives another number from the same data.
    """
    book = book or catalog()
    again = {key: made for one in rerun for key, made in one(facts, gate).items()}
    measured = [fact for fact in facts if fact.id not in again and not fact.parents and _known(fact, book)]
    answers = _answers(measured, gate, book)
    redefined = _redefined(measured, gate, book)
    fresh: dict[str, Fact] = {}
    done: dict[str, Recomputed] = {}
    moved: list[Fact] = []
    for fact in _by_depth(facts, again):
        if fact.id in again:
            result: tuple[Recomputed, Fact | None] = _remade(fact, again[fact.id], done, moved)
        elif fact.supplement and not fact.parents:
            result = Recomputed(fact.id, "unavailable", None, SUPPLIED), None
        elif not _known(fact, book):
            result = Recomputed(fact.id, "unavailable", None, ANALYSED), None
        elif fact.parents:
            result = _derived(fact, fresh, done)
        else:
            result = _measured(fact, answers, gate, book)
            result = _recalibrated(fact, result, redefined.get(fact.id), caliber_note(fact, book))
        done[fact.id] = replace(result[0], fact=result[1])
        if result[1] is not None:
            fresh[fact.id] = result[1]
        if result[0].state == "changed" and not fact.parents and fact.id not in again:
            moved.append(fact)
    return [done[fact.id] for fact in facts]


def _known(fact: Fact, book: Catalog) -> bool:
    return fact.indicator.split(":")[0] in book.indicators


def _by_depth(facts: Sequence[Fact], later: Container[str]) -> list[Fact]:
    """Parents before what was derived from them; of equals those in `later` last."""
    held, depths = {fact.id: fact for fact in facts}, dict[str, int]()

    def depth(fact: Fact, seen: frozenset[str] = frozenset()) -> int:
        if fact.id not in depths:
            above = [held[name] for name in fact.parents if name in held and name not in seen]
            depths[fact.id] = 1 + max((depth(item, seen | {fact.id}) for item in above), default=-1)
        return depths[fact.id]

    return sorted(facts, key=lambda fact: (depth(fact), fact.id in later))


def _answers(facts: Sequence[Fact], gate: Gate, book: Catalog) -> dict[str, Answer]:
    wanted = {key: query for fact in facts for key, query in _queries(fact, book)}
    outcomes = gate.run_many(list(wanted.values()))
    return {
        key: answer_of(outcome, query.params, query.org)
        for (key, query), outcome in zip(wanted.items(), outcomes, strict=True)
    }


def _redefined(facts: Sequence[Fact], gate: Gate, book: Catalog) -> dict[str, Fact]:
    """Facts of an older caliber, asked anew by the present one; by the id of the old fact."""
    old = [fact for fact in facts if caliber_note(fact, book)]
    numbers = count(1)
    engine = Engine(gate, book, gate.settings.business_date(), lambda: f"F{next(numbers)}")
    asked: dict[Ask, list[Fact]] = {}
    for fact in old:
        by = fact.by.dim if fact.by and fact.by.dim not in {"month", "day"} else None
        org = str(fact.params.get("org", fact.org)) if by == "org" else fact.org
        asked.setdefault(Ask(fact.indicator, org, fact.period, by=by), []).append(fact)
    out = {}
    for (_, mine), made in zip(asked.items(), engine.compute_each(list(asked)), strict=True):
        by_key = {item.by.key if item.by else "": item for item in made}
        for fact in mine:
            key = fact.by.key if fact.by and fact.by.dim not in {"month", "day"} else ""
            if key in by_key:
                out[fact.id] = by_key[key]
    return out


def _recalibrated(
    fact: Fact, result: tuple[Recomputed, Fact | None], redefined: Fact | None, note: str
) -> tuple[Recomputed, Fact | None]:
    """Add what a new caliber makes of the same data."""
    outcome, fresh = result
    if not note or outcome.state == "unavailable":
        return result
    if outcome.state == "changed":
        return replace(outcome, reason=f"{outcome.reason}；{note}"), fresh
    if redefined is None or not redefined.has_value or _equal(redefined.value, fact.value):
        return replace(outcome, reason=f"{note}，数值不变"), fresh
    reason = f"{note}：按原口径重算与发布值一致，按现行口径为另一数值"
    return Recomputed(fact.id, "changed", redefined.value, reason, "caliber"), redefined


def _remade(
    fact: Fact, again: Again, done: Mapping[str, Recomputed], moved: Sequence[Fact]
) -> tuple[Recomputed, Fact | None]:
    """A fact of an analysis or of the record against what it is now; `moved` are the measured facts that changed."""
    if again.fact is None:
        return Recomputed(fact.id, "unavailable", None, again.reason, again.cause or "missing"), None
    verdict = _verdict(fact, again.fact.value)
    if verdict.state == "changed":
        near = [name for name in fact.parents if name in done and done[name].state == "changed"]
        near += [item.id for item in moved if set(item.datasets) & set(fact.datasets)]
        first = done[near[0]] if near else None
        cause: Cause = again.cause or (first.cause if first else "rewritten")
        told = again.reason or (f"同源的 {first.id} 有变：{first.reason}" if first else "分析所用的源数据有变")
        verdict = replace(verdict, reason=told, cause=cause)
    return verdict, again.fact


def _queries(fact: Fact, book: Catalog) -> list[tuple[str, Query]]:
    out = []
    for sql in fact.query.splitlines():
        params = {name: fact.params[name] for name in dict.fromkeys(BIND.findall(sql)) if name in fact.params}
        source = next((info.source for name, info in book.datasets.items() if f" {name} " in f"{sql} "), "")
        org = str(fact.params.get("org", fact.org))
        out.append((f"{org}\n{sql}\n{sorted(params.items())}", Query(source, sql, params, org, "重算")))
    return out


def _measured(fact: Fact, answers: dict[str, Answer], gate: Gate, book: Catalog) -> tuple[Recomputed, Fact | None]:
    mine = [answers[key] for key, _ in _queries(fact, book)]
    bad = next((answer for answer in mine if answer.status != "ok"), None)
    if bad is not None:
        cause: Cause = "denied" if bad.status == "denied" else "source_down"
        return Recomputed(fact.id, "unavailable", None, bad.reason or "数据源没有回答", cause), None
    if not mine:
        return Recomputed(fact.id, "unavailable", None, "该事实没有记录查询", "missing"), None
    zeros = _silent(fact, book)
    value = _at(fact, mine, "cur", zeros)
    compare = fact.compare.model_copy(
        update={"yoy_base": _at(fact, mine, "yoy", zeros), "mom_base": _at(fact, mine, "mom", zeros)}
    )
    seen = _seen(fact, mine)
    now = {"value": value, "compare": compare, "row_count": seen.rows, "as_of": seen.newest or fact.as_of}
    fresh = fact.model_copy(update=now)
    verdict = _verdict(fact, value)
    if verdict.state == "changed":
        cause, reason = why_changed(fact, seen, gate, book)
        verdict = replace(verdict, cause=cause, reason=reason)
    return verdict, fresh


def _seen(fact: Fact, answers: list[Answer]) -> Seen:
    """How many base rows stand behind the value now, and the newest moment of them."""
    role = next((name.rpartition("__")[2] for name in sorted(value_names(fact.method)) if "__" in name), "cur")
    rows = [(answer, _member(fact, answer)) for answer in answers]
    moments = [moment for answer, at in rows if (moment := answer.newest(at, role))]
    return Seen(sum(answer.rows(at, role) for answer, at in rows), max(moments, default=None))


def _member(fact: Fact, answer: Answer) -> str:
    """The member that the fact stands for in an answer; a statement for one unit alone has no key."""
    key = fact.by.key if fact.by and fact.by.dim not in {"month", "day"} else ""
    return key if key in answer.members else "" if len(answer.members) == 1 and "" in answer.members else key


def _at(fact: Fact, answers: list[Answer], role: str, zeros: set[str]) -> Decimal | None:
    """The recorded method over the fresh numbers; a measure of events that returned no row counts as zero."""
    method = fact.method.replace("__cur", f"__{role}")
    numbers: dict[str, Decimal | None] = dict.fromkeys(
        (name for name in value_names(method) if name.partition("__")[0] in zeros), Decimal(0)
    )
    for answer in answers:
        at = _member(fact, answer)
        for name in answer.members.get(at, {}):
            alias, _, window = name.rpartition("__")
            if alias in {"n", "z", ""}:
                continue
            number = answer.number(at, alias, window)
            if number is not None:
                numbers[name] = number
    return evaluate(method, numbers)


def _silent(fact: Fact, book: Catalog) -> set[str]:
    """Measures for which no row means zero, as far as the fact was covered when it was minted."""
    indicator = book.find(fact.indicator)
    if indicator is None or fact.value is None:
        return set()
    measures = {name: book.measure(indicator, name) for name in value_names(indicator.value)}
    known = [*measures.items(), *((n, m) for item in book.indicators.values() for n, m in item.measures.items())]
    silent = [m for m in measures.values() if m.coverage in {"event", "stock"}]
    return {name for name, measure in known if measure in silent}


def _derived(fact: Fact, fresh: Mapping[str, Fact], done: Mapping[str, Recomputed]) -> tuple[Recomputed, Fact | None]:
    parents = [fresh[key] for key in fact.parents if key in fresh]
    if len(parents) != len(fact.parents):
        gone = next((done[key] for key in fact.parents if key not in fresh and key in done), None)
        told = f"它所依据的 {gone.id} 无法重算：{gone.reason}" if gone else "它所依据的事实不在本报告里"
        return Recomputed(fact.id, "unavailable", None, told, gone.cause if gone else "missing"), None
    how = fact.params
    if "how" not in how:
        return Recomputed(fact.id, "unavailable", None, ANALYSED), None
    again = derive(how["how"], parents, lambda: fact.id, base=how["base"], name=fact.name, lowest=how["lowest"])
    verdict = _verdict(fact, again.value)
    if verdict.state == "changed":
        moved = next((done[key] for key in fact.parents if key in done and done[key].state == "changed"), None)
        told = f"所依据的 {moved.id} 有变：{moved.reason}" if moved else "所依据的基期数据有变"
        verdict = replace(verdict, reason=told, cause=moved.cause if moved else "rewritten")
    return verdict, again


def _verdict(fact: Fact, value: Decimal | None) -> Recomputed:
    if value is None and fact.value == 0 and fact.row_count == 0:
        value = fact.value
    if value is None and fact.value is not None:
        return Recomputed(fact.id, "unavailable", None, "重算时没有得到数值", "missing")
    return Recomputed(fact.id, "same" if _equal(value, fact.value) else "changed", value)


def _equal(fresh: Decimal | None, kept: Decimal | None) -> bool:
    """Equal as a stored fact can tell: records keep numbers as JSON numbers, about sixteen digits."""
    return fresh == kept or (fresh is not None and kept is not None and json_number(fresh) == json_number(kept))
