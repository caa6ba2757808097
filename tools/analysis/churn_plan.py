"""大客户挽回方案: customers at risk by level, with the energy at stake, the likely cause and a strategy for it.

Levels and reasons are those of `churn_risk`. Energy at risk is what the customer used in the twelve months before,
divided by twelve and times the days of a quarter's months (a quarter of a year's energy); kept energy is that times the
strategy's share (knowledge/strategies.yaml). Both are estimates (测算).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period, month_end, shift_months
from knowledge.churn import churn_rules
from knowledge.strategies import Strategy, strategies
from tools.analysis import Analysis, Bench, Result, churn_risk
from tools.analysis.derived import derived
from tools.analysis.measured import measured
from tools.fetch import Outcome, Query
from tools.indicators.ask import Ask

LEVELS = {"严重": ("red", "红色预警"), "异常": ("orange", "橙色预警"), "关注": ("yellow", "黄色预警")}
USAGE = """
SELECT b.cons_no AS cons_no, SUM(b.kwh_total) AS kwh, MAX(c.run_cap_kva) AS cap, COUNT(*) AS n
FROM bill AS b JOIN customer AS c ON c.cons_no = b.cons_no
WHERE b.ym >= :since AND b.ym <= :until AND c.contract_cap_kva >= :min_kva GROUP BY b.cons_no
"""


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places by level and in all, energy and money at risk and kept, and members by customer (see analyses.yaml)."""
    found = churn_risk.run(bench, org, period)
    names = {fact.id: fact for fact in found.facts}
    params = _window(bench, period)
    usage = bench.gate.run(Query("marketing", USAGE, params, org, "大客户年电量"))
    rows = {str(row["cons_no"]): row for row in usage.records()} if usage.status == "ok" else {}
    facts: list[Fact] = list(found.facts)
    kept = (
        "ranking",
        "version",
        "recent_auc",
        "recent_found",
        "recent_told",
        "recent_seen",
        "recent_cases",
        "recent_months",
    )
    places: dict[str, list[str]] = {name: found.places[name] for name in kept if name in found.places}
    findings: list[Finding] = []
    total = _count(bench, usage, params, org, period, "预警大客户数", len(found.findings))
    facts.append(total)
    places["risk_count"] = [total.id]
    for colour, label in LEVELS.values():
        many = sum(1 for item in found.findings if LEVELS[item.severity][0] == colour)
        fact = _count(bench, usage, params, org, period, label, many)
        facts.append(fact)
        places[f"level_{colour}"] = [fact.id]
    for finding in found.findings:
        score = names[finding.facts[0]]
        row = rows.get(score.by.key) if score.by else None
        made = _plan(bench, usage, params, period, finding, [names[name] for name in finding.facts], row)
        facts += made[0].values()
        findings.append(made[1])
        for place, fact in made[0].items():
            places.setdefault(place, []).append(fact.id)
    places |= _totals(bench, org, period, total, facts, places)
    return Result("大客户挽回方案", facts, findings, places, found.versions)


def _window(bench: Bench, period: Period) -> dict[str, str | int]:
    """The twelve months before the last three: what the customer used before the energy fell."""
    end = period.end
    last = end if end == month_end(end) else shift_months(end.replace(day=1), -1)
    return {
        "since": f"{shift_months(last.replace(day=1), -14):%Y-%m}",
        "until": f"{shift_months(last.replace(day=1), -3):%Y-%m}",
        "min_kva": int(bench.catalog.thresholds.get("big_customer.min_kva")),
    }


def _count(
    bench: Bench, usage: Outcome, params: Mapping[str, str | int], org: str, period: Period, name: str, value: int
) -> Fact:
    return measured(
        bench, usage, params, org, period, name, value, "户", indicator="H05",
        caliber="流失规则评分达到预警线的大客户，按截至期末的账单、工单和缴费", kind="count", decimals=0,
    )  # fmt: skip


