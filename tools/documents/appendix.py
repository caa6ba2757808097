"""附件《数据来源与口径》: every fact of a report as a printed row, each origin and caliber once, and how the sources
answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.fact import STATUS_LABELS, Fact
from core.domain.report import ReportContent
from core.domain.tokens import plain
from knowledge.catalog import SOURCE_LABELS
from tools.documents.numbering import heading_number

TITLE = "数据来源与口径"
HEADERS = ("编号", "指标", "单位", "期间", "数值", "同比", "环比", "来源", "行数", "数据截至", "状态")
_ABREAST = 4
"""Computed facts in one row of the list of what they were computed from."""


@dataclass(frozen=True)
class Row:
    """One fact, printed: `cells` stand under HEADERS."""

    fact: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """Where numbers came from or how they were computed from others, and by which version of their caliber; printed
    once for all facts that share it."""

    text: str
    caliber_version: str


@dataclass(frozen=True)
class Caliber:
    """One definition, printed once for all indicators and facts that it serves."""

    names: str
    version: str
    text: str


@dataclass(frozen=True)
class Part:
    """One numbered part of the annex: a table, or `remarks`; `facts` names the fact of each row."""

    heading: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    shares: tuple[float, ...] = ()
    aligns: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    note: str = ""
    remarks: tuple[str, ...] = ()


def parts(content: ReportContent) -> list[Part]:
    """The annex in order; a part without entries is left out."""
    facts = fact_rows(content)
    sources = tuple((number, origin.text, origin.caliber_version or "—") for origin, number in origins(content).items())
    found = [
        Part(
            "数据事实",
            HEADERS,
            tuple(row.cells for row in facts),
            (0.5, 2.4, 1.9, 1.1, 1.3, 1.1, 1.1, 0.5, 0.6, 1.3, 0.9),
            ("center", "left", "left", "center", "right", "right", "right", "center", "right", "center", "left"),
            tuple(row.fact for row in facts),
            "注：编号与正文数字右上角的编号对应，来源的编号见下表；数值按正文同一规则四舍五入，未作任何手工调整。"
            + _engines(content),
        )
    ]
    if sources:
        found.append(
            Part(
                "来源与计算方法",
                ("编号", "来源系统与数据表，或计算方法", "口径版本"),
                sources,
                (0.5, 8, 1),
                ("center", "left", "center"),
            )
        )
    derived = [(fact.id, _parents(fact)) for fact in _by_number(content) if fact.parents]
    if derived:
        pairs = [*derived, *[("", "")] * (-len(derived) % _ABREAST)]
        found.append(
            Part(
                "计算所用的数据",
                ("编号", "由以下数据计算") * _ABREAST,
                tuple(sum(pairs[at : at + _ABREAST], ()) for at in range(0, len(pairs), _ABREAST)),
                (0.5, 3) * _ABREAST,
                ("center", "left") * _ABREAST,
            )
        )
    defined = tuple((item.names, item.version or "—", item.text) for item in calibers(content))
    if defined:
        found.append(Part("指标口径", ("指标", "口径版本", "口径"), defined, (2.6, 0.8, 6), ("left", "center", "left")))
    if content.sources:
        states = tuple(
            (item.label, STATUS_LABELS[item.status], moment(item.as_of), item.detail or "—") for item in content.sources
        )
        found.append(
            Part(
                "数据源取数情况",
                ("数据源", "状态", "数据截至", "说明"),
                states,
                (1.6, 1, 1.4, 5.4),
                ("left", "center", "center", "left"),
            )
        )
    remarks = tuple(f"{at}.{text.rstrip('。')}。" for at, text in enumerate(notes(content), 1))
    found.append(Part("编制说明", remarks=remarks))
    return [replace(part, heading=heading_number(1, at) + part.heading) for at, part in enumerate(found, 1)]


def fact_rows(content: ReportContent) -> list[Row]:
    """All facts by number."""
    numbers = origins(content)
    return [Row(fact.id, _cells(fact, numbers[origin_of(fact)])) for fact in _by_number(content)]


def origins(content: ReportContent) -> dict[Origin, str]:
    """Each distinct origin with its number S1, S2 …, in order of first use."""
    distinct = dict.fromkeys(map(origin_of, _by_number(content)))
    return {origin: f"S{at}" for at, origin in enumerate(distinct, 1)}


def _by_number(content: ReportContent) -> list[Fact]:
    return sorted(content.facts, key=lambda fact: order(fact.id))


def order(fact: str) -> tuple[int, str]:
    """Sort key of fact ids: F2 before F10."""
    digits = re.sub(r"\D", "", fact)
    return int(digits or 0), fact


def calibers(content: ReportContent) -> list[Caliber]:
    """Distinct definitions in order of first use."""
    named: dict[tuple[str, str], dict[str, None]] = {}
    for fact in content.facts:
        if fact.caliber:
            named.setdefault((fact.caliber_version, fact.caliber), {})[fact.name] = None
    return [Caliber("、".join(names), version, text) for (version, text), names in named.items()]


def source_name(fact: Fact) -> str:
    """Where the number came from: systems and tables, or the facts it was computed from."""
    if fact.parents:
        return f"由{_parents(fact)}计算" + (f"：{fact.method}" if fact.method else "")
    systems = "、".join(SOURCE_LABELS.get(name, name) for name in fact.source.split("+") if name)
    return f"{systems}（{'、'.join(fact.datasets)}）" if fact.datasets else systems or "—"


def _parents(fact: Fact) -> str:
    return "、".join(fact.parents[:6]) + ("等" if len(fact.parents) > 6 else "")


def subject(fact: Fact) -> str:
    """The indicator with the dimension member it is restricted to."""
    if fact.by is None or fact.by.dim in {"org", "month", "day"}:
        return fact.name
    return f"{fact.name}（{fact.by.label}）" if fact.by.label != fact.name else fact.name


def tip(fact: Fact) -> str:
    """The fact's card in one line."""
    where = fact.org_name or fact.org
    return (
        f"{fact.id}　{subject(fact)}　{where}　{fact.period.label}　口径{fact.caliber_version or '—'}　"
        f"{source_name(fact)}　截至{moment(fact.as_of)}　{state(fact)}"
    )


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "—"


