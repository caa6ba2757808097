"""H2 停电: energy not supplied while areas were interrupted, by events of the equipment system."""

from __future__ import annotations

from tools.analysis.causes import Cause, Effect, interruption
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured

METHOD = "台区停电小时 × 该台区平时每小时电量，与上年同期之差（测算）"


def run(case: Case) -> Effect:
    queries = ("outages", "transformers", "level_now", "level_was")
    reason = case.failed(*queries)
    if reason:
        return Effect(None, METHOD, unknown=reason, queries=case.sql(*queries))
    lost, hours = [], []
    for span, table in ((case.period, "level_now"), (case.was, "level_was")):
        level = {str(row["tg_no"]): float(row["kwh"] or 0) for row in case.table(table).to_dict("records")}
        out = interruption.hours(case, span)
        lost.append(sum(level.get(area, 0.0) / 24 * time for area, time in out.items()))
        hours.append(sum(out.values()))
    effect = case.number(lost[1] - lost[0])
    energy = measured(case, "停电影响电量", lost[0], "kWh", queries, METHOD, decimals=0)
    time = measured(
        case, "台区停电时间合计", hours[0], "h", ("outages",), "各台区停电小时之和", decimals=1, kind="duration"
    )
    before = measured(
        case,
        "上年同期台区停电时间合计",
        hours[1],
        "h",
        ("outages",),
        "各台区停电小时之和",
        decimals=1,
        kind="duration",
        period=case.was,
    )
    said = f"台区停电合计{{{{{time.id}}}}}，上年同期{{{{{before.id}}}}}"
    longer = hours[0] > hours[1]
    cost = f"台区停电合计{{{{{time.id}}}}}、少供电量约{{{{{energy.id}}}}}，上年同期停电{{{{{before.id}}}}}"
    support = (cost,) if longer else ()
    return Effect(
        effect,
        METHOD,
        support,
        () if longer else (f"{said}，停电时间未增加",),
        (energy, time, before),
        queries=case.sql(*queries),
    )


CAUSE = Cause(
    "H2",
    "计划或故障停电",
    30,
    "停电事件与台区平时电量比对",
    "设备管理、采集2.0",
    run,
    "核查停电计划执行和故障抢修，跟踪恢复供电后的电量。",
)
