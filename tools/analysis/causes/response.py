"""How a unit's daily energy responds to the calendar and to temperature (domain.md §4.4).

Least squares of the daily energy on cooling and heating degree days, day types and one level a month: the month levels
take growth, stops and new plants out, so that the slopes come from days of the same month only. Days with more than
1 % of readings missing are left out. Days around 春节 are counted from 初一.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from core.domain.period import Period
from knowledge.festivals import from_spring_festival
from tools.analysis.causes.case import Case

if TYPE_CHECKING:
    import pandas as pd

COOL_BASE, HEAT_BASE = 26.0, 15.0
"""Degree-day bases of the south, ℃."""
FEWEST_DAYS = 120
MEMORY = (0.6, 0.3, 0.1)
"""Weights of today's, yesterday's and the day before's temperature."""
MOST_MISSING = 0.012
BEFORE, AFTER = -7, 14


@dataclass(frozen=True)
class Response:
    """`cooling`, `heating`: kWh per degree-day; `types`: kWh of a day against a working day; `explained`: R²."""

    cooling: float
    heating: float
    types: dict[str, float]
    explained: float

    def weather(self, felt: pd.Series) -> float:
        """kWh of these days' temperatures against none that matters."""
        import numpy as np

        return self.cooling * float(np.maximum(0, felt - COOL_BASE).sum()) + self.heating * float(
            np.maximum(0, HEAT_BASE - felt).sum()
        )

    def calendar(self, span: Period) -> float:
        return sum(self.types.get(day_type(day), 0.0) for day in days_of(span))


def days_of(span: Period) -> list[date]:
    from datetime import timedelta

    return [span.start + timedelta(days=at) for at in range(span.days)]


def day_type(day: date) -> str:
    """工作日, 周末, 法定 or the days around 春节 in steps of three; a year without a schedule counts weekends only."""
    import chinese_calendar

    away = from_spring_festival(day)
    if away is not None and BEFORE <= away <= AFTER:
        return f"春节{away // 3 if away < 9 else 3}"
    try:
        if chinese_calendar.is_workday(day):
            return "工作日"
        return "法定" if chinese_calendar.get_holiday_detail(day)[1] else "周末"
    except NotImplementedError:
        return "周末" if day.weekday() >= 5 else "工作日"


def felt(case: Case, name: str = "weather") -> pd.Series:
    """Temperature with three days of memory, by day; empty where the manual feed has none."""
    import pandas as pd

    table = case.table(name)
    if not len(table):
        return pd.Series(dtype=float)
    series = pd.Series(table.t_avg.astype(float).to_numpy(), index=[_day(value) for value in table.date])
    out = MEMORY[0] * series
    for back, weight in enumerate(MEMORY[1:], 1):
        out = out + weight * series.shift(back).bfill()
    return out


def fit(case: Case) -> Response | None:
    """The response, or None where there are too few days with readings."""
    import numpy as np
    import pandas as pd

    daily = case.table("daily")
    if len(daily) < FEWEST_DAYS:
        return None
    table = pd.DataFrame({"kwh": daily.kwh.astype(float), "missing": 1 - daily.seen / daily.n})
    table.index = pd.Index([_day(value) for value in daily.date])
    table = table[table.missing < MOST_MISSING].dropna()
    if len(table) < FEWEST_DAYS:
        return None
    warmth = felt(case)
    warmth = warmth.reindex(table.index)
    table["cooling"] = (warmth - COOL_BASE).clip(lower=0).fillna(0.0)
    table["heating"] = (HEAT_BASE - warmth).clip(lower=0).fillna(0.0)
    types = [day_type(day) for day in table.index]
    months = [f"{day:%Y-%m}" for day in table.index]
    dummies = pd.get_dummies(pd.DataFrame({"t": types, "m": months}, index=table.index), dtype=float)
    dummies = dummies.drop(columns=[name for name in dummies if name == "t_工作日"])
    design = pd.concat([dummies, table[["cooling", "heating"]]], axis=1)
    slopes = np.linalg.lstsq(design.to_numpy(), table.kwh.to_numpy(), rcond=None)[0]
    found = dict(zip(design.columns, slopes, strict=True))
    rest = table.kwh.to_numpy() - design.to_numpy() @ slopes
    spread = table.kwh.to_numpy() - table.kwh.mean()
    explained = 1 - float((rest**2).sum()) / max(float((spread**2).sum()), 1e-9)
    return Response(
        max(0.0, float(found["cooling"])),
        max(0.0, float(found["heating"])),
        {name[2:]: float(value) for name, value in found.items() if name.startswith("t_")},
        explained,
    )


def within(series: pd.Series, span: Period) -> pd.Series:
    import pandas as pd

    return series.reindex(pd.Index(days_of(span))).dropna()


def _day(value: Any) -> date:
    import pandas as pd

    day: date = pd.Timestamp(value).date()
    return day
