"""台区线损: areas with high and negative loss, and how rates are spread (domain.md §1.4, limits in caliber.yaml)."""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import derived
from tools.evidence import Evidence, NoEvidence, Scope
from tools.indicators.ask import Ask

SHOWN = 10
LASTING = """
SELECT t.tg_no AS tg_no, COUNT(*) AS days FROM tg_loss_day AS t
WHERE t.computable AND t.date BETWEEN CAST(:start AS DATE) AND CAST(:end AS DATE) GROUP BY t.tg_no
HAVING SUM(t.sale_kwh + t.loss_kwh) >= :least * COUNT(*) AND (
  SUM(CASE WHEN t.loss_kwh * 100 >= :high * (t.sale_kwh + t.loss_kwh) THEN 1 ELSE 0 END) >= LEAST(:days, COUNT(*))
  OR SUM(CASE WHEN t.loss_kwh * 100 <= :low * (t.sale_kwh + t.loss_kwh) THEN 1 ELSE 0 END) >= LEAST(:days, COUNT(*)))
"""
"""Areas beyond a limit on as many days as 高损台区占比 (C06) asks for, with the supply that it asks for."""
BANDS = ("负损", "轻微负损", "经济运行", "偏高", "高损")


def run(bench: Bench, org: str, period: Period) -> Result:
    answers = bench.compute([Ask("C02", org, period, by="tg"), Ask("C02.loss_kwh", org, period, by="tg")])
    rates, losses = ([fact for fact in answer if fact.has_value and fact.by] for answer in answers)
    if not rates:
        return Result("台区线损")
    high_limit = Decimal(bench.catalog.thresholds.get("line_loss.high_pct"))
    low_limit = Decimal(bench.catalog.thresholds.get("line_loss.negative_pct"))
    lasting = _lasting(bench, org, period)
    judged = [fact for fact in rates if fact.by and fact.by.key in lasting]
    high = sorted((f for f in judged if _v(f) >= high_limit), key=_v, reverse=True)
    negative = sorted((f for f in judged if _v(f) <= low_limit), key=_v)
    bands = [
        derived(
            bench,
            rates[0],
            "台区数",
            Decimal(count),
            rates[:1],
            "按线损率分档计数",
            unit="个",
            kind="count",
            by=By(dim="band", key=str(at), label=BANDS[at]),
            decimals=0,
        )
        for at, count in enumerate(_counts(bench, rates))
    ]
    made = []
    if high:
        made.append(
            _finding(bench, org, "高损台区", high, "高损", "组织现场核查计量装置、户变关系和用电情况，限期消缺。")
        )
    if negative:
        made.append(_finding(bench, org, "负损台区", negative, "负损", "核对户变关系、总表倍率和光伏上网计量。"))
    lost = {fact.by.key: fact for fact in losses if fact.by}
    lost_high = [lost[fact.by.key] for fact in high[:SHOWN] if fact.by and fact.by.key in lost]
    places = {
        "high_loss_kwh": [fact.id for fact in lost_high],
        "high_loss_tgs": [fact.id for fact in high[:SHOWN]],
        "negative_loss_tgs": [fact.id for fact in negative[:SHOWN]],
        "loss_bands": [fact.id for fact in bands],
    }
    kept = {fact.id: fact for fact in [*high[:SHOWN], *negative[:SHOWN], *lost_high, rates[0]]}
    facts = [*kept.values(), *bands, *(count for _, count in made)]
    return Result("台区线损", facts, [finding for finding, _ in made], places)


def _lasting(bench: Bench, org: str, period: Period) -> set[str]:
    """Areas that may be called 高损 or 负损: one bad day is not a verdict. None where the days could not be read."""
    get = bench.catalog.thresholds.get
    names = {"high": "high_pct", "low": "negative_pct", "least": "min_supply_kwh_day", "days": "persist_days"}
    binds = {name: get(f"line_loss.{rule}") for name, rule in names.items()}
    wanted = Scope(org, period, bench.today, bench.catalog).want("acquisition", LASTING, binds=binds)
    try:
        return {str(row["tg_no"]) for row in Evidence(bench.gate, org, "台区线损").rows(wanted)}
    except NoEvidence:
        return set()


def _v(fact: Fact) -> Decimal:
    return fact.value if fact.value is not None else Decimal(0)


def _counts(bench: Bench, rates: list[Fact]) -> list[int]:
    """Areas per band; the edges are the caliber's: negative, economic from–to, high."""
    get = bench.catalog.thresholds.get
    negative, low, top, high = (
        Decimal(get(f"line_loss.{name}")) for name in ("negative_pct", "econ_low_pct", "econ_high_pct", "high_pct")
    )
    counts = [0] * len(BANDS)
    for fact in rates:
        value = _v(fact)
        band = 0 if value <= negative else 1 if value < low else 2 if value <= top else 3 if value < high else 4
        counts[band] += 1
    return counts


def _finding(bench: Bench, org: str, title: str, facts: list[Fact], kind: str, suggestion: str) -> tuple[Finding, Fact]:
    worst = facts[0]
    unit = bench.tree.get(org)
    count = derived(
        bench, worst, f"{title}数", Decimal(len(facts)), facts[:SHOWN], "线损率超过口径阈值且达到持续天数的台区个数",
        unit="个", kind="count", decimals=0,
    ).model_copy(update={"org": org, "org_name": unit.name if unit else ""})  # fmt: skip
    finding = Finding(
        id="D0",
        kind=f"line_loss_{'high' if kind == '高损' else 'negative'}",
        severity="异常" if abs(_v(worst)) < 10 else "严重",
        title=title,
        text=f"{kind}台区{{{{{count.id}}}}}，其中{{{{{worst.id}.label}}}}线损率{{{{{worst.id}}}}}。",
        org=org,
        facts=(count.id, *(fact.id for fact in facts[:SHOWN])),
        suggestion=suggestion,
    )
    return finding, count


ANALYSIS = Analysis("line_loss", "台区线损", run, version="2")
