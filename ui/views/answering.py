"""An answer as the `FactText` element draws it: blocks with clickable figures, charts, and the cards behind them."""

from __future__ import annotations

from typing import Any

from agent.events import Answer
from core.domain.report import Chart
from core.domain.tokens import used_facts
from ui.views.fact_card import fact_cards, share_queries
from ui.views.figure import figure, figure_facts
from ui.views.spans import blocks

REPORT_STATES = frozenset({"drafted", "waiting_approval", "published"})


def answer_view(answer: Answer) -> dict[str, Any] | None:
    """None when the answer prints no figure and draws no chart: then its plain text says everything."""
    facts = {fact.id: fact for fact in answer.facts}
    charts = [Chart.model_validate(chart) for chart in answer.charts]
    used = [*used_facts(answer.marked), *(name for chart in charts for name in figure_facts(chart))]
    if not used:
        return None
    cards = fact_cards(dict.fromkeys(used), facts)
    return {
        "blocks": blocks(answer.marked, facts),
        "charts": [figure(chart, facts) for chart in charts],
        "facts": cards,
        "queries": share_queries(cards),
        "note": _note(answer),
    }


def _note(answer: Answer) -> str:
    """Which language model worked, in one quiet line."""
    llm = answer.llm
    who = "内置规则模型" if llm.kind == "rule" else f"语言模型 {llm.name}"
    back = f"（已改用内置规则模型：{llm.fallback}）" if llm.fallback and llm.kind == "rule" else ""
    return f"用时 {answer.seconds:.1f} 秒 · {who}{back}"
