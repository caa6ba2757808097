"""Comparisons (同比/环比/日均环比): the one module that knows the rules of domain.md §1.1."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Literal

from tools.indicators.expression import PRECISION

Change = Literal["pct", "pp", "diff"]


def change(value: Decimal | None, base: Decimal | None, rule: Change) -> Decimal | None:
    """(V−B)/|B|×100 for `pct`, V−B for `pp` and `diff`.

    None where a number is missing, and for `pct` also where the base is zero or the sign changes.
    """
    if value is None or base is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        if rule != "pct":
            return value - base
        if base == 0 or value * base < 0:
            return None
        return (value - base) / abs(base) * 100


def daily_change(value: Decimal | None, days: int, base: Decimal | None, base_days: int) -> Decimal | None:
    """日均环比 in percent: the change of the daily means, for months of different length."""
    if value is None or base is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        return change(value / days, base / base_days, "pct")


def contribution_points(part: Decimal | None, part_base: Decimal | None, total_base: Decimal | None) -> Decimal | None:
    """贡献度（拉动百分点）= ΔV_i / |V_total,base| × 100."""
    if part is None or part_base is None or not total_base:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        return (part - part_base) / abs(total_base) * 100


def contribution_rate(
    part: Decimal | None, part_base: Decimal | None, total: Decimal | None, total_base: Decimal | None
) -> Decimal | None:
    """贡献率 = ΔV_i / ΔV_total × 100; None where the total hardly moved (below 0.005 % of its base)."""
    if part is None or part_base is None or total is None or total_base is None:
        return None
    with localcontext() as context:
        context.prec = PRECISION
        moved = total - total_base
        if abs(moved) <= abs(total_base) * Decimal("0.00005"):
            return None
        return (part - part_base) / moved * 100
