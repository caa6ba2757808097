"""营销活动优化: customers at risk × measures of the strategy library, in order of the electricity money kept.

Customers, energy at risk and signals are those of `churn_plan`; every cause that a customer's signals point to gives
one candidate measure. Kept energy is the energy at risk times the library's share, money that times the unit's mean
price: an order for the desk (仅为排序，不是效果估计). What a measure changes cannot be told: the record holds no
customer that was treated beside one that was not.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from knowledge.churn import churn_rules
from knowledge.strategies import Strategy, strategies
from tools.analysis import Analysis, Bench, Result, churn_plan
from tools.analysis.derived import derived

LABEL = "营销活动优化"
MOST = 20
ONLY_ORDER = "仅为排序，不是效果估计：记录里没有采取与未采取措施的客户对照，保留比例为策略库假定值"


@dataclass(frozen=True)
class Candidate:
    """One customer and one measure; `price` is the unit's mean price fact, None where there is none."""

    finding: Finding
    score: Fact
    risk: Fact
    cause: str
    strategy: Strategy
    price: Fact | None

    @property
    def kept(self) -> Decimal:
        return (self.risk.value or Decimal(0)) * self.strategy.retain_pct / 100


def run(bench: Bench, org: str, period: Period) -> Result:
    """Findings `measure` in order, at most twenty; places of the same order, and in all."""
    plan = churn_plan.run(bench, org, period)
    facts = list(plan.facts)
    order = sorted(_candidates(plan), key=lambda one: (-one.kept, one.score.by.key if one.score.by else "", one.cause))
    findings: list[Finding] = []
    places: dict[str, list[str]] = {}
    for one in order[:MOST]:
        made = _facts(bench, one)
        facts += made.values()
        for place, fact in made.items():
            places.setdefault(place, []).append(fact.id)
        findings.append(_finding(bench, org, one, made))
    note = f"{ONLY_ORDER}。{strategies().compliance}"
    return Result(f"{LABEL}；{note.rstrip('。')}", facts, findings, places, plan.versions)


def _candidates(plan: Result) -> list[Candidate]:
    by_id = {fact.id: fact for fact in plan.facts}
    causes = {signal.label: signal.cause for signal in churn_rules().signals}
    risks = {fact.by.key: fact for fact in plan.facts if fact.name == "季度风险电量" and fact.by}
    price = next((fact for fact in plan.facts if fact.indicator == "B02" and fact.has_value), None)
    out = []
    for finding in plan.findings:
        reasons = [by_id[name] for name in finding.facts if name in by_id]
        score = reasons[0]
        risk = risks.get(score.by.key) if score.by else None
        if risk is None:
            continue
        first = churn_plan.cause_of(finding, reasons)
        named = [causes[fact.name] for fact in reasons if fact.name in causes]
        for cause in dict.fromkeys([first] if first == "stop" else [first, *named]):
            out.append(Candidate(finding, score, risk, cause, strategies().causes[cause], price))
    return out


def _facts(bench: Bench, one: Candidate) -> dict[str, Fact]:
    customer = one.score.by
    assert customer is not None
    by = By(dim="customer", key=f"{customer.key}/{one.cause}", label=f"{customer.label}（{one.strategy.label}）")
    how = f"风险电量 × 策略库 {strategies().version} 假定的保留比例（{ONLY_ORDER}）"
    kept = derived(bench, one.risk, "措施预期保留电量", one.kept, [one.risk], how, by=by, decimals=0)
    made = {"measure_risk": one.risk, "measure_kept": kept}
    if one.price is not None and one.price.value is not None:
        money = derived(
            bench, kept, "措施预期保留电费", one.kept * one.price.value / 1000, [kept, one.price],
            "电量 × 到户均价（测算）", unit="元", by=by,
        )  # fmt: skip
        made["measure_money"] = money
    return made


def _finding(bench: Bench, org: str, one: Candidate, made: dict[str, Fact]) -> Finding:
    strategy = one.strategy
    money = f"，折合电费{{{{{made['measure_money'].id}}}}}" if "measure_money" in made else ""
    text = (
        f"针对{strategy.label}：{strategy.actions}。季度风险电量{{{{{one.risk.id}}}}}，"
        f"按策略库比例可保留{{{{{made['measure_kept'].id}}}}}{money}；成本：{strategy.cost}；由{strategy.owner}负责。"
    )
    return Finding(
        id=f"D{bench.mint()[1:]}", kind="measure", severity=one.finding.severity, title=one.finding.title, text=text,
        org=one.score.org or org, facts=tuple(fact.id for fact in (one.score, *made.values())),
        suggestion=f"对{strategy.label}的客户：{strategy.actions}。",
    )  # fmt: skip


ANALYSIS = Analysis("campaign", LABEL, run)
