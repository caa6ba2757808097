"""用电量异常: a unit's 售电量 against its own seasonal level and against its peers.

Own level: the same month of last year moved by the median 同比 of the months before (Spring Festival months left
out). Peers: the same with their median 同比. A unit is reported when it deviates from both in the same direction by at
least the caliber's thresholds (domain.md §4.3: 关注 10 %, 异常 15 %, 严重 30 %), so that weather and calendar, which
all units share, raise no alarm. 退补 that is booked in the month for earlier months is taken out before judging.
"""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from core.domain.fact import Fact
from core.domain.finding import Finding, Severity
from core.domain.org import covers
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import base_of, derived
from tools.fetch import Query
from tools.indicators.ask import Ask

LATE = """
SELECT b.org_code AS org_code, SUM(b.kwh_total) AS kwh, COUNT(*) AS n FROM bill AS b
WHERE b.ym BETWEEN :first AND :last AND b.period_end < :start GROUP BY b.org_code
"""
HISTORY = 6
FESTIVAL = {1, 2}
EXCLUDED = ("气温与节假日：同级单位同受影响，已通过同级比较扣除",)


def run(bench: Bench, org: str, period: Period) -> Result:
    """Findings of the units below `org` (of `org` itself where it has none)."""
    children = [child.code for child in bench.tree.children(org)]
    if children:
        current = bench.compute([Ask("A02", org, period, by="org")])[0]
    else:
        current = bench.compute([Ask("A02", org, period)])[0]
    current = [fact for fact in current if fact.has_value and base_of(fact)]
    span = period.model_copy(update={"start": period.trailing_months(HISTORY + 1)[0].start, "grain": "range"})
    asks = [Ask("A02", fact.org, span, by="month") for fact in current]
    history = {fact.org: months for fact, months in zip(current, bench.compute(asks), strict=True)}
    late = _late(bench, org, period, current)
    facts, findings = list(current), []
    for fact in current:
        others = [other for other in current if other.org != fact.org]
        made = _judge(bench, fact, history[fact.org], others, late.get(fact.org))
        if made:
            facts += made[0]
            findings.append(made[1])
    return Result("用电量异常", facts, findings, {"anomalies": [fact for f in findings for fact in f.facts]})


def _late(bench: Bench, org: str, period: Period, units: list[Fact]) -> dict[str, Fact]:
    """退补 energy by unit: bills booked in the period for months before it; units without any are left out."""
    if not period.whole_months or not units:
        return {}
    params = {"first": f"{period.start:%Y-%m}", "last": f"{period.end:%Y-%m}", "start": period.start}
    outcome = bench.gate.run(Query("marketing", LATE, params, org, "往期退补电量"))
    if outcome.status != "ok":
        return {}
    found = {}
    for unit in units:
        rows = [row for row in outcome.records() if covers(unit.org, str(row["org_code"]))]
        value = sum((Decimal(str(row["kwh"])) for row in rows), Decimal(0))
        if value:
            method = "当期入账、所属期间在前的电费账单电量"
            fact = derived(bench, unit, "往期退补电量", value, [unit], method)
            kept = {key: str(item) for key, item in params.items()}
            found[unit.org] = fact.model_copy(update={"query": outcome.sql, "params": kept})
    return found


def _judge(
    bench: Bench, fact: Fact, months: list[Fact], peers: list[Fact], late: Fact | None
) -> tuple[list[Fact], Finding] | None:
    base = base_of(fact)
    assert base is not None and fact.value is not None
    value = fact.value - (late.value or Decimal(0) if late else Decimal(0))
    yoy = (value / base - 1) * 100
    earlier = [
        month
        for month in months
        if month.period.start < fact.period.start
        and month.has_value
        and month.compare.yoy is not None
        and month.period.start.month not in FESTIVAL
    ]
    growth = Decimal(median([_yoy(month) for month in earlier])) if earlier else Decimal(0)
    expected = base * (1 + growth / 100)
    own = (value / expected - 1) * 100
    among = [_yoy(peer) for peer in peers if peer.compare.yoy is not None]
    against = yoy - Decimal(median(among)) if among and fact.compare.yoy is not None else own
    if own * against <= 0:
        return None
    # a booking for earlier months neither makes an alarm nor hides one
    booked = (fact.value / expected - 1) * 100
    if booked * own <= 0:
        return None
    size = min(abs(own), abs(against), abs(booked))
    severity = _severity(bench, size)
    if severity is None:
        return None
    level = derived(
        bench, fact, "季节水平期望电量", expected, [fact, *earlier], "上年同月 × (1 + 前几个月同比的中位数)"
    )
    seen = [fact, late] if late else [fact]
    said = "（本期 − 往期退补）" if late else "本期"
    gap = derived(
        bench, fact, "偏离季节水平", own, [*seen, level], f"{said} ÷ 期望 − 1", unit="%", kind="rate", rule="pp"
    )
    lost = derived(bench, fact, "与期望的差额", value - expected, [*seen, level], f"{said} − 期望")
    peer = derived(
        bench,
        fact,
        "与同级单位同比之差",
        against,
        [*seen, *peers],
        "本单位同比 − 同级单位同比中位数",
        unit="百分点",
        kind="rate",
        rule="pp",
    )
    down = own < 0
    text = (
        f"{{{{{fact.id}.org}}}}{{{{{fact.id}.period}}}}售电量{{{{{fact.id}}}}}，{{{{{fact.id}.yoy}}}}，"
        f"偏离本单位季节水平{{{{{gap.id}}}}}，差额{{{{{lost.id}}}}}；同比与同级单位中位数相差{{{{{peer.id}}}}}"
    )
    text += f"（已扣除往期退补{{{{{late.id}}}}}）。" if late else "。"
    finding = Finding(
        id="D0",
        kind="usage_drop" if down else "usage_surge",
        severity=severity,
        title=f"{fact.org_name or fact.org}用电量异常{'下降' if down else '上升'}",
        text=text,
        org=fact.org,
        facts=tuple(one.id for one in (*seen, level, gap, lost, peer)),
        excluded=EXCLUDED if among else (),
        suggestion=f"由{fact.org_name or fact.org}核查采集完整性、停电和大客户生产情况，形成专题分析。",
    )
    return [*seen[1:], level, gap, lost, peer], finding


def _yoy(fact: Fact) -> Decimal:
    return fact.compare.yoy if fact.compare.yoy is not None else Decimal(0)


def _severity(bench: Bench, size: Decimal) -> Severity | None:
    get = bench.catalog.thresholds.get
    if size >= Decimal(get("usage_anomaly.severe_pct")):
        return "严重"
    if size >= Decimal(get("usage_anomaly.abnormal_pct")):
        return "异常"
    return "关注" if size >= Decimal(get("usage_anomaly.watch_pct")) else None


ANALYSIS = Analysis("usage_anomaly", "用电量异常", run)
