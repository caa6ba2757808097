"""分析版本与近半年表现: which version of each analysis is in service for a unit, and how it did lately.

For days after a version's data the figures are what it said itself; for days before them what the same recipe says with
what was known then. Where no version is in service the facts are missing and the label says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from core.domain.analysis_version import AnalysisVersion
from core.domain.fact import By, Compare, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result

if TYPE_CHECKING:
    from tools.analysis.life import Life
    from tools.analysis.life.performance import Row

LABEL = "分析版本与近半年表现"
INDICATOR = {"churn_risk": "H05", "outlook": "A02", "satisfaction_forecast": "E08"}
SOURCE = {
    "churn_risk": "marketing+acquisition+service+equipment",
    "outlook": "marketing",
    "satisfaction_forecast": "service+equipment+marketing",
}


def run(bench: Bench, org: str, period: Period) -> Result:
    """One finding an analysis that has a version in service (`version_<analysis>`); places `number` and `recent_…`."""
    return review(bench, org, period, ())


def review(bench: Bench, org: str, period: Period, names: Sequence[str]) -> Result:
    """The analyses named, all of them for none."""
    from tools.analysis.life import all_lives

    facts: list[Fact] = []
    findings: list[Finding] = []
    places: dict[str, list[str]] = {}
    versions: dict[str, str] = {}
    missing = []
    for life in all_lives().values():
        if names and life.name not in names:
            continue
        version = bench.version_of(life.name, org)
        if version is None:
            missing.append(f"{life.label}还没有启用登记的分析版本")
            continue
        made, finding = _one(bench, org, period, life, version)
        versions[life.name] = version.id
        facts += made.values()
        findings.append(finding)
        for place, fact in made.items():
            places.setdefault(place, []).append(fact.id)
    return Result("；".join([LABEL, *missing]), facts, findings, places, versions)


def _one(
    bench: Bench, org: str, period: Period, life: Life, version: AnalysisVersion
) -> tuple[dict[str, Fact], Finding]:
    from tools.analysis.life.drift import drift
    from tools.analysis.life.performance import performance

    day = min(period.end, bench.today)
    study = life.study(bench, org, day)
    rows: list[Row] = [("number", "现行分析版本号", float(version.number), "", 0, version.said())]
    verdict = f"最近各月的表现暂无法评价（{study}）" if isinstance(study, str) else ""
    if not isinstance(study, str):
        found = drift(life, study, version.content, day)
        rows += performance(found.recent, version.said())
        why = "；".join((*found.reasons, *found.watch))
        verdict = f"漂移检查：{found.verdict}{f'（{why}）' if why else ''}"
    made = {row[0]: _fact(bench, org, period, life, version, row) for row in rows}
    shown = "，".join(f"{{{{{fact.id}.name}}}}{{{{{fact.id}}}}}" for name, fact in made.items() if name != "number")
    state = f"{version.by_name or version.by}启用" if version.by else version.state.label
    text = (
        f"现行第{{{{{made['number'].id}:n}}}}版，{version.content.algorithm_label}，由{state}；"
        f"{shown + '；' if shown else ''}{verdict}。"
    )
    finding = Finding(
        id=f"D{bench.mint()[1:]}", kind=f"version_{life.name}", severity="关注", title=f"{life.label}的分析版本",
        text=text, org=org, facts=tuple(fact.id for fact in made.values()),
    )  # fmt: skip
    return made, finding


def _fact(bench: Bench, org: str, period: Period, life: Life, version: AnalysisVersion, row: Row) -> Fact:
    _, name, value, unit, decimals, method = row
    unit_of = bench.tree.get(org)
    return Fact(
        id=bench.mint(),
        indicator=INDICATOR[life.name],
        name=name,
        value=Decimal(f"{value:.2f}"),
        unit=unit,
        decimals=decimals,
        kind="rate" if unit in {"%", "百分点"} else "count",
        period=period,
        org=org,
        org_name=unit_of.name if unit_of else "",
        by=By(dim="analysis", key=life.name, label=life.label),
        compare=Compare(rule="pp" if unit in {"%", "百分点"} else "diff"),
        caliber=f"{version.content.label}的登记版本在结果已知的月份上的检验",
        caliber_version=str(version.number),
        source=SOURCE[life.name],
        row_count=version.content.cases,
        as_of=datetime.combine(min(period.end, bench.today), time()),
        method=method,
    )


ANALYSIS = Analysis("version_review", LABEL, run)
