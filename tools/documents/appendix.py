"""附件《数据来源与口径》: every fact of a report as a printed row, each caliber once, and how the sources answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from core.domain.fact import STATUS_LABELS, Fact
from core.domain.report import ReportContent
from core.domain.tokens import plain

TITLE = "数据来源与口径"
HEADERS = ("编号", "指标", "单位", "期间", "数值", "同比", "环比", "口径", "来源与数据表", "数据截至", "状态")
SOURCE_NAMES = {
    "marketing": "营销2.0",
    "meter": "智能电表",
    "service": "客户服务95598",
    "equipment": "设备管理",
    "acquisition": "采集2.0",
}


@dataclass(frozen=True)
class Row:
    """One fact, printed: `cells` stand under HEADERS."""

    fact: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Caliber:
    """One indicator's definition, printed once for all its facts."""

    name: str
    version: str
    text: str


def fact_rows(content: ReportContent) -> list[Row]:
    """All facts by number."""
    return [Row(fact.id, _cells(fact)) for fact in sorted(content.facts, key=lambda fact: order(fact.id))]


def order(fact: str) -> tuple[int, str]:
    """Sort key of fact ids: F2 before F10."""
    digits = re.sub(r"\D", "", fact)
    return int(digits or 0), fact


def calibers(content: ReportContent) -> list[Caliber]:
    """Distinct definitions in order of first use."""
    found: dict[Caliber, None] = {}
    for fact in content.facts:
        if fact.caliber:
            found.setdefault(Caliber(fact.name, fact.caliber_version, fact.caliber))
    return list(found)


def source_name(fact: Fact) -> str:
    """Where the number came from: systems and tables, or the facts it was computed from."""
    if fact.parents:
        named = "、".join(fact.parents[:6]) + ("等" if len(fact.parents) > 6 else "")
        return f"由{named}计算" + (f"：{fact.method}" if fact.method else "")
    systems = "、".join(SOURCE_NAMES.get(name, name) for name in fact.source.split("+") if name)
    return f"{systems}（{'、'.join(fact.datasets)}）" if fact.datasets else systems or "—"


def subject(fact: Fact) -> str:
    """The indicator with the dimension member it is restricted to."""
    if fact.by is None or fact.by.dim in {"org", "month", "day"}:
        return fact.name
    return f"{fact.name}（{fact.by.label}）" if fact.by.label != fact.name else fact.name


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "—"


def state(fact: Fact) -> str:
    label = STATUS_LABELS[fact.status]
    return f"{label}：{fact.reason}" if fact.reason and fact.status != "ok" else label


def notes(content: ReportContent) -> list[str]:
    """How the report was made: assumptions, baseline and the writer."""
    out = list(content.assumptions)
    if content.baseline:
        out.append(f"基准报告：{content.baseline}")
    writer = (
        "内置规则（未使用语言模型）" if content.llm in {"", "rule"} else f"语言模型 {content.llm}，全部数字由系统填入"
    )
    out.append(f"文字生成：{writer}")
    out.append(f"报告模板：{content.template} 版本 {content.template_version}")
    return out


def change(fact: Fact, field: str) -> str:
    """A signed change with its unit, or — where there is no base."""
    facts = {fact.id: fact}
    if not fact.has_value or getattr(fact.compare, field) is None:
        return "—"
    unit = {"pct": "%", "pp": "个百分点"}.get(fact.compare.rule, "")
    return plain(f"{{{{{fact.id}.{field}:n}}}}", facts) + unit


def _cells(fact: Fact) -> tuple[str, ...]:
    facts = {fact.id: fact}
    return (
        fact.id,
        subject(fact),
        fact.org_name or fact.org,
        fact.period.label,
        plain("{{" + fact.id + "}}", facts) if fact.has_value else "—",
        change(fact, "yoy"),
        change(fact, "mom"),
        fact.caliber_version or "—",
        source_name(fact),
        moment(fact.as_of),
        state(fact),
    )
