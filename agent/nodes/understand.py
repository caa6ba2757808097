"""Read the request: intent, 单位, 期间, 指标, template; what is assumed is said, what is unclear is asked once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.events import Understood
from agent.state import RunState
from agent.turn import Turn
from agent.understanding import Context
from core.errors import NotFound
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
    understood = fitting(recommended(understood, turn.text, turn.library), turn.library)
    if context.report and understood.intent != "refuse" and about_draft(turn.text, _headings(turn, context.report)):
        query = understood.query or turn.text
        understood = Understood(intent="revise", report=context.report, query=query)
    turn.llm_use = turn.note_llm(use)
    after = context.after(turn.text, understood)
    with turn.store.begin() as unit:
        unit.runs.save(state["run"], "understood", understood.model_dump(mode="json"))
        unit.runs.remember(state["thread"], after.model_dump(mode="json", exclude={"known_names"}))
        unit.runs.mark(state["run"], node="understand")
    ready = understood.intent == "report" and not (understood.refusal or understood.clarify)
    return {"route": "report" if ready else "answer"}


CHANGING = re.compile(
    r"改成|改为|换成|换个|换一|删|去掉|去除|补充|增加|添加|加一|精简|缩短|简化|重写|改写|只看|只留|排序|从高到低|从低到高"
)
PLACES = re.compile(
    r"[图表]\s*(?:\d{1,2}|[一二三四五六七八九十])|第[一二三四五六七八九十\d]{1,2}(?:章|部分|大?节)|标题"
)


def about_draft(text: str, headings: Sequence[str]) -> bool:
    """Whether a sentence asks for a change of the draft at hand: a place in it is named together with a change."""
    wish = re.split(r"[:：]", text, maxsplit=1)[0]
    if MAKING.search(wish) or not CHANGING.search(wish):
        return False
    return bool(PLACES.search(wish)) or any(heading in wish for heading in headings)


def _headings(turn: Turn, report: str) -> list[str]:
    """The headings of a report that the actor may see; none for any other."""
    try:
        with turn.store.begin() as unit:
            unit.reports.row(report, turn.actor)
            return [section.heading for section in unit.reports.content(report).sections]
    except NotFound:
        return []


MAKING = re.compile(r"(?:做|写|出|编|拟|起草|撰写|生成|编制|准备|来|要)(?:一)?[份个篇]")
"""做一份…: with the name of a report behind it this asks for that report, whatever else the name is also about."""
ABOUT_DATA = {"query", "detect", "explain", "churn", "forecast", "breakdown", "compare", "rank", "unclear"}


def recommended(understood: Understood, text: str, library: Mapping[str, Template]) -> Understood:
    """The template whose name or synonym the sentence holds; the longest one wins, a number (R6) is taken as said."""
    folded = "".join(text.split()).casefold()
    names = [(word, item.id) for item in library.values() for word in (item.name, *item.synonyms, item.id)]
    held = [(len(word), key) for word, key in names if len(word) > 2 and "".join(word.split()).casefold() in folded]
    if not held or understood.refusal:
        return understood
    asked = understood.intent == "report" or (understood.intent in ABOUT_DATA and MAKING.search(folded))
    if not asked or re.search(r"(?<![a-z0-9])r[1-8](?!\d)", folded):
        return understood
    update: dict[str, object] = {"intent": "report", "template": max(held)[1], "indicator": None, "by": None}
    if understood.intent != "report":
        update |= {"compare": None, "clarify": None, "choices": (), "top": None}
    kept = tuple(note for note in understood.assumed if "报告类型" not in note and "指标未指明" not in note)
    return understood.model_copy(update=update | {"assumed": kept})


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
