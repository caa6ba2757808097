"""大客户流失预警 (domain.md §4.1): big customers ranked by the risk of leaving, each with its reasons in raw figures.

The rule score explains; where the unit's own past allows a learnt probability, it ranks, and the energy at stake is
probability × the energy of the last twelve months. Customers that have stopped already are named after those at risk.
市场关系变化 is not loss and gives no points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from core.domain.fact import By, Compare, Fact
from core.domain.finding import Finding, Severity
from core.domain.period import Period
from knowledge.churn import Signal, churn_rules
from tools.analysis import Analysis, Bench, Result
from tools.analysis.churn.book import Book, read_book
from tools.analysis.churn.learned import Learned, learn
from tools.analysis.churn.signals import Signals, signals
from tools.analysis.derived import derived
from tools.analysis.life.performance import performance
from tools.fetch import Query

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 20
SHARE = 0.1
"""At least this share of the customers is ranked, whatever their scores."""
REASONS = 3
LABEL = "大客户流失预警"
LOST = "已停用"


@dataclass(frozen=True)
class _Desk:
    bench: Bench
    org: str
    period: Period
    book: Book
    found: Signals
    learned: Learned | None
    score: pd.Series
    names: dict[str, str]


def run(bench: Bench, org: str, period: Period) -> Result:
    """Facts of the ranking, one finding a customer at or above the yellow line, then those that have stopped.

    `places`: `ranking` are the risk scores in order, `probability` the learnt ones, `at_stake` the energy; `version`
    and `recent_…` say which analysis version told them and how it did in the last six months.
    """
    book = read_book(bench, org, period.end)
    if isinstance(book, str):
        return Result(f"{LABEL}：{book}")
    found = signals(book)
    made = learn(book, bench.version_of("churn_risk", org), org)
    learned = made if isinstance(made, Learned) else None
    score = found.score()
    ahead = (learned.probability.reindex(score.index).fillna(0.0) * 1000 if learned else score) + score / 1000
    at_risk = ahead[~found.lost].sort_values(ascending=False, kind="stable").index
    yellow = _line(bench, "yellow")
    shown = [key for at, key in enumerate(at_risk) if score[key] >= yellow or at < len(at_risk) * SHARE][:SHOWN]
    gone = [str(key) for key in score.index[found.lost]][:SHOWN]
    desk = _Desk(bench, org, period, book, found, learned, score, _names(bench, org, [*shown, *gone]))
    facts: list[Fact] = []
    findings: list[Finding] = []
    places: dict[str, list[str]] = {"ranking": [], "probability": [], "at_stake": []}
    for key in [*shown, *gone]:
        one, finding = _customer(desk, key, places)
        facts += one
        if finding is not None:
            findings.append(finding)
    versions: dict[str, str] = {}
    if learned is not None:
        told = _quality(desk, learned)
        facts += told.values()
        places |= {place: [fact.id] for place, fact in told.items()}
        if learned.version is not None:
            versions["churn_risk"] = learned.version.id
    label = f"{LABEL}（规则评分{'与历史学得的概率' if learned else f'；{made}'}）"
    return Result(label, facts, findings, places, versions)


def _line(bench: Bench, name: str) -> float:
    return float(bench.catalog.thresholds.number(f"churn_score.{name}"))


def _customer(desk: _Desk, key: str, places: dict[str, list[str]]) -> tuple[list[Fact], Finding | None]:
    import numpy as np

    lost = bool(desk.found.lost[key])
    points = float(desk.score[key])
    total = _mint(desk, key, "流失风险分", points, "分", 0, "各信号 0—1 分乘权重，按可取得的信号折算为 100 分")
    facts = [total]
    reasons = _reasons(desk, key)
    facts += reasons
    used = float(np.nansum(desk.book.readings(key)[-365:]))
    year = _mint(desk, key, "近一年电量", used, "kWh", 0, "采集日电量合计")
    facts.append(year)
    words = [_said(fact) for fact in reasons]
    if lost:
        places.setdefault("stopped", []).append(total.id)
        text = f"{{{{{total.id}.org}}}}，{LOST}，{'，'.join(words)}；年用电量{{{{{year.id}}}}}。"
        return facts, _finding(desk, "严重", f"{total.by.label if total.by else key}{LOST}", text, total, facts)
    places["ranking"].append(total.id)
    tail = ""
    if desk.learned is not None and key in desk.learned.probability.index:
        chance = float(desk.learned.probability[key]) * 100
        likely = _mint(
            desk,
            key,
            "季度内流失概率",
            chance,
            "%",
            2,
            desk.learned.said,
            "rate",
        )
        stake = derived(
            desk.bench, year, "预计流失电量", (year.value or Decimal(0)) * (likely.value or Decimal(0)) / 100,
            [likely, year], "流失概率 × 近一年电量（测算）", by=year.by, decimals=0,
        )  # fmt: skip
        facts += [likely, stake]
        places["probability"].append(likely.id)
        places["at_stake"].append(stake.id)
        tail = f"；季度内流失概率{{{{{likely.id}}}}}，预计流失电量{{{{{stake.id}}}}}"
    if points < _line(desk.bench, "yellow"):
        return facts, None
    severity: Severity = "严重" if points >= _line(desk.bench, "red") else "关注"
    if _line(desk.bench, "orange") <= points < _line(desk.bench, "red"):
        severity = "异常"
    text = f"{{{{{total.id}.org}}}}，风险评分{{{{{total.id}}}}}，{'，'.join(words)}{tail}。"
    return facts, _finding(desk, severity, f"{total.by.label if total.by else key}流失风险", text, total, facts)


def _finding(desk: _Desk, severity: Severity, title: str, text: str, total: Fact, facts: Sequence[Fact]) -> Finding:
    return Finding(
        id=f"D{desk.bench.mint()[1:]}",
        kind="churn",
        severity=severity,
        title=title,
        text=text,
        org=total.org,
        facts=tuple(fact.id for fact in facts),
        suggestion="客户经理上门走访，核实生产经营和用电计划。",
    )


def _said(fact: Fact) -> str:
    """A reason in words: a change is a rise or a fall by its magnitude."""
    name = fact.name.removesuffix("变动")
    if name == fact.name:
        return f"{{{{{fact.id}.name}}}}{{{{{fact.id}}}}}"
    return f"{name}{'下降' if (fact.value or 0) < 0 else '上升'}{{{{{fact.id}:abs}}}}"


def _reasons(desk: _Desk, key: str) -> list[Fact]:
    """The signals that gave most points, as facts with their raw figures."""
    points = desk.found.points.loc[key].fillna(0.0)
    ranked = sorted(
        (signal for signal in churn_rules().signals if points.get(signal.id, 0.0) > 0),
        key=lambda signal: -points[signal.id] * signal.weight,
    )
    return [_reason(desk, key, signal) for signal in ranked[:REASONS]]


def _reason(desk: _Desk, key: str, signal: Signal) -> Fact:
    value = float(desk.found.raw[signal.id][key])
    whole = signal.unit in {"天", "次", "件"}
    compared = "与全部大客户的中位数相比" if signal.id in {"S1", "S1Y", "S2"} else ""
    method = f"信号{signal.id}：{signal.label}{compared and '，' + compared}（权重{signal.weight:g}）"
    return _mint(
        desk,
        key,
        signal.label,
        value,
        signal.unit,
        0 if whole else 1,
        method,
        "rate" if signal.unit == "%" else "amount",
    )


def _mint(
    desk: _Desk, key: str, name: str, value: float, unit: str, decimals: int, method: str, kind: str = "amount"
) -> Fact:
    import numpy as np

    row = desk.book.customers.set_index("cons_no").loc[key]
    org = str(row["org_code"])
    silent = [desk.bench.gate.connections.source(name).label for name in desk.book.failed]
    unit_of = desk.bench.tree.get(org)
    return Fact(
        id=desk.bench.mint(),
        indicator="H05",
        name=name,
        value=Decimal(f"{value:.{max(decimals, 2)}f}"),
        unit=unit,
        decimals=decimals,
        kind=kind,
        period=desk.period,
        org=org,
        org_name=unit_of.name if unit_of else "",
        by=By(dim="customer", key=key, label=desk.names.get(key, key)),
        compare=Compare(rule="pp" if unit == "%" else "pct"),
        caliber=f"大客户流失信号规则（{churn_rules().version}版）",
        caliber_version=churn_rules().version,
        source="marketing+acquisition+service+equipment",
        datasets=("customer", "energy_day", "bill", "payment", "work_order", "pv_plant", "ticket", "outage_event"),
        query="\n".join(desk.book.statements.values()),
        params={"as_of": desk.period.end.isoformat(), "org": desk.org},
        row_count=int(np.count_nonzero(~np.isnan(desk.book.readings(key)))),
        as_of=datetime.combine(desk.period.end, time()),
        status="partial" if desk.book.failed else "ok",
        reason=f"{'、'.join(silent)}取数失败，相应信号未计" if silent else "",
        method=method,
    )


def _quality(desk: _Desk, learned: Learned) -> dict[str, Fact]:
    """Which version told the probabilities and how it did in the last six months, by place."""
    rows: list[tuple[str, str, float, str, int, str]] = []
    if learned.version is not None:
        rows.append(("version", "流失概率分析版本号", float(learned.version.number), "", 0, learned.said))
    rows += performance(learned.recent, learned.said)
    like = _mint(desk, str(desk.score.index[0]), "", 0.0, "", 2, "")
    unit_of = desk.bench.tree.get(desk.org)
    return {
        place: like.model_copy(
            update={
                "id": desk.bench.mint(), "name": name, "value": Decimal(f"{value:.2f}"), "unit": unit, "by": None,
                "decimals": decimals, "kind": "rate" if unit == "%" else "count", "org": desk.org, "method": method,
                "org_name": unit_of.name if unit_of else "", "caliber": method,
            }
        )
        for place, name, value, unit, decimals, method in rows
    }  # fmt: skip


def _names(bench: Bench, org: str, ids: Sequence[str]) -> dict[str, str]:
    listed = ", ".join(f"'{value}'" for value in ids if value.isalnum())
    if not listed:
        return {}
    sql = f"SELECT c.cons_no AS cons_no, c.cons_name AS cons_name FROM customer AS c WHERE c.cons_no IN ({listed})"
    outcome = bench.gate.run(Query("marketing", sql, {}, org, "客户名称"))
    return {str(row["cons_no"]): str(row["cons_name"]) for row in outcome.records()} if outcome.status == "ok" else {}


ANALYSIS = Analysis("churn_risk", LABEL, run)
