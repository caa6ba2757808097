"""Recompute a report's facts from their recorded queries: same, changed or unavailable, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.trail import note_queries
from core.domain.actor import Actor
from core.domain.fact import json_number
from tools.fetch import Gate
from tools.indicators.recompute import recompute_all

if TYPE_CHECKING:
    from agent.runner import Runner


def recompute_report(runner: Runner, actor: Actor, report: str) -> dict[str, Any]:
    """Run every recorded query again within the actor's scope and compare; the report itself is never changed."""
    facts = runner.report(actor, report).content.facts
    gate = Gate(
        actor,
        runner.settings,
        connections=runner.services.connections,
        on_queries=lambda traces: note_queries(runner.store, actor.user, report, traces),
    )
    results = recompute_all(facts, gate)
    rows = [
        {
            "id": fact.id,
            "indicator": fact.indicator,
            "name": fact.name,
            "result": result.state,
            "reason": result.reason,
            "published": json_number(fact.value),
            "value": json_number(result.value),
        }
        for fact, result in zip(facts, results, strict=True)
    ]
    with runner.store.begin() as unit:
        unit.audit.append(actor.user, "recompute", report, detail={"facts": len(rows)})
    counts = {state: sum(row["result"] == state for row in rows) for state in ("same", "changed", "unavailable")}
    return {"status": "ok", "report": report, **counts, "facts": rows}
