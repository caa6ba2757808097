"""Continuity (上期衔接): the approved report before is recomputed; what reads differently now is restated (重述)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from agent.events import Step
from agent.recheck import RECORD
from agent.turn import Turn
from core.domain.fact import Compare, Fact
from core.domain.period import Period
from core.domain.report import Column, Paragraph, ReportContent, Restated, Section, Table
from tools.indicators.causes import CAUSE_LABELS
from tools.indicators.derive import derive
from tools.indicators.recompute import Recomputed, recompute_all

SHOWN = 20
"""Rows of the restatement table; the count above it covers all."""


class Continuity(BaseModel):
    """What the comparison with the approved report gave: `told` in a sentence for the reviewer, facts by id."""

    model_config = ConfigDict(frozen=True)

    told: str = ""
    period: Period | None = None
    restated: list[Restated] = []
    changes: dict[str, str] = {}
    causes: dict[str, str] = {}
    count: str = ""


def continue_from(turn: Turn) -> list[Fact]:
    """Recompute the baseline's measured facts; returns the facts of the restatement and keeps what it says.

    Analyses are not done again here: they rest on the measured facts and are part of `gma recompute`.
    """
    baseline = turn.load("plan").get("baseline", "")
    if not baseline:
        turn.save("continuity", {})
        return []
    with turn.store.begin() as unit:
        release = unit.reports.release(baseline)
        prior = unit.reports.content(baseline, release.version) if release else None
        version = release.version if release else 0
    if prior is None:
        turn.save("continuity", {})
        return []
    measured = list({_place(fact): fact for fact in reversed(prior.facts) if _measured(fact, turn)}.values())[::-1]
    results = recompute_all(measured, turn.gate)
    moved = [(fact, result) for fact, result in zip(measured, results, strict=True) if result.state == "changed"]
    lost = sum(result.state == "unavailable" for result in results)
    told = (
        f"按上期报告 {baseline}（{prior.period.label}）记录的查询重算 {len(measured)} 项取数："
        f"{len(measured) - len(moved) - lost} 项一致，{len(moved)} 项有变，{lost} 项无法重算"
    )
    made, held = _restate(turn, moved, prior, baseline, version)
    turn.save("continuity", held.model_copy(update={"told": told}).model_dump(mode="json"))
    status = "warn" if moved or lost else "ok"
    turn.substep(Step(id="analyse.continuity", parent="analyse", label=f"上期衔接：{told}", status=status))
    return made


def restated_section(held: Continuity, facts: Mapping[str, Fact]) -> Section:
    """The section that says which published values are restated, with old, new, difference and cause."""
    shown = sorted(held.restated, key=lambda item: -_weight(facts[item.old], facts[item.new]))[:SHOWN]
    columns = (
        Column(header="单位或分项", align="left", width=1.6),
        Column(header="指标", align="left", width=1.4),
        Column(header="已发布值", width=1.3),
        Column(header="现值", width=1.3),
        Column(header="差值", width=1.3),
        Column(header="原因", align="left"),
    )
    rows = tuple(
        (
            "{{" + item.old + (".label}}" if _divided(facts[item.old]) else ".org}}"),
            "{{" + item.old + ".name}}",
            "{{" + item.old + "}}",
            "{{" + item.new + "}}",
            "{{" + held.changes[item.old] + "}}",
            held.causes[item.old],
        )
        for item in shown
    )
    table = Table(id="restated", caption="上期已发布数据重述", columns=columns, rows=rows)
    said = (
        f"编制本期报告时按原查询核对上期已发布数据，其中{{{{{held.count}}}}}数据与源系统现值不一致，按现值重述，"
        "本期环比以重述后的数据为基期。变动较大的见[[ref:restated]]。"
    )
    return Section(id="restated", heading="上期数据重述", blocks=(Paragraph(text=said), table))


def _restate(
    turn: Turn, moved: Sequence[tuple[Fact, Recomputed]], prior: ReportContent, baseline: str, version: int
) -> tuple[list[Fact], Continuity]:
    """Two facts for each changed value (as published, as of now), their 差值, and the count of all."""
    made: list[Fact] = []
    restated, changes, causes = [], {}, {}
    for fact, result in moved:
        if result.fact is None:
            continue
        blank = Compare(rule=fact.compare.rule)
        old = fact.model_copy(
            update={
                "id": turn.mint(),
                "compare": blank,
                "query": "",
                "params": {},
                "method": f"取自已发布报告 {baseline} 第 {version} 版的 {fact.id}",
                "computed_by": RECORD,
                "inputs": {"report": baseline, "version": version, "fact": fact.id},
            }
        )
        new = result.fact.model_copy(update={"id": turn.mint(), "compare": blank, "parents": ()})
        change = derive("差值", [new, old], turn.mint, name=f"{fact.name}重述差值")
        made += [old, new, change]
        why = f"{CAUSE_LABELS[result.cause]}（{result.reason}）"
        restated.append(Restated(name=_subject(fact, prior), old=old.id, new=new.id, why=why))
        changes[old.id], causes[old.id] = change.id, CAUSE_LABELS[result.cause]
    if not made:
        return [], Continuity(period=prior.period)
    now = {item.new for item in restated}
    total = derive("计数", [fact for fact in made if fact.id in now], turn.mint, name="重述数据项数")
    held = Continuity(period=prior.period, restated=restated, changes=changes, causes=causes, count=total.id)
    return [*made, total], held


def _measured(fact: Fact, turn: Turn) -> bool:
    """Read from a source by the engine; reports of earlier versions did not note by whom."""
    engine = not fact.computed_by or fact.computed_by.startswith("engine/")
    known = fact.indicator in turn.catalog.indicators and not fact.supplement
    return engine and known and fact.has_value and bool(fact.query) and not fact.parents


def _place(fact: Fact) -> tuple[str, str, str, str]:
    """What a number is about; a month of a trend and the month itself are the same number."""
    by = f"{fact.by.dim}={fact.by.key}" if fact.by and fact.by.dim not in {"month", "day"} else ""
    return fact.indicator, fact.org, by, fact.period.code


def _divided(fact: Fact) -> bool:
    return fact.by is not None and fact.by.dim not in {"month", "day"}


def _subject(fact: Fact, prior: ReportContent) -> str:
    where = fact.by.label if fact.by and _divided(fact) else fact.org_name
    when = "" if fact.period == prior.period else fact.period.label
    return f"{where}{when}{fact.name}"


def _weight(old: Fact, new: Fact) -> Decimal:
    """How far a value moved, as a share of what was published."""
    if old.value is None or new.value is None:
        return Decimal(0)
    return abs(new.value - old.value) / max(abs(old.value), Decimal(1))
