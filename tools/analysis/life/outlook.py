"""下月售电量预测: the growth of a unit's next month from the growths before it, with an interval.

A case is a unit and a month, judged when the month before is closed; features are the 同比 (%) of the six months up to
then (Spring Festival months left out) and whether the month itself is one; the outcome is its own 同比.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.domain.period import Period, month_end, shift_months
from tools.analysis.life import Algorithm, Cases, Life, Study
from tools.analysis.life.conformal import half_width
from tools.analysis.outlook import CLOSING_DAYS, FESTIVAL, FESTIVAL_SPREAD, HISTORY, LEAST_SPREAD
from tools.indicators.ask import Ask

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from tools.analysis import Bench

MONTHS_BACK = 30
FEWEST = 12
FEWEST_MONTHS = 3
"""Ordinary months that the misses must come from."""
GROWTHS = [f"g{back}" for back in range(1, HISTORY + 1)]


def study(bench: Bench, org: str, day: date) -> Study | str:
    """Cases of the unit and the units below it."""
    last = month_end(shift_months(day.replace(day=1), -1))
    if last + timedelta(CLOSING_DAYS) > day:
        last = month_end(shift_months(last.replace(day=1), -1))
    span = Period(start=shift_months(last.replace(day=1), 1 - MONTHS_BACK), end=last, grain="range")
    units = [org, *(child.code for child in bench.tree.children(org))]
    made = bench.compute([Ask("A02", unit, span, by="month") for unit in units])
    growth = {
        unit: {
            fact.period.start: float(fact.compare.yoy)
            for fact in facts
            if fact.has_value and fact.compare.yoy is not None
        }
        for unit, facts in zip(units, made, strict=True)
    }
    return cases_of(growth, last)


def cases_of(growth: Mapping[str, Mapping[date, float]], last: date) -> Study | str:
    """`growth`: 同比 (%) by unit and first day of month."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    now: list[dict[str, Any]] = []
    for unit, known in growth.items():
        for month in sorted(known):
            features = features_before(known, month)
            if features is not None:
                close = month_end(month) + timedelta(CLOSING_DAYS)
                judged = month - timedelta(days=1) + timedelta(CLOSING_DAYS)
                rows.append(features | {"_y": known[month], "_unit": unit, "_day": judged, "_settled": close})
        ahead = features_before(known, shift_months(last.replace(day=1), 1))
        if ahead is not None:
            now.append(ahead | {"_unit": unit})
    if len(rows) < FEWEST:
        return "历史月份不足，无法检验下月预测"
    whole = pd.DataFrame(rows)
    cases = Cases(
        whole[[*GROWTHS, "festival"]].astype(float), whole._y.to_numpy(float),
        whole._day.to_numpy("datetime64[D]"), whole._settled.to_numpy("datetime64[D]"), whole._unit.to_numpy(object),
    )  # fmt: skip
    latest = pd.DataFrame(now, columns=[*GROWTHS, "festival", "_unit"])
    return Study(cases, latest[[*GROWTHS, "festival"]].astype(float), latest._unit.to_numpy(object))


def features_before(known: Mapping[date, float], month: date) -> dict[str, float] | None:
    """g1 is the month before; None where fewer than three growths are known."""
    growths = {}
    for back in range(1, HISTORY + 1):
        before = shift_months(month, -back)
        growths[f"g{back}"] = known.get(before, float("nan")) if before.month not in FESTIVAL else float("nan")
    if sum(value == value for value in growths.values()) < 3:
        return None
    return growths | {"festival": float(month.month in FESTIVAL)}


def fit_range(cases: Cases, parameters: Mapping[str, Any], seed: int) -> dict[str, Any] | str:
    """The house's rule: nothing is learnt."""
    return dict(parameters)


def apply_range(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    """Middle: the median of the growths; as wide as they moved, wider for a festival month."""
    import numpy as np

    growths = table[GROWTHS].to_numpy(float)
    middle = np.nanmedian(growths, axis=1)
    spread = np.maximum(np.nanmax(growths, axis=1) - middle, middle - np.nanmin(growths, axis=1))
    spread = np.maximum(spread, body["least_spread"])
    spread = np.where(table["festival"] > 0, np.maximum(spread, body["festival_spread"]), spread)
    return np.column_stack([middle - spread, middle, middle + spread])


def fit_conformal(cases: Cases, parameters: Mapping[str, Any], seed: int) -> dict[str, Any] | str:
    """How many months to take the median of, and how far it missed: the units of all months pooled.

    A festival month gets at least the house's spread, and as much as festival months missed so far.
    """
    import numpy as np

    festival = cases.table["festival"].to_numpy(float) > 0
    plain = cases.take(~festival)
    if len(plain) < FEWEST or len(np.unique(plain.day)) < FEWEST_MONTHS:
        return "历史月份不足"
    missed = {take: cases.outcome - _middle(cases.table, take) for take in parameters["histories"]}
    best = min(missed, key=lambda take: (float(np.abs(missed[take][~festival]).mean()), take))
    half = half_width(missed[best][~festival], plain.day)
    wide = [half, parameters["festival_spread"]]
    if festival.any():
        wide.append(half_width(missed[best][festival], cases.day[festival]))
    half, wider = round(half, 6), round(max(wide), 6)
    return {"history": best, "low": -half, "high": half, "festival_low": -wider, "festival_high": wider}


def _middle(table: pd.DataFrame, take: int) -> np.ndarray:
    """Median of the `take` latest growths that are known."""
    import numpy as np

    growths = table[GROWTHS].to_numpy(float)
    rank = np.cumsum(np.isfinite(growths), axis=1)
    middle: np.ndarray = np.nanmedian(np.where(rank <= take, growths, np.nan), axis=1)
    return middle


def apply_conformal(body: Mapping[str, Any], table: pd.DataFrame) -> np.ndarray:
    import numpy as np

    middle = _middle(table, int(body["history"]))
    festival = table["festival"].to_numpy(float) > 0
    low = np.where(festival, body["festival_low"], body["low"])
    high = np.where(festival, body["festival_high"], body["high"])
    return np.column_stack([middle + low, middle, middle + high])


SPREADS = {"least_spread": float(LEAST_SPREAD), "festival_spread": float(FESTIVAL_SPREAD)}
LEARNT = {"histories": [1, 3, HISTORY], "festival_spread": float(FESTIVAL_SPREAD)}
LIFE = Life(
    "outlook",
    "下月售电量预测",
    "interval",
    (
        Algorithm("conformal", "同比中位数与误差分位数", LEARNT, fit_conformal, apply_conformal),
        Algorithm("range", "同比中位数与波动范围", SPREADS, fit_range, apply_range),
    ),
    study,
    {"festival": "春节月份"} | dict.fromkeys(GROWTHS, "以往各月同比"),
)
