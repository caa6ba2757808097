"""Why an indicator changed against last year: who contributed, and what the other systems say (domain.md §4.3).

Contributions are differences of facts: units below, industries, big customers. Evidence stands beside them in this
order: data (采集), outage (停电), supply side (供电侧). Verdicts are 成立, 待核实 or 排除; shares that are not
explained stay named as such.
"""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Bench, Result, dimension_choice
from tools.analysis.big_customers import changes
from tools.analysis.decomposition import decompose
from tools.analysis.derived import base_of, derived
from tools.indicators.ask import Ask

DECOMPOSED = {"A02", "A03"}
"""Indicators whose change is decomposed into causes; of others the members and the supply side are shown."""
ENERGY = {"A02", "A04", "A06", "A07", "B01", "B03"}
LEADERS = 3
NAMED = 5
LEAST_SHARE = Decimal("0.02")


def explain(bench: Bench, indicator: str, org: str, period: Period) -> Result:
    """Facts in order of argument and one finding per claim; an indicator without change gives one honest finding."""
    total = bench.compute([Ask(indicator, org, period)])[0][0]
    base = base_of(total)
    if not total.has_value or total.value is None or base is None:
        return Result("变化原因", [total])
    facts = [total]
    findings: list[Finding] = []
    additive = total.kind in {"amount", "count"} and total.compare.rule == "pct"
    if additive:
        delta = derived(bench, total, "同比变化量", total.value - base, [total], "本期 − 上年同期")
        facts.append(delta)
        for by, title in (("org", "分单位"), ("industry", "分行业"), ("customer", "大客户")):
            # parts of a change of nothing have no share
            claim = _split(bench, indicator, org, period, by, title, delta) if delta.value else None
            if claim:
                facts += claim[0]
                findings.append(claim[1])
        if not delta.value:
            findings.append(_unchanged(total, org))
    if indicator in DECOMPOSED and additive and period.whole_months and delta.value:
        parts = decompose(bench, org, period, total, delta)
        seen = dimension_choice.run(bench, org, period)
        told = [parts.findings[0], *seen.findings, *parts.findings[1:]]
        places = {"total": [total.id], **parts.places, **seen.places}
        return Result("变化原因", facts + parts.facts + seen.facts, [*told, *findings], places)
    evidence, claims = _evidence(bench, org, period, total)
    return Result("变化原因", facts + evidence, findings + claims, {"total": [total.id]})


def _unchanged(total: Fact, org: str) -> Finding:
    text = f"{{{{{total.id}.name}}}}为{{{{{total.id}}}}}，与上年同期相同，没有需要解释的变化。"
    return Finding(
        id="D0", kind="cause_none", severity="关注", title="与上年同期持平", text=text, org=org, facts=(total.id,)
    )


def _split(
    bench: Bench, indicator: str, org: str, period: Period, by: str, title: str, delta: Fact
) -> tuple[list[Fact], Finding] | None:
    definition = bench.catalog.indicators[indicator]
    if by == "customer":
        return _customers(bench, org, period, delta) if indicator == "A02" else None
    code = {"industry": "A06"}.get(by, indicator) if indicator == "A02" else indicator
    if by not in bench.catalog.indicators[code].dims or (by == "org" and not bench.tree.children(org)):
        return None
    members = bench.compute([Ask(code, org, period, by=by)])[0]
    changes = []
    for fact in members:
        before = base_of(fact)
        if fact.has_value and fact.value is not None and before is not None and fact.by:
            changes.append((fact.value - before, fact))
    assert delta.value is not None
    down = delta.value < 0
    told = [pair for pair in changes if (pair[0] < 0) == down and abs(pair[0]) >= abs(delta.value) * LEAST_SHARE]
    leaders = sorted(told, key=lambda pair: -abs(pair[0]))[:LEADERS]
    if not leaders:
        return None
    facts: list[Fact] = []
    words = []
    said = "减少" if down else "增加"
    for change, fact in leaders:
        one = derived(bench, fact, "同比变化量", change, [fact], "本期 − 上年同期", by=fact.by)
        share = derived(
            bench,
            fact,
            "对变化的贡献率",
            change / delta.value * 100,
            [one, delta],
            "该项变化量 ÷ 总变化量",
            unit="%",
            kind="rate",
            by=fact.by,
            rule="pp",
        )
        facts += [fact, one, share]
        words.append(f"{{{{{fact.id}.label}}}}{said}{{{{{one.id}:abs}}}}、贡献率{{{{{share.id}}}}}")
    text = f"{definition.name}变化中影响较大的是：{'；'.join(words)}。"
    return facts, Finding(
        id="D0",
        kind=f"cause_{by}",
        severity="关注",
        title=f"{title}看变化来源",
        text=text,
        org=org,
        facts=tuple(fact.id for fact in facts),
    )


