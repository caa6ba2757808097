"""Recomputing (重算): run a fact's recorded queries again and compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.domain.fact import Fact, json_number
from knowledge.catalog import Catalog, catalog
from knowledge.definitions import value_names
from tools.fetch import Gate, Query
from tools.indicators.answers import Answer, answer_of
from tools.indicators.columns import BIND
from tools.indicators.derive import derive
from tools.indicators.expression import evaluate

State = Literal["same", "changed", "unavailable"]

ANALYSED = "由分析得出，须重做分析才能核对"


@dataclass(frozen=True)
class Recomputed:
    """The outcome for one fact; `reason` says in Chinese why it is unavailable."""

    id: str
    state: State
    value: Decimal | None = None
    reason: str = ""


def recompute(fact: Fact, gate: Gate) -> Recomputed:
    """Run one fact's recorded queries again. A derived fact needs its parents: see `recompute_all`."""
    return recompute_all([fact], gate)[0]


def recompute_all(facts: Sequence[Fact], gate: Gate) -> list[Recomputed]:
    """Recompute many facts in order; equal statements run once, derived facts follow their parents."""
    book = catalog()
    wanted = {key: query for fact in facts for key, query in _queries(fact, book)}
    outcomes = gate.run_many(list(wanted.values()))
    answers = {
        key: answer_of(outcome, query.params, query.org)
        for (key, query), outcome in zip(wanted.items(), outcomes, strict=True)
    }
    fresh: dict[str, Fact] = {}
    done: dict[str, Recomputed] = {}
    for fact in sorted(facts, key=lambda item: bool(item.parents)):
        if fact.indicator.split(":")[0] not in book.indicators:
            result: tuple[Recomputed, Fact | None] = (Recomputed(fact.id, "unavailable", None, ANALYSED), None)
        else:
            result = _derived(fact, fresh) if fact.parents else _measured(fact, answers, book)
        done[fact.id] = result[0]
        if result[1] is not None:
            fresh[fact.id] = result[1]
    return [done[fact.id] for fact in facts]


def _queries(fact: Fact, book: Catalog) -> list[tuple[str, Query]]:
    out = []
    for sql in fact.query.splitlines():
        params = {name: fact.params[name] for name in dict.fromkeys(BIND.findall(sql)) if name in fact.params}
        source = next((info.source for name, info in book.datasets.items() if f" {name} " in f"{sql} "), "")
        org = str(fact.params.get("org", fact.org))
        out.append((f"{org}\n{sql}\n{sorted(params.items())}", Query(source, sql, params, org, "重算")))
    return out


def _measured(fact: Fact, answers: dict[str, Answer], book: Catalog) -> tuple[Recomputed, Fact | None]:
    mine = [answers[key] for key, _ in _queries(fact, book)]
    bad = next((answer for answer in mine if answer.status != "ok"), None)
    if not mine or bad is not None:
        return Recomputed(fact.id, "unavailable", None, bad.reason if bad else "该事实没有记录查询"), None
    zeros = _silent(fact, book)
    value = _at(fact, mine, "cur", zeros)
    compare = fact.compare.model_copy(
        update={"yoy_base": _at(fact, mine, "yoy", zeros), "mom_base": _at(fact, mine, "mom", zeros)}
    )
    fresh = fact.model_copy(update={"value": value, "compare": compare})
    return _verdict(fact, value), fresh


def _at(fact: Fact, answers: list[Answer], role: str, zeros: set[str]) -> Decimal | None:
    """The recorded method over the fresh numbers; a measure of events that returned no row counts as zero."""
    key = fact.by.key if fact.by and fact.by.dim not in {"month", "day"} else ""
    method = fact.method.replace("__cur", f"__{role}")
    numbers: dict[str, Decimal | None] = dict.fromkeys(
        (name for name in value_names(method) if name.partition("__")[0] in zeros), Decimal(0)
    )
    for answer in answers:
        at = key if key in answer.members else "" if len(answer.members) == 1 and "" in answer.members else key
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


def _derived(fact: Fact, fresh: dict[str, Fact]) -> tuple[Recomputed, Fact | None]:
    parents = [fresh[key] for key in fact.parents if key in fresh]
    if len(parents) != len(fact.parents):
        return Recomputed(fact.id, "unavailable", None, "它所依据的事实无法重算"), None
    how = fact.params
    if "how" not in how:
        return Recomputed(fact.id, "unavailable", None, ANALYSED), None
    again = derive(how["how"], parents, lambda: fact.id, base=how["base"], name=fact.name, lowest=how["lowest"])
    return _verdict(fact, again.value), again


def _verdict(fact: Fact, value: Decimal | None) -> Recomputed:
    if value is None and fact.value == 0 and fact.row_count == 0:
        value = fact.value
    if value is None and fact.value is not None:
        return Recomputed(fact.id, "unavailable", None, "重算时没有得到数值")
    return Recomputed(fact.id, "same" if _equal(value, fact.value) else "changed", value)


def _equal(fresh: Decimal | None, kept: Decimal | None) -> bool:
    """Equal as a stored fact can tell: records keep numbers as JSON numbers, about sixteen digits."""
    return fresh == kept or (fresh is not None and kept is not None and json_number(fresh) == json_number(kept))
