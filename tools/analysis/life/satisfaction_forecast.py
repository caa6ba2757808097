"""客户满意度预测: next month's 客户满意度 (E08, %) of a unit from its tickets, outages and connections until then.

A case is a unit and a month, judged when the month before is settled (its revisits are in). Features speak of the
months before only, each unit by itself; all units of the study are pooled in learning. A single customer calls less
than once a year, so there is nothing to learn about one customer. Features: dissatisfied share (%) of the last month,
of three and of twelve, complaints and repairs per hundred tickets of three months, ticket volume against the year,
outage hours, low-voltage connection days, revisits a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.domain.period import Period, month_end, shift_months
from tools.analysis.life import Algorithm, Cases, Life, Study
from tools.analysis.life.satisfaction_recipes import MODELS
from tools.analysis.satisfaction_forecast import SETTLING_DAYS
from tools.indicators.ask import Ask

if TYPE_CHECKING:
    from tools.analysis import Bench

MONTHS_BACK = 30
LEVEL = 12
FEWEST_MONTHS = 3
"""Months of revisits that features need."""
FEWEST = 12
WORDS = {
    "bad1": "上月不满意率",
    "bad3": "近三个月不满意率",
    "bad12": "近一年不满意率",
    "complaints": "近三个月投诉占比",
    "repairs": "近三个月报修占比",
    "volume": "上月工单量与近一年之比",
    "outage": "上月停电时长",
    "waiting": "上月低压接电天数",
    "rated": "近三个月月均有效回访",
}
ASKED = {
    "good": ("E08", None),
    "rated": ("E08", "rated"),
    "tickets": ("E01", None),
    "complaints": ("E02", None),
    "repairs": ("E09", None),
    "outage": ("G01", None),
    "waiting": ("F05", None),
}
"""What is read of each unit by month: indicator and part."""
Months = Mapping[date, Mapping[str, float]]
"""A unit's numbers by first day of month; what is missing has no key."""


def study(bench: Bench, org: str, day: date) -> Study | str:
    """Cases of the unit and the units below it."""
    last = month_end(shift_months(day.replace(day=1), -1))
    span = Period(start=shift_months(last.replace(day=1), 1 - MONTHS_BACK), end=last, grain="range")
    units = [org, *(child.code for child in bench.tree.children(org))]
    asks = [
        Ask(code, unit, span, by="month", part=part, compare=False) for unit in units for code, part in ASKED.values()
    ]
    made = iter(bench.compute(asks))
    seen: dict[str, dict[date, dict[str, float]]] = {unit: {} for unit in units}
    for unit in units:
        for name in ASKED:
            for fact in next(made):
                if fact.has_value and fact.value is not None:
                    seen[unit].setdefault(fact.period.start, {})[name] = float(fact.value)
    return cases_of(seen, last, day)


def cases_of(seen: Mapping[str, Months], last: date, day: date) -> Study | str:
    """`last` is the end of the latest month there is; outcomes are those settled by `day`."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    now: list[dict[str, Any]] = []
    ahead = shift_months(last.replace(day=1), 1)
    for unit, months in seen.items():
        for month in (*sorted(months), ahead):
            features = features_before(months, month)
            if features is None:
                continue
            if month == ahead:
                now.append(features | {"_unit": unit})
            elif "good" in months[month]:
                judged = month - timedelta(days=1) + timedelta(SETTLING_DAYS)
                close = month_end(month) + timedelta(SETTLING_DAYS)
                if close <= day:
                    known = {"_y": months[month]["good"], "_unit": unit, "_day": judged, "_settled": close}
                    rows.append(features | known)
    if len(rows) < FEWEST:
        return "有回访的月份不足，无法检验满意度预测"
    whole, latest = pd.DataFrame(rows), pd.DataFrame(now, columns=[*WORDS, "_unit"])
    cases = Cases(
        whole[list(WORDS)].astype(float), whole._y.to_numpy(float), whole._day.to_numpy("datetime64[D]"),
        whole._settled.to_numpy("datetime64[D]"), whole._unit.to_numpy(object),
    )  # fmt: skip
    return Study(cases, latest[list(WORDS)].astype(float), latest._unit.to_numpy(object))


def features_before(months: Months, month: date) -> dict[str, float] | None:
    """Features of the month that begins on `month`, from the months before it; None with too few revisits."""
    back = [months.get(shift_months(month, -at), {}) for at in range(1, LEVEL + 1)]
    if sum("good" in one for one in back) < FEWEST_MONTHS:
        return None
    none = float("nan")

    def bad(part: list[Mapping[str, float]]) -> float:
        told = [(one["rated"], (100 - one["good"]) * one["rated"]) for one in part if "good" in one and "rated" in one]
        rated = sum(count for count, _ in told)
        return sum(weighed for _, weighed in told) / rated if rated else none

    def share(name: str, part: list[Mapping[str, float]]) -> float:
        tickets = sum(one.get("tickets", 0.0) for one in part)
        return 100 * sum(one.get(name, 0.0) for one in part) / tickets if tickets else none

    usual = sum(one.get("tickets", 0.0) for one in back) / len([one for one in back if one])
    return {
        "bad1": bad(back[:1]),
        "bad3": bad(back[:3]),
        "bad12": bad(back),
        "complaints": share("complaints", back[:3]),
        "repairs": share("repairs", back[:3]),
        "volume": back[0].get("tickets", 0.0) / usual if usual else none,
        "outage": back[0].get("outage", none),
        "waiting": back[0].get("waiting", none),
        "rated": sum(one.get("rated", 0.0) for one in back[:3]) / 3,
    }


LIFE = Life(
    "satisfaction_forecast",
    "下月客户满意度预测",
    "interval",
    tuple(Algorithm(*model) for model in MODELS),
    study,
    WORDS,
)
