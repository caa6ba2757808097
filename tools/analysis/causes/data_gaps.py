"""H1 数据: readings that are missing without an outage and were therefore not billed, and bills of earlier months.

Missing energy is the usual level of each meter (mean of its readings in the period and the four weeks before) for each
missing day; only as much of it counts as the bills fall short of readings plus missing energy. 退补 booked in the
period for earlier months counts with its sign.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from core.domain.period import Period
from tools.analysis.causes import Cause, Effect, interruption
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured

METHOD = "缺数电量＝各表平均日电量×缺数天数，以结算电量少于采集电量的部分为限；另计当期入账的往期退补"


def missing(case: Case, span: Period) -> dict[str, float]:
    """Customer → energy of the days without a reading that no outage explains."""
    touched = interruption.days(case, span)
    gaps = case.table("gap_now" if span == case.period else "gap_was")
    found: dict[str, float] = {}
    for row in gaps.to_dict("records"):
        if (str(row["tg_no"]), _day(row["date"])) not in touched:
            found[str(row["cons_no"])] = found.get(str(row["cons_no"]), 0.0) + float(row["kwh"])
    return found


def unbilled_share(case: Case, span: Period, lost: float) -> float:
    """Which part of the missing energy the bills really lack: 0 … 1."""
    if lost <= 0:
        return 0.0
    daily = case.table("daily")
    inside = daily[(daily.date.map(_day) >= span.start) & (daily.date.map(_day) <= span.end)]
    metered = float(inside.kwh.astype(float).sum())
    months = case.table("industries")
    billed = float(months[months.ym.isin([month.code for month in span.months()])].kwh.astype(float).sum())
    late = case.table("late_bills")
    if len(late):
        column = "now_kwh" if span == case.period else "was_kwh"
        billed -= float(late[column].iloc[0] or 0)
    return min(1.0, max(0.0, (metered + lost - billed) / lost))


def run(case: Case) -> Effect:
    queries = ("gap_now", "gap_was", "daily", "industries", "late_bills")
    reason = case.failed(*queries)
    if reason:
        return Effect(None, METHOD, unknown=reason, queries=case.sql(*queries))
    spans = (case.period, case.was)
    lost = [sum(missing(case, span).values()) for span in spans]
    short = [energy * unbilled_share(case, span, energy) for span, energy in zip(spans, lost, strict=True)]
    late = case.table("late_bills")
    moved = float(late.now_kwh.iloc[0] or 0) - float(late.was_kwh.iloc[0] or 0) if len(late) else 0.0
    effect = case.number(short[1] - short[0] + moved)
    gap = measured(case, "采集缺失影响电量", short[0], "kWh", ("gap_now", "daily"), METHOD, decimals=0)
    late_fact = measured(
        case,
        "往期退补入账电量",
        moved,
        "kWh",
        ("late_bills",),
        "当期入账、所属期间在前的电费账单电量，与上年同期之差",
        decimals=0,
    )
    support, against = [], []
    if short[0] > 0 and short[0] >= abs(float(case.change)) * 0.02:
        support.append(f"采集缺失未结算电量约{{{{{gap.id}}}}}")
    else:
        against.append("缺数电量已补采或数量很小")
    if abs(moved) >= abs(float(case.change)) * 0.02:
        support.append(f"往期退补入账{{{{{late_fact.id}}}}}")
    return Effect(effect, METHOD, tuple(support), tuple(against), (gap, late_fact), queries=case.sql(*queries))


def _day(value: Any) -> date:
    import pandas as pd

    day: date = pd.Timestamp(value).date()
    return day


CAUSE = Cause(
    "H1",
    "采集缺失、补采与退补",
    10,
    "核对缺数计量点与账单、采集电量的差额",
    "采集2.0、营销2.0",
    run,
    "组织补采和终端消缺，缺数电量核实后按规定退补。",
)
