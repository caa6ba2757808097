"""变化的维度: by which dimension (单位, 行业, 用电类别, 电压等级, 线路, 台区, 客户) a change of energy is told best.

The dimensions are ranked by `dimension_scores`; the ranking with its figures is told, and drilling follows it. What a
customer should have used rests on its own last months; where the change began before them and is no longer a deviation
from them, it is last year's.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.org import covers
from core.domain.period import Period, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.analysis.dimension_scores import CUSTOMER, Scored, expected, percent, scores
from tools.analysis.measured import measured
from tools.analysis.scan.members import Members, members
from tools.fetch import Outcome, Query

if TYPE_CHECKING:
    import pandas as pd

LABEL = "变化的维度"
LABELS = {
    "org": "单位", "industry": "行业", "tariff_class": "用电类别", "voltage": "电压等级", "line": "线路", "tg": "台区",
    CUSTOMER: "客户",
}  # fmt: skip
"""Every dimension, coarse ones first."""
COLUMNS = {"industry": "industry_code", "tariff_class": "tariff_class", "voltage": "voltage_kv", "tg": "tg_no"}
NEAR = 3
LEFT = 1 / 3
"""A change of which less than this is a deviation from the last months began before them."""
SQL = """
SELECT m.*, c.industry_code AS industry_code, c.tariff_class AS tariff_class, c.voltage_kv AS voltage_kv,
       c.tg_no AS tg_no
FROM (SELECT b.cons_no AS cons_no, MAX(b.org_code) AS org_code,
             SUM(CASE WHEN b.ym BETWEEN :start AND :end THEN b.kwh_total ELSE 0 END) AS now,
             SUM(CASE WHEN b.ym BETWEEN :was_start AND :was_end THEN b.kwh_total ELSE 0 END) AS was,
             SUM(CASE WHEN b.ym BETWEEN :near_start AND :near_end THEN b.kwh_total ELSE 0 END) AS near,
             SUM(CASE WHEN b.ym BETWEEN :near_was_start AND :near_was_end THEN b.kwh_total ELSE 0 END) AS near_was
      FROM bill AS b WHERE b.ym BETWEEN :near_was_start AND :end GROUP BY b.cons_no) AS m
