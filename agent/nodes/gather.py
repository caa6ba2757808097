"""Fetch from all planned sources in parallel and mint the facts of every section."""

from __future__ import annotations

import time
from datetime import timedelta

from agent.drafting.outline import Item, Outline
from agent.events import Step
from agent.state import RunState
from agent.turn import Turn
from core.domain.fact import Fact, quotable
from core.domain.period import Period
from core.domain.report import SourceState
from core.errors import SourceFailed
from tools.indicators.engine import Ask
from tools.sources import all_sources


def run(state: RunState, turn: Turn) -> RunState:
    outline = Outline.model_validate(turn.load("plan"))
    begun = time.monotonic()
    for name in outline.sources():
        turn.substep(Step(id=f"gather.{name}", parent="gather", label=f"{all_sources()[name].label}：取数中"))
    facts, places = collect(outline, turn)
    states = source_states(outline.sources(), facts, time.monotonic() - begun)
    for source in states:
        turn.substep(
            Step(
                id=f"gather.{source.source}",
                parent="gather",
                label=f"{source.label}：{source.detail}",
                status="ok" if source.status == "ok" else "error" if source.status == "error" else "warn",
                seconds=source.seconds,
            )
        )
    anchors = turn.library[outline.template].anchors
    if not any(fact.has_value for fact in facts if not anchors or fact.indicator in anchors):
        raise SourceFailed(_nothing(states, outline), "请核对统计期和单位，或请数据运维员检查数据源后重试。")
    turn.save("sources", [source.model_dump(mode="json") for source in states])
    turn.save("books", places)
    turn.save_facts(facts)
    return {}


def collect(outline: Outline, turn: Turn) -> tuple[list[Fact], dict[str, dict[str, list[str]]]]:
    """The facts of every request of an outline, and by section and alias their ids."""
    asks = [_asks(item, outline) for item in outline.items]
    answers = iter(turn.engine.compute_each([ask for group in asks for ask in group]))
    return _dedupe(outline.items, [[fact for _ in group for fact in next(answers)] for group in asks])


def _asks(item: Item, outline: Outline) -> list[Ask]:
    """One request; one for each month where a need splits several months by member."""
    need = item.need
    if need.days:
        first = outline.period.end - timedelta(days=need.days - 1)
        span = Period(start=first, end=outline.period.end, grain="range")
        return [Ask(need.indicator, outline.org, span, by="day", part=need.part)]
    period = {"last_month": outline.period.last_month, "last_year": outline.period.yoy}.get(
        need.over, lambda: outline.period
    )()
    if need.months:
        months = period.trailing_months(need.months)
        if need.by:
            return [Ask(need.indicator, outline.org, month, by=need.by, part=need.part) for month in months]
        span = months[0].model_copy(update={"end": months[-1].end, "grain": "range"})
        return [Ask(need.indicator, outline.org, span, by="month", part=need.part)]
    return [Ask(need.indicator, outline.org, period, by=need.by, part=need.part, limit=need.limit)]


def _dedupe(items: tuple[Item, ...], answers: list[list[Fact]]) -> tuple[list[Fact], dict[str, dict[str, list[str]]]]:
    """One fact per distinct number: the same request in two sections shares its facts."""
    seen: dict[tuple[str, ...], list[str]] = {}
    facts: list[Fact] = []
    places: dict[str, dict[str, list[str]]] = {}
    for item, answer in zip(items, answers, strict=True):
        key = (item.need.model_dump_json(),)
        if key not in seen:
            seen[key] = [fact.id for fact in answer]
            facts += answer
        places.setdefault(item.section, {})[item.alias] = seen[key]
    return facts, places


def source_states(names: list[str], facts: list[Fact], seconds: float) -> list[SourceState]:
    """How each source answered, from the facts that rest on it."""
    out = []
    for name in names:
        mine = [fact for fact in facts if name in fact.source.split("+")]
        alone = [fact for fact in mine if fact.source == name] or mine
        label = all_sources()[name].label
        good = [fact for fact in mine if fact.has_value]
        cutoff = max((fact.as_of for fact in good if fact.as_of), default=None)
        if alone and all(fact.status == "error" for fact in alone):
            status, detail = "error", f"取数失败，{alone[0].reason}"
        elif alone and all(fact.status == "denied" for fact in alone):
            status, detail = "denied", "无权限"
        elif not good:
            status, detail = "empty", "本期无数据"
        elif any(fact.status == "partial" for fact in alone):
            whys = dict.fromkeys(quotable(fact.reason) for fact in alone if fact.status == "partial")
            lacking = "；".join(why for why in whys if why)
            status = "partial"
            detail = f"取得 {len(good)} 项，截至 {cutoff:%Y-%m-%d}，本期数据不完整" if cutoff else "不完整"
            detail += f"：{lacking}" if lacking else ""
        else:
            status, detail = "ok", f"取得 {len(good)} 项" + (f"，截至 {cutoff:%Y-%m-%d}" if cutoff else "")
        out.append(
            SourceState(source=name, label=label, status=status, detail=detail, as_of=cutoff, seconds=seconds)  # type: ignore[arg-type]
        )
    return out


def _nothing(states: list[SourceState], outline: Outline) -> str:
    failed = [state.label for state in states if state.status == "error"]
    if failed:
        return f"{'、'.join(failed)}取数失败，没有任何一项指标可用，未生成报告。"
    return f"{outline.org_name}{outline.period.label}没有任何数据，未生成报告。"
