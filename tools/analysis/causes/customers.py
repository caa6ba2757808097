"""What each big customer and each new solar customer did beyond its industry.

A customer's energy of this period, with its missing readings and interrupted hours put back, is compared with last
year's energy moved by the median growth of the big customers of its industry (by the industry's growth of the months
before where these are few). That difference is the customer's own doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.analysis.causes import data_gaps, growth, interruption
from tools.analysis.causes.case import Case

if TYPE_CHECKING:
    import pandas as pd

TURN = 0.25
"""A change against the three months before by this share began in the period."""


@dataclass(frozen=True)
class Customers:
    """`named` (columns cons_no, industry, now_kwh, was_kwh, own, sudden), `solar` (the same with cap_kw), and `trend`:
    what the big customers of each industry would have changed in kWh by the industry's growth of the months before."""

    named: pd.DataFrame
    solar: pd.DataFrame
    trend: dict[str, float]


def judge(case: Case) -> Customers:
    get = case.bench.catalog.thresholds.number
    big, solar = _prepared(case, "big"), _prepared(case, "solar")
    solar_ids = set(solar.cons_no)
    settled = big[(big.was_kwh > 0) & ~big.cons_no.isin(solar_ids)]
    before = growth.small(case)
    now = _medians(settled, settled.full_kwh / settled.was_kwh)
    past = settled[settled.past_kwh > 0]
    usual = _medians(past, past.recent_kwh / past.past_kwh)
    for table in (big, solar):
        rate = table.industry.map(now).fillna(table.industry.map(before)).fillna(1.0)
        table["own"] = table.full_kwh - table.was_kwh * rate
        earlier = (table.recent_kwh / table.past_kwh).where(table.past_kwh > 0)
        turn = (table.full_kwh / (table.was_kwh * earlier)).where((table.was_kwh > 0) & (earlier > 0))
        table["sudden"] = ((turn - 1).abs() >= TURN).fillna(False)
    drift = big.was_kwh * (big.industry.map(usual).fillna(big.industry.map(before)).fillna(1.0) - 1)
    least = abs(float(case.change)) * float(get("root_cause.named_share_pct")) / 100
    far = float(get("root_cause.named_change_pct")) / 100
    named = big[~big.cons_no.isin(solar_ids)]
    named = named[(named.own.abs() >= least) & (named.own.abs() >= far * named.was_kwh.clip(lower=1.0))]
    trend = {str(industry): float(move) for industry, move in drift.groupby(big.industry).sum().items()}
    return Customers(named.sort_values("own", key=abs, ascending=False), solar, trend)


def _medians(table: pd.DataFrame, ratio: pd.Series) -> dict[str, float]:
    """Industry → median ratio, where enough big customers speak for it."""
    found = ratio.groupby(table.industry).agg(["median", "size"])
    return {str(name): float(row["median"]) for name, row in found.iterrows() if row["size"] >= growth.PEERS}


def _prepared(case: Case, name: str) -> pd.DataFrame:
    """Energy as numbers, and `full_kwh`: this period's with what was missing or interrupted put back."""
    table = case.table(name).copy()
    for column in ("now_kwh", "was_kwh", "recent_kwh", "past_kwh"):
        table[column] = table[column].astype(float) if len(table) else table[column]
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
