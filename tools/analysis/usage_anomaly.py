"""用电量异常: a unit's 售电量 against its own seasonal level, beyond what its peers did at the same time.

Own level: the same month of last year moved by the median 同比 of the months before (Spring Festival months left
out). What calendar and weather do to it, they do to the peers too: the peers' median deviation from their own levels
is taken out. A unit that sees no peers is corrected by its own response to calendar and temperature (domain.md §4.4).
A unit is reported when both the plain and the corrected deviation reach the caliber's thresholds in the same direction
(domain.md §4.3) and enough energy is at stake. 退补 booked in the month for earlier months neither makes nor hides one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.org import covers
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import base_of, derived
from tools.analysis.severity import severity
from tools.analysis.shared_moves import Shared, from_peers, from_response
from tools.fetch import Query
from tools.indicators.ask import Ask

LATE = """
SELECT b.org_code AS org_code, SUM(b.kwh_total) AS kwh, COUNT(*) AS n FROM bill AS b
WHERE b.ym BETWEEN :first AND :last AND b.period_end < :start GROUP BY b.org_code
"""
HISTORY = 6
FESTIVAL = {1, 2}


@dataclass(frozen=True)
class Level:
    """A unit's energy without late bookings, and what its season and growth let expect; `earlier` are the months that
    gave the growth, `late` the booking that was taken out."""

    fact: Fact
    value: Decimal
    expected: Decimal
    earlier: list[Fact]
    late: Fact | None

    @property
    def ratio(self) -> Decimal:
        return self.value / self.expected


def run(bench: Bench, org: str, period: Period) -> Result:
    """Findings of the unit itself (where its peers can be seen, or it has none below it) and of the units below it."""
    unit = bench.tree.get(org)
    above = unit.parent if unit and unit.parent and bench.tree.get(unit.parent) else None
    children = bool(bench.tree.children(org))
    facts: list[Fact] = []
    findings: list[Finding] = []
    for scope, by in ([(above, True)] if above else []) + ([(org, children)] if children or not above else []):
        levels = _levels(bench, scope, period, by)
        for level in levels:
            if scope == above and level.fact.org != org:
                continue
            facts.append(level.fact)
            made = _judge(bench, level, [other for other in levels if other is not level])
            if made:
                facts += made[0]
                findings.append(made[1])
    return Result("用电量异常", facts, findings, {"anomalies": [fact for f in findings for fact in f.facts]})


def _levels(bench: Bench, scope: str, period: Period, by: bool) -> list[Level]:
    current = bench.compute([Ask("A02", scope, period, by="org" if by else None)])[0]
    current = [fact for fact in current if fact.has_value and base_of(fact)]
    span = period.model_copy(update={"start": period.trailing_months(HISTORY + 1)[0].start, "grain": "range"})
    history = bench.compute([Ask("A02", fact.org, span, by="month") for fact in current])
    late = _late(bench, scope, period, current)
    found = []
    for fact, months in zip(current, history, strict=True):
        base = base_of(fact)
        assert base is not None and fact.value is not None
        earlier = [
            month
            for month in months
            if month.period.start < fact.period.start
            and month.has_value
            and month.compare.yoy is not None
            and month.period.start.month not in FESTIVAL
        ]
        growth = Decimal(median([month.compare.yoy or Decimal(0) for month in earlier])) if earlier else Decimal(0)
        expected = base * (1 + growth / 100)
        booked = late.get(fact.org)
        value = fact.value - (booked.value or Decimal(0) if booked else Decimal(0))
        if expected > 0:
            found.append(Level(fact, value, expected, earlier, booked))
    return found


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


def _judge(bench: Bench, level: Level, peers: Sequence[Level]) -> tuple[list[Fact], Finding] | None:
    fact, expected = level.fact, level.expected
    assert fact.value is not None
    own = (level.ratio - 1) * 100
    booked = (fact.value / expected - 1) * 100
    if booked * own <= 0 or severity(bench, min(abs(own), abs(booked))) is None:
        return None
    shared = (
        from_peers(bench, level.fact, [(peer.fact, peer.ratio) for peer in peers])
        if peers
        else from_response(bench, fact, expected, level.value)
    )
    against = (level.ratio / shared.ratio - 1) * 100
    loss = level.value - expected * shared.ratio
    rank = severity(bench, min(abs(own), abs(against), abs(booked)), loss, "org")
    if own * against <= 0 or rank is None:
        return None
    return _told(bench, level, shared, own, against, loss, rank)


def _told(
    bench: Bench, level: Level, shared: Shared, own: Decimal, against: Decimal, loss: Decimal, rank: str
) -> tuple[list[Fact], Finding]:
    fact, late = level.fact, level.late
    seasonal = derived(
        bench, fact, "季节水平期望电量", level.expected, [fact, *level.earlier], "上年同月 × (1 + 前几个月同比的中位数)"
    )
    seen = [fact, late] if late else [fact]
    said = "（本期 − 往期退补）" if late else "本期"
    gap = derived(
        bench, fact, "偏离季节水平", own, [*seen, seasonal], f"{said} ÷ 期望 − 1", unit="%", kind="rate", rule="pp"
    )
    net = derived(
        bench, fact, "扣除共同变化后的偏离", against, [*seen, seasonal, *shared.facts],
        f"{said} ÷ (期望 × 共同变化) − 1", unit="%", kind="rate", rule="pp",
    )  # fmt: skip
    lost = derived(bench, fact, "与期望的差额", loss, [*seen, seasonal, *shared.facts], f"{said} − 期望 × 共同变化")
    collected = bench.compute([Ask("D02", fact.org, fact.period)])[0][0]
    excluded = (*shared.clauses, _complete(bench, collected))
    down = own < 0
    text = (
        f"{{{{{fact.id}.org}}}}{{{{{fact.id}.period}}}}售电量{{{{{fact.id}}}}}，{{{{{fact.id}.yoy}}}}，"
        f"偏离本单位季节水平{{{{{gap.id}}}}}，扣除共同变化后偏离{{{{{net.id}}}}}，差额{{{{{lost.id}}}}}"
    )
    text += f"（已扣除往期退补{{{{{late.id}}}}}）" if late else ""
    text += f"；{'；'.join(excluded)}。"
    facts = [*seen[1:], seasonal, *shared.facts, gap, net, lost, *([collected] if collected.has_value else [])]
    finding = Finding(
        id="D0",
        kind="usage_drop" if down else "usage_surge",
        severity=rank,  # type: ignore[arg-type]
        title=f"{fact.org_name or fact.org}用电量异常{'下降' if down else '上升'}",
        text=text,
        org=fact.org,
        facts=tuple(one.id for one in (fact, *facts)),
        excluded=excluded,
        suggestion=f"由{fact.org_name or fact.org}核查采集完整性、停电和大客户生产情况，形成专题分析。",
    )
    return facts, finding


def _complete(bench: Bench, collected: Fact) -> str:
    """What the readings say of missing data, as a clause."""
    if not collected.has_value or collected.value is None:
        return "采集成功率没有数据，尚不能排除缺数"
    if collected.value < Decimal(bench.catalog.thresholds.get("collection.target_pct")):
        return f"采集成功率{{{{{collected.id}}}}}，低于目标，须先核对缺数"
    return f"采集成功率{{{{{collected.id}}}}}，不是缺数"


ANALYSIS = Analysis("usage_anomaly", "用电量异常", run, "2")
