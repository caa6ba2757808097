"""气温与节假日影响测算 (domain.md §4.4): temperature response of residents and commerce, and the count of working days.

Weather comes from the manual feed `weather_day`; without it there is no section. The response is fitted on the months
before: monthly energy of the temperature-sensitive classes per day against mean CDD (26 ℃) and HDD (15 ℃).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from core.domain.fact import Compare, Fact
from core.domain.period import Period, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import derived
from tools.fetch import Outcome, Query
from tools.indicators.ask import Ask

SENSITIVE = ("6", "7", "B1", "B2")
HISTORY = 14
SQL = """
SELECT SUBSTR(CAST(w.date AS VARCHAR), 1, 7) AS ym, AVG(w.t_avg) AS t_avg,
       AVG(CASE WHEN w.t_avg > 26 THEN w.t_avg - 26 ELSE 0 END) AS cdd,
       AVG(CASE WHEN w.t_avg < 15 THEN 15 - w.t_avg ELSE 0 END) AS hdd, COUNT(*) AS n
FROM weather_day AS w WHERE w.date BETWEEN :start AND :end GROUP BY 1 ORDER BY 1
"""


def run(bench: Bench, org: str, period: Period) -> Result:
    if period.grain != "month":
        return Result("气温影响")
    first = shift_months(period.start, -HISTORY)
    params = {"start": first, "end": period.end}
    outcome = bench.gate.run(Query("marketing", SQL, params, org, "气温"))
    if outcome.status != "ok":
        return Result("气温影响")
    months = {str(row["ym"]): row for row in outcome.records()}
    now, before = months.get(period.code), months.get(period.yoy().code)
    if now is None:
        return Result("气温影响")
    facts = [_mean(bench, org, period, "月平均气温", now, outcome, params)]
    places = {"t_now": [facts[0].id]}
    if before is not None:
        change = _dec(now["t_avg"]) - _dec(before["t_avg"])
        facts.append(derived(bench, facts[0], "气温变化", change, facts[:1], "本月 − 上年同月", rule="diff"))
        places["t_change"] = [facts[-1].id]
        effect = _effect(bench, org, period, months)
        if effect is not None and effect[-1].value:
            facts += effect
            places["weather_kwh"] = [effect[-1].id]
    for name, key, span in (("工作日", "workdays", period), ("上年同月工作日", "workdays_before", period.yoy())):
        days = working_days(span)
        if days is not None:
            fact = derived(
                bench,
                facts[0],
                name,
                Decimal(days),
                facts[:1],
                "国务院放假安排（含调休）",
                unit="天",
                kind="count",
                decimals=0,
            )
            facts.append(fact.model_copy(update={"period": span}))
            places[key] = [fact.id]
    return Result("气温影响", facts, [], places)


def working_days(period: Period) -> int | None:
    """Working days by the State Council's calendar; None for a year that is not yet published."""
    import chinese_calendar

    days = [period.start + timedelta(days=at) for at in range(period.days)]
    try:
        return sum(1 for day in days if chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _mean(
    bench: Bench, org: str, period: Period, name: str, row: dict[str, object], outcome: Outcome, params: dict[str, date]
) -> Fact:
    unit = bench.tree.get(org)
    return Fact(
        id=bench.mint(),
        indicator="W01",
        name=name,
        value=_dec(row["t_avg"]),
        unit="℃",
        decimals=1,
        kind="load",
        period=period,
        org=org,
        org_name=unit.name if unit else "",
        compare=Compare(rule="diff"),
        caliber="日平均气温的月平均，人工导入",
        caliber_version=bench.catalog.thresholds.version,
        source="marketing",
        datasets=("weather_day",),
        query=outcome.sql,
        params={k: v.isoformat() for k, v in params.items()},
        row_count=int(str(row["n"])),
        as_of=datetime.combine(period.end, datetime.min.time()),
    )


def _effect(bench: Bench, org: str, period: Period, months: dict[str, dict[str, object]]) -> list[Fact] | None:
    """Least squares of daily energy on CDD, HDD over the months before; effect b·ΔCDD + c·ΔHDD in kWh."""
    import numpy as np

    spans = [month for month in period.trailing_months(HISTORY) if month.code in months]
    asks = [Ask("A06", org, month, by="industry", compare=False) for month in spans]
    answers = bench.compute(asks)
    rows, parents = [], []
    for month, facts in zip(spans, answers, strict=True):
        sensitive = [fact for fact in facts if fact.has_value and fact.by and fact.by.key in SENSITIVE]
        if not sensitive:
            return None
        energy = sum((fact.value or Decimal(0) for fact in sensitive), Decimal(0))
        rows.append(
            (float(energy) / month.days, float(str(months[month.code]["cdd"])), float(str(months[month.code]["hdd"])))
        )
        if month.code == period.code:
            parents = sensitive
    if len(rows) < 10 or not parents:
        return None
    table = np.array(rows)
    design = np.column_stack([np.ones(len(table)), table[:, 1], table[:, 2]])
    _, cooling, heating = np.linalg.lstsq(design, table[:, 0], rcond=None)[0]
    now, before = months[period.code], months[period.yoy().code]
    delta = max(cooling, 0.0) * float(_dec(now["cdd"]) - _dec(before["cdd"]))
    delta += max(heating, 0.0) * float(_dec(now["hdd"]) - _dec(before["hdd"]))
    value = Decimal(f"{delta * period.days:.2f}")
    method = "居民及商业电量对制冷、采暖度日的回归系数 × 度日变化（测算）"
    return [*parents, derived(bench, parents[0], "气温影响电量", value, parents, method)]


def _dec(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.0001"))


ANALYSIS = Analysis("weather", "气温影响", run)
