"""指标关注: indicators of each unit against the targets that their YAML takes from caliber.yaml."""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.indicators.ask import Ask

RULES: tuple[tuple[str, str, bool, str, str], ...] = (
    ("B05", "recovery.watch_pct", False, "电费回收率低于关注线", "逐户核对欠费原因，落实催收和分次结算措施。"),
    ("D02", "collection.target_pct", False, "采集成功率低于目标", "组织补采和故障终端消缺，复核受影响台区数据。"),
    ("E08", "service.satisfaction_watch_pct", False, "客户满意度低于关注线", "对不满意工单逐件回访整改。"),
    ("E03", "service.complaint_per_million", True, "百万客户投诉率偏高", "分析投诉诱因，落实责任单位整改。"),
    ("G04", "reliability.target_asai_pct", False, "供电可靠率低于目标", "核查停电计划和故障原因，压降重复停电。"),
)


def run(bench: Bench, org: str, period: Period) -> Result:
    """One finding an indicator, naming the units on the wrong side of the limit, the worst first."""
    by = "org" if bench.tree.children(org) else None
    answers = bench.compute([Ask(code, org, period, by=by) for code, *_ in RULES])
    facts: list[Fact] = []
    findings = []
    for (_, key, above, title, suggestion), units in zip(RULES, answers, strict=True):
        limit = Decimal(bench.catalog.thresholds.get(key))
        bad = [
            f for f in units if f.has_value and f.value is not None and (f.value > limit if above else f.value < limit)
        ]
        if not bad:
            continue
        bad.sort(key=lambda fact: fact.value or Decimal(0), reverse=above)
        facts += bad
        named = "、".join(f"{{{{{fact.id}.org}}}}{{{{{fact.id}}}}}" for fact in bad)
        findings.append(
            Finding(
                id="D0",
                kind=f"watch_{bad[0].indicator}",
                severity="关注",
                title=title,
                text=f"{named}。",
                org=org,
                facts=tuple(fact.id for fact in bad),
                suggestion=suggestion,
            )
        )
    return Result("指标关注", facts, findings)


ANALYSIS = Analysis("watch", "指标关注", run)
