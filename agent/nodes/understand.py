"""Read the request: intent, 单位, 期间, 指标, template; what is assumed is said, what is unclear is asked once."""

from __future__ import annotations

from collections.abc import Mapping

from agent.events import Understood
from agent.state import RunState
from agent.turn import Turn
from agent.understanding import Context
from knowledge.template_grammar import Template

GRAINS = {"week": "自然周", "month": "自然月", "quarter": "季度", "year": "年", "range": "起止日期"}
EXAMPLES = {
    "week": "2026年10月19日至25日",
    "month": "2026年10月",
    "quarter": "2026年三季度",
    "year": "2026年",
    "range": "2026年10月1日至15日",
}


def run(state: RunState, turn: Turn) -> RunState:
    with turn.store.begin() as unit:
        context = Context.model_validate(unit.runs.context(state["thread"]))
    context = context.model_copy(update={"known_names": tuple(unit.name for unit in turn.known_units())})
    understood, use = turn.services.llm.read(
        turn.text,
        today=turn.today,
        actor=turn.actor,
        tree=turn.tree,
        indicators=turn.catalog,
        context=context,
        limits=turn.limits,
    )
    understood = fitting(understood, turn.library)
    turn.llm_use = turn.note_llm(use)
    after = context.after(turn.text, understood)
    with turn.store.begin() as unit:
        unit.runs.save(state["run"], "understood", understood.model_dump(mode="json"))
        unit.runs.remember(state["thread"], after.model_dump(mode="json", exclude={"known_names"}))
        unit.runs.mark(state["run"], node="understand")
    ready = understood.intent == "report" and not (understood.refusal or understood.clarify)
    return {"route": "report" if ready else "answer"}


def fitting(understood: Understood, library: Mapping[str, Template]) -> Understood:
    """Whether a report request can be served: a template that exists, one unit, a period of the template's grain."""
    if understood.intent != "report" or understood.refusal or understood.clarify:
        return understood
    template = library.get(understood.template or "R1")
    if template is None:
        names = "、".join(f"{item.name}（{item.id}）" for item in library.values())
        return understood.model_copy(update={"refusal": f"模板库里还没有这种报告，目前可以做：{names}。请换一种报告。"})
    if len(understood.orgs) != 1:
        asked = "一份报告写一个单位，请指明单位，例如「望湖区2026年10月的营销指标月报」。"
        return understood.model_copy(update={"clarify": asked})
    period = understood.period.fitting(template.grains) if understood.period else None
    if period is None:
        fits = "、".join(GRAINS[grain] for grain in template.grains)
        said = f"{template.name}按{fits}编制，请指明期间，例如「{EXAMPLES[template.grain]}」。"
        return understood.model_copy(update={"clarify": said})
    return understood.model_copy(update={"period": period})
