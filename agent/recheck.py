"""Recompute a report's facts from what was recorded: same, changed or unavailable, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.trail import note_queries
from core.domain.actor import Actor
from core.domain.analysis_version import AnalysisVersion
from core.domain.fact import Fact, json_number
from core.store import Store
from tools.analysis.rerun import rerun
from tools.fetch import Gate
from tools.indicators.causes import CAUSE_LABELS
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
    results = recompute_all(facts, gate, rerun=(analysed(runner.store), published(runner.store)))
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


def analysed(store: Store) -> Rerun:
    """Facts of analyses are computed again, with the analysis versions that were used then."""

    def held(name: str) -> AnalysisVersion | None:
        with store.read() as unit:
            return unit.analyses.held(name)

    return lambda facts, gate: rerun(facts, gate, held)


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