def state(fact: Fact) -> str:
    label = fact.supplement or STATUS_LABELS[fact.status]
    return f"{label}：{fact.reason}" if fact.reason and fact.status != "ok" else label


def notes(content: ReportContent) -> list[str]:
    """How the report was made: assumptions, baseline and the writer."""
    out = list(content.assumptions)
    if content.baseline:
        out.append(f"基准报告：{content.baseline}")
    out += dict.fromkeys(f"{subject(f)}{f.org_name or f.org}{f.period.label}{f.supplement}" for f in _supplied(content))
    writer = (
        "内置规则（未使用语言模型）" if content.llm in {"", "rule"} else f"语言模型 {content.llm}，全部数字由系统填入"
    )
    out.append(f"文字生成：{writer}")
    out.append(f"报告模板：{content.template} 版本 {content.template_version}")
    return out


def _supplied(content: ReportContent) -> list[Fact]:
    """Facts that people supplied in whole or in part, not those computed from them."""
    return [fact for fact in content.facts if fact.supplement and not fact.parents]


def change(fact: Fact, field: str) -> str:
    """A signed change with its unit, or — where there is no base."""
    facts = {fact.id: fact}
    if not fact.has_value or getattr(fact.compare, field) is None:
        return "—"
    unit = {"pct": "%", "pp": "个百分点"}.get(fact.compare.rule, "")
    return plain(f"{{{{{fact.id}.{field}:n}}}}", facts) + unit


def origin_of(fact: Fact) -> Origin:
    """Where a number came from and which analysis computed it; the engine and plain derivations go without saying."""
    from tools.analysis import who_computed

    plainly = fact.computed_by.partition("/")[0] in {"engine", "derive"}
    who = "" if plainly else re.sub(r"^分析「(.*)」|\s", r"\1", who_computed(fact))
    source = (fact.method or "由其他数据计算") if fact.parents else source_name(fact)
    return Origin("；".join(part for part in (source, who) if part), fact.caliber_version)


def _by_engine(fact: Fact) -> bool:
    return fact.computed_by.partition("/")[0] == "engine"


def _engines(content: ReportContent) -> str:
    """Which indicator engine computed the rows that name nobody; one sentence instead of a line in every row."""
    from tools.analysis import who_computed

    names = dict.fromkeys(who_computed(fact) for fact in content.facts if _by_engine(fact))
    return f"未写明计算者的数由{'、'.join(names)}按口径计算。" if names else ""


def _cells(fact: Fact, origin: str) -> tuple[str, ...]:
    facts = {fact.id: fact}
    return (
        fact.id,
        subject(fact),
        fact.org_name or fact.org,
        fact.period.label,
        plain("{{" + fact.id + "}}", facts) if fact.has_value else "—",
        change(fact, "yoy"),
        change(fact, "mom"),
        origin,
        str(fact.row_count) if fact.query and not fact.parents else "—",
        moment(fact.as_of),
        state(fact),
    )
