"""How each industry was growing before the period: the median 同比 of the six months before, without 一、二月.

Of small customers together (one leaver moves them little), and of big customers by the median customer, so that those
who come, leave or shrink do not pass for their industry.
"""

from __future__ import annotations

from statistics import median

from core.domain.period import shift_months
from tools.analysis.causes.case import Case

MONTHS = 6
LEAST, MOST = 0.7, 1.4
"""A factor beyond these is a handful of customers, not an industry."""
FESTIVAL = {1, 2}
RECENT = 4
PEERS = 8
"""Fewest big customers whose median speaks for an industry."""
WHOLE = 0.05
"""Where small customers are less than this share of an industry, the whole industry is taken."""


def small(case: Case) -> dict[str, float]:
    """Industry → growth factor of its small customers; industries without comparable months are left out."""
    months = [shift_months(case.period.start, -back) for back in range(1, MONTHS + 1)]
    pairs = [(f"{month:%Y-%m}", f"{shift_months(month, -12):%Y-%m}") for month in months if month.month not in FESTIVAL]
    found = {}
    for industry, energy in by_month(case).items():
        rates = [energy[now] / energy[was] for now, was in pairs if energy.get(was, 0.0) > 0 and now in energy]
        if rates:
            found[industry] = min(max(float(median(rates)), LEAST), MOST)
    return found


def by_month(case: Case) -> dict[str, dict[str, float]]:
    """Industry → month → energy of its small customers (of all where these are hardly any)."""
    rows: dict[str, dict[str, tuple[float, float]]] = {}
    for row in case.table("industries").to_dict("records"):
        rows.setdefault(str(row["industry"]), {})[str(row["ym"])] = (float(row["kwh"] or 0), float(row["big_kwh"] or 0))
    out = {}
    for industry, energy in rows.items():
        whole = sum(total for total, _ in energy.values())
        rest = sum(total - big for total, big in energy.values())
        part = rest >= WHOLE * whole
        out[industry] = {ym: total - big if part else total for ym, (total, big) in energy.items()}
    return out


def before_plants(case: Case) -> dict[str, float]:
    """Solar customer → its own growth factor in the last `RECENT` comparable months (without 一、二月) of the `MONTHS`
    bills before its plant came on the grid; customers without such a month are left out."""
    energy: dict[str, dict[str, float]] = {}
    for row in case.table("solar_months").to_dict("records"):
        energy.setdefault(str(row["cons_no"]), {})[str(row["ym"])] = float(row["kwh"] or 0)
    found = {}
    for customer, months in energy.items():
        pairs = []
        for ym in sorted(months, reverse=True)[:MONTHS]:
            year, month = ym.split("-")
            before = months.get(f"{int(year) - 1}-{month}", 0.0)
            if int(month) not in FESTIVAL and before > 0:
                pairs.append((months[ym], before))
        if pairs:
            now, was = (sum(side) for side in zip(*pairs[:RECENT], strict=True))
            found[customer] = min(now / was, MOST)
    return found
