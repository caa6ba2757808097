"""Write the draft: the template's sentences with fact tokens, reworded by the llm where one is configured."""

from __future__ import annotations

from agent.drafting.compose import compose, rule_paragraphs
from agent.drafting.continuity import Continuity
from agent.drafting.outline import Outline
from agent.events import Step
from agent.state import RunState
from agent.turn import Turn
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.report import ReportContent, SourceState
from knowledge.template_grammar import Template

POLISH_SHARE = 0.4
"""The share of a turn's seconds that must be left for rewording to go on."""


def run(state: RunState, turn: Turn) -> RunState:
    outline = Outline.model_validate(turn.load("plan"))
    template = turn.library[outline.template]
    facts, findings = turn.load_facts()
    polish = {} if state.get("returns", 0) else _polished(turn, template, outline, facts, findings)
    turn.save("polish", polish)
    return {}


def content_of(turn: Turn) -> ReportContent:
    """The draft as the record holds it so far; the same work gives the same content and hash."""
    plan = turn.load("plan")
    outline = Outline.model_validate(plan)
    facts, findings = turn.load_facts()
    by_id = {fact.id: fact for fact in facts}
    books = {
        section: {alias: [by_id[fact] for fact in ids] for alias, ids in aliases.items()}
        for section, aliases in turn.load("books", {}).items()
    }
    polish = turn.load("polish", {})
    return compose(
        turn.library[outline.template],
        outline,
        books,
        facts,
        findings,
        [SourceState.model_validate(item) for item in turn.load("sources", [])],
        turn.understood().assumed,
        polish=polish,
        baseline=plan.get("baseline", ""),
        continuity=Continuity.model_validate(turn.load("continuity", {})),
        llm=turn.services.llm.name if polish else "rule",
    )


def _polished(
    turn: Turn, template: Template, outline: Outline, facts: list[Fact], findings: list[Finding]
) -> dict[str, list[str]]:
    if not turn.services.llm.writes:
        return {}
    by_id = {fact.id: fact for fact in facts}
    books = {
        section: {alias: [by_id[fact] for fact in ids] for alias, ids in aliases.items()}
        for section, aliases in turn.load("books", {}).items()
    }
    out: dict[str, list[str]] = {}
    for section in template.sections:
        texts = rule_paragraphs(section, books, findings)
        if not texts:
            continue
        if turn.limits.left < turn.limits.max_seconds * POLISH_SHARE:
            late = "改写用时已到上限，其余章节使用规则文字"
            turn.llm_use = turn.llm_use.model_copy(update={"fallback": turn.llm_use.fallback or late})
            break
        written, use = turn.services.llm.write(section.heading, texts, by_id, outline.labels(), limits=turn.limits)
        turn.llm_use = turn.note_llm(use)
        if written != texts:
            out[section.id] = written
        turn.substep(Step(id=f"draft.{section.id}", parent="draft", label=f"撰写：{section.heading}", status="ok"))
    return out
