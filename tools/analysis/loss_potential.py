"""降损潜力: what high-loss areas would save at the economic limit, and the areas whose loss cannot be computed.

Potential of an area = loss − economic limit × supply, for areas at or above the high limit (caliber line_loss,
domain.md §1.4 C10); the money is that energy at the unit's mean price (B02). Both are estimates (测算).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import derived
from tools.analysis.measured import measured
from tools.fetch import Query
from tools.indicators.ask import Ask

UNCOMPUTABLE = """
SELECT x.tg_no AS tg_no, x.org_code AS org_code, x.reason AS reason, COUNT(*) AS days
FROM (SELECT t.tg_no AS tg_no, t.org_code AS org_code, t.reason AS reason
      FROM tg_loss_day AS t WHERE NOT t.computable AND t.date >= :start AND t.date < :after) AS x
GROUP BY x.tg_no, x.org_code, x.reason ORDER BY COUNT(*) DESC, x.tg_no LIMIT 10
"""
REASONS = {"缺数": "补采缺失表计数据", "无总表": "补装或恢复台区总表", "关系缺失": "核对并补录户变关系"}


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places `saving`, `saving_money`, `saving_tgs`; findings `uncomputable`, one an area and reason."""
    losses, supplies, prices = bench.compute(
        [
            Ask("C02.loss_kwh", org, period, by="tg"),
            Ask("C02.supply_kwh", org, period, by="tg"),
            Ask("B02", org, period),
        ]
    )
    facts: list[Fact] = []
    places: dict[str, list[str]] = {}
    found = _savings(bench, losses, supplies)
    if found:
        total = derived(
            bench, found[0][1], "降损潜力电量", sum((s.value or Decimal(0) for _, s in found), Decimal(0)),
            [saving for _, saving in found], "各高损台区潜力之和（测算）",
        ).model_copy(update={"org": org, "org_name": _name(bench, org), "by": None})  # fmt: skip
        facts += [fact for pair in found for fact in pair] + [total]
        places = {"saving": [total.id], "saving_tgs": [saving.id for _, saving in found[:10]]}
        price = prices[0]
        if price.has_value and price.value is not None and total.value is not None:
            money = derived(
                bench, total, "降损潜力电费", total.value * price.value / 1000, [total, price],
                "潜力电量 × 到户均价（测算）", unit="元",
            )  # fmt: skip
            facts += [price, money]
            places["saving_money"] = [money.id]
    made, findings = _uncomputable(bench, org, period)
    return Result("降损潜力", [*facts, *made], findings, places)


def _savings(bench: Bench, losses: list[Fact], supplies: list[Fact]) -> list[tuple[Fact, Fact]]:
    get = bench.catalog.thresholds.number
    high, economic = get("line_loss.high_pct"), get("line_loss.econ_high_pct")
    supplied = {fact.by.key: fact for fact in supplies if fact.by and fact.has_value}
    out = []
    for loss in losses:
        supply = supplied.get(loss.by.key) if loss.by else None
        if supply is None or not supply.value or not loss.has_value or loss.value is None:
            continue
        if supply.value < get("line_loss.min_supply_kwh_day") * loss.period.days:
            continue
        if loss.value * 100 >= high * supply.value:
            saved = loss.value - economic * supply.value / 100
            fact = derived(
                bench,
                loss,
                "降损潜力电量",
                saved,
                [loss, supply],
                "损失电量 − 经济线损上限 × 供入电量（测算）",
                by=loss.by,
            )
            out.append((loss, fact))
    return sorted(out, key=lambda pair: -(pair[1].value or Decimal(0)))


def _uncomputable(bench: Bench, org: str, period: Period) -> tuple[list[Fact], list[Finding]]:
    params = {"start": period.start, "after": period.end + timedelta(days=1)}
    outcome = bench.gate.run(Query("acquisition", UNCOMPUTABLE, params, org, "不可算台区"))
    facts: list[Fact] = []
    findings: list[Finding] = []
    labels = {fact.by.key: fact.by.label for fact in bench.known if fact.by and fact.by.dim == "tg"}
    for row in outcome.records() if outcome.status == "ok" else []:
        key, reason = str(row["tg_no"]), str(row["reason"] or "未注明")
        by = By(dim="tg", key=key, label=labels.get(key, key))
        unit = str(row["org_code"])
        fact = measured(
            bench, outcome, params, unit, period, "不可算天数", row["days"], "天", indicator="C08",
            caliber="期内不可算的日数，按原因", by=by, kind="count", decimals=0,
        )  # fmt: skip
        facts.append(fact)
        findings.append(
            Finding(
                id="D0",
                kind="uncomputable",
                severity="关注",
                title="不可算台区",
                text=f"{{{{{fact.id}.org}}}}{{{{{fact.id}.label}}}}不可算{{{{{fact.id}}}}}，原因：{reason}。",
                org=unit,
                facts=(fact.id,),
                suggestion=f"{REASONS.get(reason, '查明原因')}，恢复台区线损可算。",
                cells={
                    "tg": f"{{{{{fact.id}.label}}}}",
                    "unit": f"{{{{{fact.id}.org}}}}",
                    "days": f"{{{{{fact.id}:n}}}}",
                    "reason": reason,
                    "action": REASONS.get(reason, "查明原因"),
                },
            )
        )
    return facts, findings


def _name(bench: Bench, org: str) -> str:
    unit = bench.tree.get(org)
    return unit.name if unit else ""


ANALYSIS = Analysis("loss_potential", "降损潜力", run)
