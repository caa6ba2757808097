"""H7 光伏: customers with plants new since last year take less from the grid than their own growth let expect."""

from __future__ import annotations

from core.domain.period import Period
from tools.analysis.causes import Cause, Effect
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured

METHOD = "新并网光伏客户的下网电量与上年同期之差，扣除各户并网前自身的增减（自发自用，测算）"


def run(case: Case) -> Effect:
    reason = case.failed("solar", "solar_months", "big")
    if reason:
        return Effect(None, METHOD, unknown=reason, queries=case.sql("solar"))
    plants = case.customers.solar
    if not len(plants):
        return Effect(case.number(0.0), METHOD, (), ("没有新并网的分布式光伏",), queries=case.sql("solar"))
    effect = case.number(float(plants.own.sum()))
    size = measured(
        case,
        "新并网光伏容量",
        float(plants.cap_kw.astype(float).sum()),
        "kW",
        ("solar",),
        "上年同期以来并网的容量合计",
        decimals=0,
        kind="load",
    )
    count = measured(
        case, "新并网光伏客户", len(plants), "户", ("solar",), "上年同期以来并网的发电户", decimals=0, kind="count"
    )
    back = [_reverse(case, span) for span in (case.period, case.was)]
    reverse = measured(
        case, "反向电量增加", back[0] - back[1], "kWh", ("daily",), "采集反向电量与上年同期之差", decimals=0
    )
    said = f"新并网光伏{{{{{count.id}}}}}、{{{{{size.id}}}}}"
    support, against = [said], []
    if back[0] > back[1]:
        support.append(f"反向电量增加{{{{{reverse.id}}}}}")
    else:
        against.append("反向电量未增加")
    queries = case.sql("solar", "solar_months", "daily")
    return Effect(effect, METHOD, tuple(support), tuple(against), (size, count, reverse), queries=queries)


def _reverse(case: Case, span: Period) -> float:
    import pandas as pd

    daily = case.table("daily")
    days = pd.to_datetime(daily.date).dt.date
    inside = daily[(days >= span.start) & (days <= span.end)]
    return float(inside.rev_kwh.astype(float).sum())


CAUSE = Cause(
    "H7",
    "分布式光伏自发自用",
    60,
    "新并网客户下网电量与并网前走势比对",
    "营销2.0、采集2.0",
    run,
    "将新增光伏自用纳入电量预测，做好并网和余电上网服务。",
)
