"""Look for what matters in the facts: anomalies, decompositions, the outlook. Findings point to facts."""

from __future__ import annotations

from agent.drafting.continuity import continue_from
from agent.drafting.outline import Outline
from agent.events import Step
from agent.state import RunState
from agent.turn import Turn
from core.domain.fact import Fact
from core.domain.finding import Finding
from knowledge.template_grammar import Template
from tools.analysis import all_analyses


def run(state: RunState, turn: Turn) -> RunState:
    outline = Outline.model_validate(turn.load("plan"))
    facts, _ = turn.load_facts()
    places: dict[str, dict[str, list[str]]] = turn.load("books", {})
    findings = examine(outline, turn.library[outline.template], turn, facts, places)
    facts += continue_from(turn)
    turn.save("books", places)
    turn.save_facts(facts, findings)
    return {}


def examine(
    outline: Outline, template: Template, turn: Turn, facts: list[Fact], places: dict[str, dict[str, list[str]]]
) -> list[Finding]:
    """Run the template's analyses: facts and places join those given; the numbered findings are returned."""
    findings: list[Finding] = []
    wanted = dict.fromkeys(name for section in template.sections for name in section.analysis)
    for name in wanted:
        result = all_analyses()[name](turn.bench(facts), outline.org, outline.period)
        known = {fact.id for fact in facts}
        facts += [fact for fact in result.facts if fact.id not in known]
        findings += result.findings
        places[f"analysis.{name}"] = result.places
        label = f"{result.label}：{len(result.findings)} 项发现" if result.findings else f"{result.label}：完成"
        turn.substep(Step(id=f"analyse.{name}", parent="analyse", label=label, status="ok"))
    return [finding.model_copy(update={"id": f"D{at}"}) for at, finding in enumerate(findings, 1)]
