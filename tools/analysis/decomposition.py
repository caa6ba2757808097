"""Decomposition of a change of 售电量 into causes with verdicts (domain.md §4.3): one fact and one finding a cause.

Every cause answers for its own kWh; the residual is what none of them explains. Verdicts: 成立 when a cause moves the
energy the same way by at least `root_cause.holds_pct` of the change and has support; 部分成立 below that or with
evidence against it; 排除 below `root_cause.part_pct` or the other way; 待核实 when it could not be checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Bench, Result
from tools.analysis.causes import Cause, Effect, all_causes
from tools.analysis.causes.case import Case, open_case
from tools.analysis.derived import derived

Verdict = Literal["成立", "部分成立", "待核实", "排除"]
ORDER: tuple[Verdict, ...] = ("成立", "部分成立", "待核实", "排除")
UNCLEAR = "原因尚不能完全解释"
RESIDUAL = "residual"


@dataclass(frozen=True)
class Judged:
    cause: Cause
    effect: Effect
    verdict: Verdict
    fact: Fact | None
    share: Fact | None


def decompose(bench: Bench, org: str, period: Period, total: Fact, delta: Fact) -> Result:
    """Facts by cause (dimension `cause`), findings in order of weight, and `causes` for a waterfall."""
    assert delta.value is not None
    case = open_case(bench, org, period, delta.value)
    judged = [_judge(case, cause, total, delta) for cause in all_causes()]
    known = [item for item in judged if item.fact is not None]
    left = delta.value - sum((item.fact.value or Decimal(0) for item in known if item.fact), Decimal(0))
    parents = [delta, *(item.fact for item in known if item.fact)]
    rest = derived(
        bench,
        delta,
        "未解释变化量",
        left,
        parents,
        "总变化 − 各原因影响电量",
        by=By(dim="cause", key=RESIDUAL, label="未解释部分"),
    )
    rest_share = _share(bench, rest, delta)
    facts: list[Fact] = []
    for item in judged:
        facts += [*item.effect.facts, *([item.fact] if item.fact else []), *([item.share] if item.share else [])]
    facts += [rest, rest_share]
    known.sort(key=lambda item: (ORDER.index(item.verdict), -abs(_kwh(item))))
    unknown = [item for item in judged if item.fact is None]
    findings = [_conclusion(bench, org, delta, known, unknown, rest, rest_share)]
    findings += [_finding(org, item) for item in [*known, *unknown]]
    places = {
        "causes": [item.fact.id for item in judged if item.fact],
        "causes_held": [item.fact.id for item in known if item.fact and item.verdict in {"成立", "部分成立"}],
        "residual": [rest.id],
        "residual_share": [rest_share.id],
    }
    return Result("原因分解", facts, findings, places)


def _judge(case: Case, cause: Cause, total: Fact, delta: Fact) -> Judged:
    effect = cause.run(case)
    if effect.kwh is None:
        return Judged(cause, effect, "待核实", None, None)
    fact = derived(
        case.bench,
        delta,
        "影响电量",
        effect.kwh,
        [delta, *effect.facts],
        effect.method,
        by=By(dim="cause", key=cause.key, label=cause.label),
    )
    fact = fact.model_copy(update={"query": "\n".join(effect.queries)})
    return Judged(cause, effect, verdict(case, effect), fact, _share(case.bench, fact, delta))


def verdict(case: Case, effect: Effect) -> Verdict:
    """What the size, the direction and the evidence say of one cause."""
    assert effect.kwh is not None
    get = case.bench.catalog.thresholds.number
    share = effect.kwh / case.change * 100 if case.change else Decimal(0)
    if share < get("root_cause.part_pct"):
        return "排除"
    if share >= get("root_cause.holds_pct") and effect.support and not effect.against:
        return "成立"
    return "部分成立" if effect.support else "待核实"


def _share(bench: Bench, fact: Fact, delta: Fact) -> Fact:
    assert fact.value is not None and delta.value is not None
    value = fact.value / delta.value * 100 if delta.value else Decimal(0)
    return derived(
        bench,
        fact,
        "占总变化的比重",
        value,
        [fact, delta],
        "影响电量 ÷ 总变化量",
        unit="%",
        kind="rate",
        by=fact.by,
        rule="pp",
    )


def _finding(org: str, item: Judged) -> Finding:
    reasons = "；".join((*item.effect.support, *item.effect.against))
    if item.fact is None or item.share is None:
        words = f"；{reasons}" if reasons else ""
        text = f"待核实：{item.effect.unknown.rstrip('。')}{words}。"
    else:
        size = f"影响电量{{{{{item.fact.id}}}}}，占总变化的{{{{{item.share.id}}}}}"
        text = f"{item.verdict}：{size}{'；' + reasons if reasons else ''}。"
    facts = [fact for fact in (item.fact, item.share) if fact] + list(item.effect.facts)
    held = item.verdict in {"成立", "部分成立"}
    return Finding(
        id="D0",
        kind=f"cause_{item.cause.key}",
        severity="异常" if item.verdict == "成立" else "关注",
        title=item.cause.label,
        text=text,
        org=org,
        facts=tuple(fact.id for fact in facts),
        suggestion=item.cause.advice if held else "",
        cells={
            "check": item.cause.check,
            "systems": item.cause.systems,
            "evidence": reasons or item.effect.unknown.rstrip("。") or "—",
            "kwh": f"{{{{{item.fact.id}:n:万千瓦时}}}}" if item.fact else "—",
            "share": f"{{{{{item.share.id}}}}}" if item.share else "—",
            "verdict": item.verdict,
        },
    )


def _conclusion(
    bench: Bench, org: str, delta: Fact, known: list[Judged], unknown: list[Judged], rest: Fact, rest_share: Fact
) -> Finding:
    held = [item for item in known if item.verdict == "成立"] or [i for i in known if i.verdict == "部分成立"]
    said = "减少" if (delta.value or Decimal(0)) < 0 else "增加"
    parts = [f"{item.cause.label}影响{{{{{item.fact.id}}}}}" for item in held if item.fact]
    limit = bench.catalog.thresholds.number("root_cause.residual_pct")
    # opposite causes can leave a small net change: the residual is then held against the largest cause
    scale = max([abs(delta.value or Decimal(0)), *(abs(_kwh(item)) for item in known)])
    open_ended = abs(rest.value or Decimal(0)) > scale * limit / 100
    text = f"{{{{{delta.id}.org}}}}{{{{{delta.id}.period}}}}售电量同比{said}{{{{{delta.id}:abs}}}}"
    text += f"，主要原因：{'；'.join(parts)}" if parts else "，没有单一的主要原因"
    text += f"。未解释部分{{{{{rest.id}}}}}，占总变化的{{{{{rest_share.id}}}}}"
    text += f"，{UNCLEAR}。" if open_ended else "。"
    if unknown:
        text += f"尚待核实：{'、'.join(item.cause.label for item in unknown)}。"
    used = [delta, rest, rest_share, *(item.fact for item in held if item.fact)]
    return Finding(
        id="D0",
        kind="cause_conclusion",
        severity="异常",
        title=UNCLEAR if open_ended else (f"主要原因：{held[0].cause.label}" if held else "没有单一的主要原因"),
        text=text,
        org=org,
        facts=tuple(fact.id for fact in used),
    )


def _kwh(item: Judged) -> Decimal:
    return (item.fact.value or Decimal(0)) if item.fact else Decimal(0)
