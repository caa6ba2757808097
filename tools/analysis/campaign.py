"""营销活动优化: customers at risk × measures of the strategy library, in order of the electricity money kept.

Customers, energy at risk and signals are those of `churn_plan`; every cause that a customer's signals point to gives
one candidate measure. Kept energy is the energy at risk times a share, money that times the unit's mean price. The
share is how often the measure succeeded by the outcomes that people recorded, where there are enough of them; the
library's assumption otherwise (样本不足). An order for the desk (仅为排序，不是效果估计): the record holds no customer
that was treated beside one that was not, so what a measure changes cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from knowledge.churn import churn_rules
from knowledge.strategies import Strategy, strategies
from tools.analysis import Analysis, Bench, Result, churn_plan
from tools.analysis.derived import derived
from tools.analysis.success import rate_facts, recent, successes

LABEL = "营销活动优化"
MOST = 20
ONLY_ORDER = "仅为排序，不是效果估计：记录里没有采取与未采取措施的客户对照；结果样本不足的措施按策略库假定的保留比例"


@dataclass(frozen=True)
class Candidate:
    """One customer and one measure; `price` is the unit's mean price fact, None where there is none; `success` are the
    facts of how often the measure succeeded: no `rate` where there are too few outcomes, {} where there is none."""

    finding: Finding
    score: Fact
    risk: Fact
    cause: str
    strategy: Strategy
    price: Fact | None
    success: Mapping[str, Fact]

    @property
    def share(self) -> Decimal:
        """Percent of the energy at risk that is taken as kept."""
        rate = self.success.get("rate")
        return rate.value if rate is not None and rate.value is not None else Decimal(self.strategy.retain_pct)

    @property
    def kept(self) -> Decimal:
        return (self.risk.value or Decimal(0)) * self.share / 100


def run(bench: Bench, org: str, period: Period) -> Result:
    """Findings `measure` in order, at most twenty; places of the same order, and in all."""
    plan = churn_plan.run(bench, org, period)
    found = recent(bench, org, bench.today)
    success = {name: rate_facts(bench, org, period, one) for name, one in successes(found).items()}
    facts = [*plan.facts, *(fact for made in success.values() for fact in made.values())]
    order = sorted(
        _candidates(plan, success), key=lambda one: (-one.kept, one.score.by.key if one.score.by else "", one.cause)
    )
    findings: list[Finding] = []
    places = {f"success_{name}": [made[name].id for made in success.values() if name in made]
              for name in ("cases", "rate", "low", "high")}  # fmt: skip
    places = {name: ids for name, ids in places.items() if ids}
    for one in order[:MOST]:
        made = _facts(bench, one)
        facts += made.values()
        for place, fact in made.items():
            places.setdefault(place, []).append(fact.id)
        findings.append(_finding(bench, org, one, made))
    note = f"{ONLY_ORDER}。{strategies().compliance}"
    used = [one.id for one in found]
    return Result(f"{LABEL}；{note.rstrip('。')}", facts, findings, places, plan.versions, used)


def _candidates(plan: Result, success: Mapping[str, Mapping[str, Fact]]) -> list[Candidate]:
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
            known = success.get(cause, {})
            out.append(Candidate(finding, score, risk, cause, strategies().causes[cause], price, known))
    return out


def _facts(bench: Bench, one: Candidate) -> dict[str, Fact]:
    customer = one.score.by
    assert customer is not None
    by = By(dim="customer", key=f"{customer.key}/{one.cause}", label=f"{customer.label}（{one.strategy.label}）")
    rate = one.success.get("rate")
    share = "已记录执行结果的成功率" if rate else f"策略库 {strategies().version} 假定的保留比例"
    how = f"风险电量 × {share}（{ONLY_ORDER}）"
    parents = [one.risk, rate] if rate else [one.risk]
    kept = derived(bench, one.risk, "措施预期保留电量", one.kept, parents, how, by=by, decimals=0)
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
        f"{_basis(one)}可保留{{{{{made['measure_kept'].id}}}}}{money}；成本：{strategy.cost}；由{strategy.owner}负责。"
    )
    return Finding(
        id=f"D{bench.mint()[1:]}", kind="measure", severity=one.finding.severity, title=one.finding.title, text=text,
        org=one.score.org or org, facts=tuple(fact.id for fact in (one.score, *made.values())),
        suggestion=f"对{strategy.label}的客户：{strategy.actions}。",
    )  # fmt: skip


def _basis(one: Candidate) -> str:
    """By what share the energy was taken as kept, in words before it."""
    known = one.success
    if "rate" in known:
        around = f"区间{{{{{known['low'].id}}}}}～{{{{{known['high'].id}}}}}，已记录{{{{{known['cases'].id}}}}}"
        return f"按已记录的成功率{{{{{known['rate'].id}}}}}（{around}）"
    had = f"仅{{{{{known['cases'].id}}}}}" if known else "还没有记录"
    return f"执行结果样本不足（{had}），按策略库比例"


ANALYSIS = Analysis("campaign", LABEL, run, "2")