LEFT JOIN customer AS c ON c.cons_no = m.cons_no
"""
OWN = "逐户应有电量：上年同期 × 本户此前三个月的同比"
YEAR = "逐户应有电量：上年同期（变化始于此前月份）"


@dataclass(frozen=True)
class Ranking:
    """The dimensions in order with what they were computed from; energies in kWh."""

    order: tuple[Scored, ...]
    now: float
    then: float
    basis: str
    outcome: Outcome
    params: dict[str, Any]


def run(bench: Bench, org: str, period: Period) -> Result:
    """One finding `dimension_ranking`; places `dimension_power`, `dimension_net` in order of the ranking."""
    found = ranking(bench, org, period)
    return Result(f"{LABEL}：{found}") if isinstance(found, str) else _told(bench, org, period, found)


def ranking(bench: Bench, org: str, period: Period) -> Ranking | str:
    """Every dimension that the data have, the most telling first; a Chinese reason where there is none."""
    import numpy as np

    if not period.whole_months:
        return "请按整月比较维度"
    params = _params(period)
    outcome = bench.gate.run(Query("marketing", SQL, params, org, "逐户电量与维度", bulk=True))
    if outcome.status != "ok" or outcome.truncated:
        return outcome.message or "没有客户电费账单"
    table = outcome.frame()
    now = table["now"].to_numpy(float).clip(min=0)
    was = table["was"].to_numpy(float).clip(min=0)
    then, basis = expected(table, len(period.months())), OWN
    moved, changed = now.sum() - then.sum(), now.sum() - was.sum()
    if moved * changed <= 0 or abs(moved) < LEFT * abs(changed):
        then, basis = was, YEAR
    get = bench.catalog.thresholds.number
    limits = [float(get(f"root_cause.dimension_{name}_pct")) / 100 for name in ("each", "power", "rest", "least")]
    order = scores(now, then, _keys(bench, org, table), *limits)
    if not order:
        return "与应有电量相差很小，没有可比的变化"
    return Ranking(tuple(order), float(np.sum(now)), float(np.sum(then)), basis, outcome, params)


def _params(period: Period) -> dict[str, Any]:
    was = period.yoy()
    near = shift_months(period.start, -NEAR), shift_months(period.start, -1)
    spans = {
        "": (period.start, period.end),
        "was_": (was.start, was.end),
        "near_": near,
        "near_was_": (shift_months(near[0], -12), shift_months(near[1], -12)),
    }
    return {f"{name}{side}": f"{day:%Y-%m}" for name, span in spans.items() for side, day in
            zip(("start", "end"), span, strict=True)}  # fmt: skip


def _keys(bench: Bench, org: str, table: pd.DataFrame) -> dict[str, Any]:
    """The member of each customer by dimension; a dimension that no system tells is left out."""
    keys: dict[str, Any] = {}
    units = [unit.code for unit in bench.tree.children(org)]
    if units:
        stations = {code: next((unit for unit in units if covers(unit, code)), "") for code in set(table["org_code"])}
        keys["org"] = table["org_code"].map(stations)
    for dim, column in COLUMNS.items():
        keys[dim] = table[column].astype(object).where(table[column].notna(), "").astype(str)
    known = members(bench, "line", org)
    if isinstance(known, Members) and known.of is not None:
        keys["line"] = keys["tg"].map(known.of).fillna("")
    keys[CUSTOMER] = table["cons_no"].astype(str)
    return {dim: keys[dim].to_numpy() for dim in LABELS if dim in keys}


def _told(bench: Bench, org: str, period: Period, found: Ranking) -> Result:
    def fact(name: str, value: float, unit: str, how: str, by: By | None = None, decimals: int = 2) -> Fact:
        kind = {"%": "rate", "个": "count"}.get(unit, "amount")
        return measured(
            bench, found.outcome, found.params, org, period, name, Decimal(f"{value:.4f}"), unit, indicator="A02",
            caliber=how, by=by, kind=kind, decimals=decimals,
        )  # fmt: skip

    gap = fact("与逐户应有电量之差", found.now - found.then, "kWh", f"本期 − {found.basis}", decimals=0)
    facts = [gap]
    places: dict[str, list[str]] = {"dimension_power": [], "dimension_net": []}
    words: list[str] = []
    for one in found.order:
        by = By(dim="dimension", key=one.dim, label=LABELS[one.dim])
        many = fact("起主要作用的成员", len(one.chosen), "个", f"解释力达到门限的成员；{found.basis}", by, 0)
        power = fact("解释力", one.power * 100, "%", f"起主要作用的成员之差 ÷ 总差；{found.basis}", by, 1)
        spread = fact(
            "占比变动度", percent(one.surprise), "%",
            f"各成员占比与应有占比的 Jensen–Shannon 散度 ÷ ln 2；{found.basis}", by, 3,
        )  # fmt: skip
        net = fact("净变动度", percent(one.net), "%", "占比变动度 − 客户各自变动所致的部分；客户一级按定义为零", by, 3)
        facts += [many, power, spread, net]
        places["dimension_power"].append(power.id)
        places["dimension_net"].append(net.id)
        net_said = "" if one.first else f"净变动度{{{{{net.id}}}}}"
        told = f"主要成员{{{{{many.id}}}}}，解释力{{{{{power.id}}}}}" if one.chosen else ""
        words.append(f"{{{{{net.id}.label}}}}（{'，'.join(part for part in (told, net_said) if part)}）")
    few = "少数客户构成主要变化，" if found.order[0].first else ""
    rest = f"；其后为{'、'.join(words[1:])}" if len(words) > 1 else ""
    text = f"本期与逐户应有电量之差{{{{{gap.id}}}}}，{few}先看{words[0]}{rest}。"
    finding = Finding(
        id="D0", kind="dimension_ranking", severity="关注", title="从哪个维度看变化", text=text, org=org,
        facts=tuple(one.id for one in facts), cells={"order": "、".join(LABELS[one.dim] for one in found.order)},
    )  # fmt: skip
    return Result(LABEL, facts, [finding], places)


ANALYSIS = Analysis("dimension_choice", LABEL, run)
