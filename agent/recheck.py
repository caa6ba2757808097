"""Recompute a report's facts from what was recorded: same, changed or unavailable, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from agent.trail import note_queries
from core.domain.actor import Actor
from core.domain.analysis_version import AnalysisVersion
from core.domain.fact import Fact, json_number
from core.domain.measure_outcome import MeasureOutcome
from core.domain.supplement import Supplement
from core.store import Store
from knowledge.catalog import catalog
from tools.analysis.rerun import rerun
from tools.fetch import Gate
from tools.indicators.causes import CAUSE_LABELS
from tools.indicators.engine import Ask, Engine
from tools.indicators.recompute import Again, Rerun, recompute_all

if TYPE_CHECKING:
    from agent.runner import Runner

RECORD = "record/1"
"""Who gave a fact that repeats a published one."""


def recompute_report(runner: Runner, actor: Actor, report: str) -> dict[str, Any]:
    """Run every recorded query and analysis again within the actor's scope and compare; the report never changes."""
    facts = runner.report(actor, report).content.facts
    gate = Gate(
        actor,
        runner.settings,
        connections=runner.services.connections,
        on_queries=lambda traces: note_queries(runner.store, actor.user, report, traces),
    )
    standing = partial(_standing, runner.store, actor)
    again = (analysed(runner.store, standing), supplied(standing), published(runner.store))
    results = recompute_all(facts, gate, rerun=again)
    rows = [
        {
            "id": fact.id,
            "indicator": fact.indicator,
            "name": fact.name,
            "result": result.state,
            "cause": result.cause,
            "cause_label": CAUSE_LABELS[result.cause],
            "reason": result.reason,
            "published": json_number(fact.value),
            "value": json_number(result.value),
        }
        for fact, result in zip(facts, results, strict=True)
    ]
    counts = {state: sum(row["result"] == state for row in rows) for state in ("same", "changed", "unavailable")}
    with runner.store.begin() as unit:
        unit.audit.append(actor.user, "recompute", report, detail={"facts": len(rows), **counts})
    return {"status": "ok", "report": report, **counts, "facts": rows}


def analysed(store: Store, standing: Callable[[], Sequence[Supplement]]) -> Rerun:
    """Facts of analyses are computed again, with the analysis versions that were used then and what people supplied."""

    def held(name: str) -> AnalysisVersion | None:
        with store.read() as unit:
            return unit.analyses.held(name)

    def recorded(names: Sequence[str]) -> Sequence[MeasureOutcome]:
        with store.read() as unit:
            return unit.outcomes.held(names)

    return lambda facts, gate: rerun(facts, gate, held, standing, recorded)


def _standing(store: Store, actor: Actor) -> list[Supplement]:
    with store.begin() as unit:
        return unit.quality.supplements(actor)


def supplied(standing: Callable[[], Sequence[Supplement]]) -> Rerun:
    """Facts with supplied values (人工补录) are asked anew: the source, and the supplements that stand now."""

    def ask(facts: Sequence[Fact], gate: Gate) -> Mapping[str, Again]:
        book = catalog()
        mine = [f for f in facts if f.supplement and not f.parents and f.indicator in book.indicators]
        if not mine:
            return {}
        engine = Engine(gate, book, gate.settings.business_date(), lambda: "F0", standing)
        made = engine.compute_each([_ask(fact) for fact in mine])
        return {fact.id: _resupplied(fact, _member(fact, answer)) for fact, answer in zip(mine, made, strict=True)}

    return ask


def _ask(fact: Fact) -> Ask:
    return Ask(fact.indicator, fact.org, fact.period, by=fact.by.dim if _divided(fact) and fact.by else None)


def _member(fact: Fact, answer: Sequence[Fact]) -> Fact:
    """The same member of the answer; where it is gone, the fact without a number."""
    if not _divided(fact):
        return answer[0]
    failed = next((item for item in answer if item.status in {"error", "denied"}), None)
    gone = fact.model_copy(update={"value": None, "status": "empty", "inputs": {}, "reason": "不再有人工补录"})
    return failed or next((item for item in answer if item.by and fact.by and item.by.key == fact.by.key), gone)


def _divided(fact: Fact) -> bool:
    return fact.by is not None and fact.by.dim not in {"org", "month", "day"}


def _resupplied(fact: Fact, now: Fact) -> Again:
    if now.status in {"error", "denied"}:
        return Again(None, now.reason, "denied" if now.status == "denied" else "source_down")
    before, after = fact.inputs.get("supplements", []), now.inputs.get("supplements", [])
    late = [name for name in before if name in now.inputs.get("outdone", [])]
    gone = [name for name in before if name not in after and name not in late]
    new = [name for name in after if name not in before]
    parts = [
        f"{'、'.join(names)} {said}"
        for names, said in ((late, "来源已有数，以来源为准"), (gone, "已撤回或不再计入"), (new, "为其后补录"))
        if names
    ]
    told = f"补录有变：{'；'.join(parts)}" if parts and before else ""
    if not now.has_value:
        return Again(None, told or now.reason, "supplement")
    return Again(now, told, "supplement" if told else "")


def published(store: Store) -> Rerun:
    """Facts that repeat what an earlier report published are looked up in its released version."""

    def look_up(facts: Sequence[Fact], gate: Gate) -> Mapping[str, Again]:
        out: dict[str, Again] = {}
        held: dict[tuple[str, int], dict[str, Fact]] = {}
        for fact in facts:
            if fact.computed_by != RECORD:
                continue
            place = str(fact.inputs["report"]), int(fact.inputs["version"])
            if place not in held:
                with store.begin() as unit:
                    held[place] = unit.reports.content(*place).fact_map()
            found = held[place].get(str(fact.inputs["fact"]))
            out[fact.id] = Again(found, "" if found else "已发布的报告里没有这个事实")
        return out

    return look_up
