"""上期策略执行情况: what came of the measures, as people recorded it, and what the data say of the energy afterwards.

A plan's measures are carried out in the month after it: the customers of the plan of the period before are set against
the outcomes carried out in this period; customers without one are named as 未记录. Effects are measured, never typed:
see `tools.analysis.after_measure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from core.domain.fact import Fact, quotable
from core.domain.finding import Finding
from core.domain.measure_outcome import VERDICTS, MeasureOutcome
from core.domain.period import Period, shift_months
from knowledge.strategies import strategies
from tools.analysis import Analysis, Bench, Result, churn_risk
from tools.analysis.after_measure import After, after, unknown
from tools.analysis.derived import derived
from tools.analysis.success import HOW, rate_facts, recent, recorded, successes
from tools.indicators.ask import Ask

LABEL = "上期策略执行情况"
KINDS = {"成功": "outcome_won", "部分": "outcome_part", "未成": "outcome_lost"}
SHOWN_MONTHS = 12
NO_CAUSE = "执行前后对比，不能都算作措施的效果"


def run(bench: Bench, org: str, period: Period) -> Result:
    """Findings of the outcomes of the last twelve months, the newest first; places: see analyses.yaml."""
    until = min(period.end, bench.today)
    found = recent(bench, org, until)
    facts, places, versions = _of_plan(bench, org, period, [one for one in found if one.done >= period.start])
    since = shift_months(until.replace(day=1), -SHOWN_MONTHS)
    shown = [one for one in found if one.done >= since]
    measured = after(bench, org, shown, until)
    failed = measured if isinstance(measured, str) else ""
    price = bench.compute([Ask("B02", org, period)])[0][0] if period.whole_months and shown else None
    findings = []
    for one in shown:
        seen = After(0, unknown(one)) if isinstance(measured, str) else measured[one.id]
        made, finding = _told(bench, one, seen, price, failed)
        facts += [*seen.parts, *made.values()]
        findings.append(finding)
        for place, fact in made.items():
            places.setdefault(place, []).append(fact.id)
    if price is not None and places.get("effect_kwh"):
        facts.append(price)
    facts += _whole(bench, org, facts, places)
    rates = successes(found).values()
    known = recorded(bench, org, period, "可评价成功率的措施", sum(1 for one in rates if one.rate is not None), "项")
    facts.append(known)
    places["success_known"] = [known.id]
    for success in rates:
        made = rate_facts(bench, org, period, success)
        facts += made.values()
        for place, fact in made.items():
            places.setdefault(f"success_{place}", []).append(fact.id)
    label = f"{LABEL}；{NO_CAUSE}" if findings else f"{LABEL}；还没有记录执行结果"
    return Result(label, facts, findings, places, versions, [one.id for one in found])


def _of_plan(
    bench: Bench, org: str, period: Period, done: Sequence[MeasureOutcome]
) -> tuple[list[Fact], dict[str, list[str]], Mapping[str, str]]:
    """Counts by verdict of this period, and how many of the last plan's customers have no outcome; with the versions
    of the analysis that gave the plan."""
    facts: list[Fact] = []
    places: dict[str, list[str]] = {}

    def count(place: str, name: str, value: int, method: str = HOW) -> Fact:
        fact = recorded(bench, org, period, name, value, "户", method)
        facts.append(fact)
        places[place] = [fact.id]
        return fact

    count("outcome_count", "本期执行措施客户", len({one.customer for one in done}))
    for verdict in VERDICTS:
        many = len({one.customer for one in done if one.verdict == verdict})
        count(KINDS[verdict], f"执行结果为{verdict}的客户", many)
    before = churn_risk.run(bench, org, period.mom())
    scored = {fact.id: fact for fact in before.facts}
    planned = [fact for finding in before.findings if (fact := scored[finding.facts[0]]).by]
    if planned:
        keys = {fact.by.key for fact in planned if fact.by}
        how = "上期达到预警线的大客户（按上期期末重算）"
        facts += planned
        unit = bench.tree.get(org)
        like = planned[0].model_copy(update={"org": org, "org_name": unit.name if unit else "", "period": period})
        size = Decimal(len(keys))
        whole = derived(bench, like, "上期方案客户", size, planned, how, unit="户", kind="count", decimals=0)
        left = Decimal(len(keys - {one.customer for one in done}))
        how = f"上期方案客户 − 本期有执行结果的；{HOW}"
        open_ = derived(bench, whole, "上期方案中未记录执行结果的客户", left, [whole], how, decimals=0)
        facts += [whole, open_]
        places |= {"planned_count": [whole.id], "open_count": [open_.id]}
    return facts, places, before.versions


def _told(
    bench: Bench, one: MeasureOutcome, found: After, price: Fact | None, failed: str
) -> tuple[dict[str, Fact], Finding]:
    """Facts by place of one outcome, and what a table and a chat say of it."""
    strategy = strategies().causes[one.measure]
    day = Period.day(one.done)
    by = found.by
    made: dict[str, Fact] = {
        "outcome_months": recorded(
            bench, one.org, day, "执行后已出账月数", found.months, "个月", "措施执行月之后已有电费账单的整月数", by
        )
    }
    seen = made["outcome_months"]
    effect = "—"
    money = ""
    if found.effect is not None:
        made["effect_kwh"] = found.effect
        effect = f"{{{{{found.effect.id}:n:万千瓦时}}}}"
        if price is not None and price.value is not None and found.effect.value is not None:
            paid = derived(
                bench, found.effect, "执行后电费变化", found.effect.value * price.value / 1000, [found.effect, price],
                "电量变化 × 到户均价（测算）", unit="元", by=by,
            )  # fmt: skip
            made["effect_money"] = paid
            money = f"，折合电费{{{{{paid.id}}}}}"
    who = f"{{{{{seen.id}.label}}}}"
    waiting = (
        f"效果暂无法核对：{quotable(failed) or '数据源没有应答'}" if failed else f"效果待观察，已出账{{{{{seen.id}}}}}"
    )
    result = (
        f"电量较应有水平变化{{{{{made['effect_kwh'].id}}}}}{money}（{NO_CAUSE}）" if "effect_kwh" in made else waiting
    )
    text = (
        f"{{{{{seen.id}.period}}}}由{one.owner}对{{{{{seen.id}.org}}}}的{who}执行「{strategy.label}」措施，"
        f"结果{one.verdict}；{result}。"
    )
    cells = {
        "customer": who,
        "unit": f"{{{{{seen.id}.org}}}}",
        "measure": strategy.label,
        "done": f"{{{{{seen.id}.period}}}}",
        "owner": one.owner,
        "verdict": one.verdict,
        "effect": effect,
        "money": f"{{{{{made['effect_money'].id}:n:万元}}}}" if "effect_money" in made else "—",
        "recorder": one.name,
    }
    finding = Finding(
        id=f"D{bench.mint()[1:]}", kind=KINDS[one.verdict], severity="关注" if one.verdict != "未成" else "异常",
        title=f"{strategy.label}（{one.verdict}）", text=text, org=one.org,
        facts=tuple(fact.id for fact in made.values()), cells=cells,
        suggestion=f"对{strategy.label}的客户重新研判原因，调整措施。" if one.verdict == "未成" else "",
    )  # fmt: skip
    return made, finding


def _whole(bench: Bench, org: str, facts: Sequence[Fact], places: dict[str, list[str]]) -> list[Fact]:
    """Energy and money after all measures together."""
    by_id = {fact.id: fact for fact in facts}
    unit = bench.tree.get(org)
    out = []
    for place, name in (("effect_kwh", "执行后电量变化合计"), ("effect_money", "执行后电费变化合计")):
        parts = [by_id[name] for name in places.get(place, ())]
        if parts:
            like = parts[0].model_copy(update={"org": org, "org_name": unit.name if unit else ""})
            value = sum((part.value or Decimal(0) for part in parts), Decimal(0))
            out.append(derived(bench, like, name, value, parts, "各户之和（测算）", decimals=0))
            places[f"{place}_all"] = [out[-1].id]
    return out


ANALYSIS = Analysis("measure_outcomes", LABEL, run)
