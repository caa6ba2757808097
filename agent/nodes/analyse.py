"""Look for what matters in the facts: anomalies, decompositions, the outlook. Findings point to facts."""

from __future__ import annotations

from agent.drafting.outline import Outline
from agent.events import Step
from agent.state import RunState
from agent.turn import Turn
from tools.analysis import all_analyses


def run(state: RunState, turn: Turn) -> RunState:
    outline = Outline.model_validate(turn.load("plan"))
    facts, _ = turn.load_facts()
    places: dict[str, dict[str, list[str]]] = turn.load("books", {})
    wanted = dict.fromkeys(name for section in turn.library[outline.template].sections for name in section.analysis)
    findings = []
    for name in wanted:
        result = all_analyses()[name](turn.bench(facts), outline.org, outline.period)
        known = {fact.id for fact in facts}
        facts += [fact for fact in result.facts if fact.id not in known]
        findings += result.findings
        places[f"analysis.{name}"] = result.places
        label = f"{result.label}：{len(result.findings)} 项发现" if result.findings else f"{result.label}：完成"
        turn.substep(Step(id=f"analyse.{name}", parent="analyse", label=label, status="ok"))
    numbered = [finding.model_copy(update={"id": f"D{at}"}) for at, finding in enumerate(findings, 1)]
    turn.save("books", places)
    turn.save_facts(facts, numbered)
    return {}