def _plan(
    bench: Bench,
    usage: Outcome,
    params: Mapping[str, str | int],
    period: Period,
    finding: Finding,
    reasons: list[Fact],
    row: Mapping[str, object] | None,
) -> tuple[dict[str, Fact], Finding]:
    """One customer: energy at risk and kept, the cause, the strategy, in the cells of the plan's tables."""
    cause = cause_of(finding, reasons)
    strategy = strategies().causes[cause]
    score = reasons[0]
    by = score.by or By(dim="customer", key="", label="")
    due = measured(
        bench, usage, params, score.org, period, "完成时限", strategy.days, "个工作日", indicator="H05",
        caliber=f"策略库 {strategies().version}", by=by, kind="count", decimals=0,
    )  # fmt: skip
    made = {"customer_due": due}
    if row is not None:
        kwh = Decimal(str(row["kwh"] or 0)) / 4
        risk = measured(
            bench, usage, params, score.org, period, "季度风险电量", kwh, "kWh", indicator="H06",
            caliber="下降前十二个月电量的四分之一（测算）", by=by, decimals=0, rows=int(str(row["n"])),
        )  # fmt: skip
        kept = derived(
            bench, risk, "预期保留电量", kwh * strategy.retain_pct / 100, [risk],
            f"风险电量 × 策略预期保留比例（策略库 {strategies().version}，测算）", by=by, decimals=0,
        )  # fmt: skip
        cap = measured(
            bench, usage, params, score.org, period, "运行容量", row["cap"] or 0, "kVA", indicator="H01",
            caliber="现时档案运行容量", by=by,
        )  # fmt: skip
        made |= {"customer_risk": risk, "customer_kept": kept, "customer_cap": cap}
    cells = _cells(score, finding, strategy, made)
    text = f"{finding.text.rstrip('。')}；初步研判为{strategy.label}，待走访核实。"
    plan = finding.model_copy(
        update={
            "kind": f"plan_{LEVELS[finding.severity][0]}",
            "suggestion": _said(strategy),
            "cells": cells,
            "text": text,
        }
    )
    return made, plan


def cause_of(finding: Finding, reasons: list[Fact]) -> str:
    """What the strongest signal points to (knowledge/churn_signals.yaml); leaving and standing still come first."""
    causes = {signal.label: signal.cause for signal in churn_rules().signals}
    found = [causes[fact.name] for fact in reasons if fact.name in causes]
    if churn_risk.LOST in finding.title:
        found.append("stop")
    first = [cause for cause in ("relocate", "stop") if cause in found]
    return (first or found or ["shrink"])[0]


def _cells(score: Fact, finding: Finding, strategy: Strategy, made: Mapping[str, Fact]) -> dict[str, str]:
    return {
        "customer": f"{{{{{score.id}.label}}}}",
        "unit": f"{{{{{score.id}.org}}}}",
        "level": LEVELS[finding.severity][1].removesuffix("预警"),
        "score": f"{{{{{score.id}:n}}}}",
        "reasons": finding.text.split("，", 2)[-1].rstrip("。"),
        "cause": strategy.label,
        "actions": strategy.actions,
        "owner": strategy.owner,
        "deadline": f"{{{{{made['customer_due'].id}}}}}内{strategy.deadline}",
        "cost": strategy.cost,
        "kpi": strategy.kpi,
        "risk": f"{{{{{made['customer_risk'].id}:n:万千瓦时}}}}" if "customer_risk" in made else "—",
        "kept": f"{{{{{made['customer_kept'].id}:n:万千瓦时}}}}" if "customer_kept" in made else "—",
        "cap": f"{{{{{made['customer_cap'].id}:n:千伏安}}}}" if "customer_cap" in made else "—",
    }


def _said(strategy: Strategy) -> str:
    return f"对{strategy.label}的客户：{strategy.actions}。"


def _totals(
    bench: Bench, org: str, period: Period, count: Fact, facts: list[Fact], places: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Energy at risk and kept over all customers, and both at the unit's mean price; appended to `facts`."""
    by_id = {fact.id: fact for fact in facts}
    out: dict[str, list[str]] = {}
    price = bench.compute([Ask("B02", org, period)])[0][0] if period.whole_months else None
    if price is not None:
        facts.append(price)
    for place, name in (("risk", "季度风险电量合计"), ("kept", "预期保留电量合计")):
        parts = [by_id[item] for item in places.get(f"customer_{place}", ())]
        if not parts:
            continue
        value = sum((part.value or Decimal(0) for part in parts), Decimal(0))
        like = parts[0].model_copy(update={"org": org, "org_name": count.org_name})
        whole = derived(bench, like, name, value, parts, "各预警客户之和（测算）", decimals=0)
        facts.append(whole)
        out[f"{place}_kwh"] = [whole.id]
        if price is not None and price.has_value and price.value is not None:
            how = "电量 × 到户均价（测算）"
            money = derived(
                bench, whole, name.replace("电量", "电费"), value * price.value / 1000, [whole, price], how, unit="元"
            )
            facts.append(money)
            out[f"{place}_money"] = [money.id]
    return out


ANALYSIS = Analysis("churn_plan", "大客户挽回方案", run, version="2")