def _customers(bench: Bench, org: str, period: Period, delta: Fact) -> tuple[list[Fact], Finding] | None:
    """Named customers that moved with the total, and how much of it they explain together."""
    assert delta.value is not None
    down = delta.value < 0
    moved = [item for item in changes(bench, org, period, 20) if ((item.change.value or Decimal(0)) < 0) == down]
    moved = [item for item in moved if abs(item.change.value or Decimal(0)) >= abs(delta.value) * LEAST_SHARE][:NAMED]
    if not moved:
        return None
    parts = [item.change for item in moved]
    total = sum((part.value or Decimal(0) for part in parts), Decimal(0))
    together = derived(bench, delta, "大客户合计变化", total, parts, "所列大客户变化量之和")
    share = derived(
        bench,
        delta,
        "大客户贡献率",
        total / delta.value * 100,
        [together, delta],
        "合计变化 ÷ 总变化",
        unit="%",
        kind="rate",
        rule="pp",
    )
    said = "减少" if down else "增加"
    words = "；".join(f"{{{{{part.id}.label}}}}{said}{{{{{part.id}:abs}}}}" for part in parts)
    text = f"{words}。上述客户合计{said}{{{{{together.id}:abs}}}}，占总变化的{{{{{share.id}}}}}。"
    facts = [fact for item in moved for fact in (item.now, item.before, item.change)]
    finding = Finding(
        id="D0",
        kind="cause_customer",
        severity="关注",
        title="大客户看变化来源",
        text=text,
        org=org,
        facts=tuple(fact.id for fact in [*parts, together, share]),
    )
    return [*facts, together, share], finding


def _evidence(bench: Bench, org: str, period: Period, total: Fact) -> tuple[list[Fact], list[Finding]]:
    collect, outage, supply = (
        answer[0]
        for answer in bench.compute([Ask("D02", org, period), Ask("G01", org, period), Ask("A05", org, period)])
    )
    facts, findings = [], []
    target = Decimal(bench.catalog.thresholds.get("collection.target_pct"))
    if collect.has_value and collect.value is not None:
        facts.append(collect)
        bad = collect.value < target
        verdict = "待核实：采集缺失可能压低电量" if bad else "排除：采集完整"
        findings.append(_claim("data", "采集数据", org, f"采集成功率{{{{{collect.id}}}}}，{verdict}。", [collect]))
    if outage.has_value:
        facts.append(outage)
        longer = (outage.compare.yoy or Decimal(0)) > 0
        verdict = "待核实：停电时间长于上年同期" if longer else "排除：停电时间不长于上年同期"
        findings.append(
            _claim("outage", "停电影响", org, f"用户平均停电时间{{{{{outage.id}}}}}，{verdict}。", [outage])
        )
    if (
        supply.has_value
        and supply.compare.yoy is not None
        and total.compare.yoy is not None
        and total.indicator in ENERGY
    ):
        facts.append(supply)
        same = (supply.compare.yoy < 0) == (total.compare.yoy < 0)
        said = "与售电侧同向，属真实需求、停电或光伏自用变化" if same else "与售电侧反向，须核查采集、计量和户变关系"
        findings.append(
            _claim(
                "supply", "供电侧比对", org, f"供电量{{{{{supply.id}}}}}，{{{{{supply.id}.yoy}}}}，{said}。", [supply]
            )
        )
    return facts, findings


def _claim(kind: str, title: str, org: str, text: str, facts: list[Fact]) -> Finding:
    return Finding(
        id="D0",
        kind=f"evidence_{kind}",
        severity="关注",
        title=title,
        text=text,
        org=org,
        facts=tuple(fact.id for fact in facts),
    )
