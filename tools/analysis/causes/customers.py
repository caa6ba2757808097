"""What each big customer and each new solar customer did beyond its industry, and since when.

A customer's energy of this period, with its missing readings and interrupted hours put back, is compared with last
year's energy moved by the median growth of the big customers of its industry (by the industry's growth of the months
before where these are few). That difference is the customer's own doing. The part of it that the customer's own course
of the three months before (against its industry's) already had is older than the period; the rest is sudden. A solar
customer's level is its own growth in the months before its plant came on the grid: around it others got plants too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.analysis.causes import data_gaps, growth, interruption
from tools.analysis.causes.case import Case

if TYPE_CHECKING:
    import pandas as pd

PART = 0.2
COURSE_LEAST, COURSE_MOST = 0.0, 2.0
"""A course beyond these is a customer that came or was rebuilt, not a level to go on from."""


@dataclass(frozen=True)
class Customers:
    """`named` (columns cons_no, industry, now_kwh, was_kwh, own, turned, older), `solar` (the same with
    cap_kw), and `trend`: what the big customers of each industry would have changed in kWh by the industry's growth of
    the months before. `own` = `turned` (since the period began) + `older`."""

    named: pd.DataFrame
    solar: pd.DataFrame
    trend: dict[str, float]

    def turned(self) -> pd.DataFrame:
        """The named customers of which at least `PART` of the change began in the period."""
        return self.named[self.named.turned.abs() >= PART * self.named.own.abs()]

    def older(self) -> pd.DataFrame:
        """The named customers of which at least `PART` of the change is older than the period."""
        return self.named[self.named.older.abs() >= PART * self.named.own.abs()]


def judge(case: Case) -> Customers:
    get = case.bench.catalog.thresholds.number
    big, solar = _prepared(case, "big"), _prepared(case, "solar")
    solar = solar[solar.was_kwh > 0].copy()
    solar_ids = set(solar.cons_no)
    settled = big[(big.was_kwh > 0) & ~big.cons_no.isin(solar_ids)]
    before = growth.small(case)
    now = _medians(settled, settled.full_kwh / settled.was_kwh)
    past = settled[settled.past_kwh > 0]
    usual = _medians(past, past.recent_kwh / past.past_kwh)
    for table in (big, solar):
        _own(table, now, usual, before)
    grown = growth.before_plants(case)
    level = solar.was_kwh * solar.cons_no.map(grown).astype(float)
    # a plant takes from the grid's sales between nothing and what it can yield: the rest of a change is not its doing
    most = solar.cap_kw.astype(float) * case.period.days * float(get("root_cause.solar_hours_day"))
    solar["own"] = (solar.full_kwh - level).where(level.notna(), solar.own).clip(-most, 0.0)
    drift = big.was_kwh * (_rate(big, usual, before) - 1)
    least = abs(float(case.change)) * float(get("root_cause.named_share_pct")) / 100
    far = float(get("root_cause.named_change_pct")) / 100
    named = big[~big.cons_no.isin(solar_ids)]
    named = named[(named.own.abs() >= least) & (named.own.abs() >= far * named.was_kwh.clip(lower=1.0))]
    trend = {str(industry): float(move) for industry, move in drift.groupby(big.industry).sum().items()}
    return Customers(named.sort_values("own", key=abs, ascending=False), solar, trend)


def _own(table: pd.DataFrame, now: dict[str, float], usual: dict[str, float], before: dict[str, float]) -> None:
    """Columns own, turned and older of a table of customers."""
    rate = _rate(table, now, before)
    table["own"] = table.full_kwh - table.was_kwh * rate
    earlier = (table.recent_kwh / table.past_kwh).where(table.past_kwh > 0)
    course = earlier / _rate(table, usual, before)
    course = course.where(table.was_kwh > 0).clip(COURSE_LEAST, COURSE_MOST)
    table["turned"] = (table.full_kwh - table.was_kwh * rate * course).fillna(0.0)
    table["older"] = table.own - table.turned


def _rate(table: pd.DataFrame, first: dict[str, float], second: dict[str, float]) -> pd.Series:
    """Each customer's rate of its industry; one where neither has it. A table without rows would map to texts."""
    known = [table.industry.map(rates).astype(float) for rates in (first, second)]
    return known[0].fillna(known[1]).fillna(1.0)


def _medians(table: pd.DataFrame, ratio: pd.Series) -> dict[str, float]:
    """Industry → median ratio, where enough big customers speak for it."""
    found = ratio.groupby(table.industry).agg(["median", "size"])
    return {str(name): float(row["median"]) for name, row in found.iterrows() if row["size"] >= growth.PEERS}


def _prepared(case: Case, name: str) -> pd.DataFrame:
    """Energy as numbers, and `full_kwh`: this period's with what was missing or interrupted put back."""
    table = case.table(name).copy()
    for column in ("now_kwh", "was_kwh", "recent_kwh", "past_kwh"):
        table[column] = table[column].astype(float)
    table["cons_no"] = table.cons_no.astype(str)
    table["industry"] = table.industry.astype(str)
    gaps = data_gaps.missing(case, case.period)
    share = data_gaps.unbilled_share(case, case.period, sum(gaps.values()))
    out = interruption.hours(case, case.period)
    area = dict(zip(case.table("big").cons_no.astype(str), case.table("big").tg_no.astype(str), strict=True))
    span = case.period.days * 24.0
    full = []
    for row in table.to_dict("records"):
        now = float(row["now_kwh"]) + gaps.get(row["cons_no"], 0.0) * share
        dark = min(out.get(area.get(row["cons_no"], ""), 0.0), span * 0.95)
        full.append(now * span / (span - dark))
    table["full_kwh"] = full
    return table
