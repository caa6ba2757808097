"""H4 日历: working days, weekends, holidays and the days around 春节 against the same period of last year."""

from __future__ import annotations

from tools.analysis.causes import Cause, Effect
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured
from tools.analysis.causes.response import day_type, days_of

METHOD = "各类日子的天数差 × 该类日子相对工作日的日电量差（日电量回归，测算）"


def run(case: Case) -> Effect:
    queries = ("daily", "weather")
    if case.response is None:
        return Effect(
            None, METHOD, unknown=case.failed("daily") or "可用的日电量不足四个月", queries=case.sql(*queries)
        )
    effect = case.number(case.response.calendar(case.period) - case.response.calendar(case.was))
    facts = []
    for name, span in (("工作日", case.period), ("上年同期工作日", case.was)):
        count = sum(1 for day in days_of(span) if day_type(day) == "工作日")
        facts.append(
            measured(
                case,
                name,
                count,
                "天",
                queries,
                "国务院放假安排（含调休），不含春节前后",
                decimals=0,
                kind="count",
                period=span,
            )
        )
    now, was = facts
    said = f"工作日{{{{{now.id}}}}}，上年同期{{{{{was.id}}}}}"
    shifted = any(day_type(day).startswith("春节") for span in (case.period, case.was) for day in days_of(span))
    moved = now.value != was.value or shifted
    support = (said + ("，受春节错位影响" if shifted else ""),) if moved else ()
    return Effect(
        effect, METHOD, support, () if moved else (said + "，天数相同",), tuple(facts), queries=case.sql(*queries)
    )


CAUSE = Cause("H4", "日历与春节错位", 20, "按日子类型对齐后重算", "采集2.0", run)
