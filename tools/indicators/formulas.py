"""Formulas of the trade as pure functions (domain.md §1.4–1.13). Decimal in, Decimal out, nothing rounded on the way
unless the rule itself rounds; every function names its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from tools.indicators.expression import PRECISION

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class PriceSplit:
    """均价变动 in 元/千千瓦时: `change` = `structure` (结构因素) + `price` (价格因素)."""

    before: Decimal
    after: Decimal
    change: Decimal
    structure: Decimal
    price: Decimal


def price_split(
    before: Mapping[str, tuple[Decimal, Decimal]], after: Mapping[str, tuple[Decimal, Decimal]]
) -> PriceSplit | None:
    """Split the change of the mean price; each side maps a class to (energy, price).

    结构 = Σ(s1−s0)·p0, 价格 = Σs1·(p1−p0) with s the class's share of energy (domain.md §1.13). A class that only one
    side has takes the other side's price, so its whole effect is structure. None where a side has no energy.
    """
    with localcontext() as context:
        context.prec = PRECISION
        total0, total1 = (sum((kwh for kwh, _ in side.values()), Decimal(0)) for side in (before, after))
        if not total0 or not total1:
            return None
        structure = price = mean0 = mean1 = Decimal(0)
        for key in {**before, **after}:
            kwh0, price0 = before.get(key, (Decimal(0), after.get(key, (0, Decimal(0)))[1]))
            kwh1, price1 = after.get(key, (Decimal(0), price0))
            share0, share1 = kwh0 / total0, kwh1 / total1
            structure += (share1 - share0) * price0
            price += share1 * (price1 - price0)
            mean0 += share0 * price0
            mean1 += share1 * price1
        return PriceSplit(mean0, mean1, mean1 - mean0, structure, price)


def tg_loss_pct(gate_in: Decimal, gate_out: Decimal, pv_feed_in: Decimal, used: Decimal) -> Decimal | None:
    """台区线损率 in percent with PV: 供入 = 总表正向 + 光伏上网, 供出 = 用户下网 + 总表反向 (domain.md C02)."""
    supplied = gate_in + pv_feed_in
    return None if not supplied else (supplied - used - gate_out) / supplied * HUNDRED


def register_kwh(before: Decimal, after: Decimal, ratio: Decimal, digits: int = 6) -> Decimal:
    """Energy between two readings; a smaller second reading is a rollover of a register of `digits` digits."""
    turn = Decimal(10) ** digits if after < before else Decimal(0)
    return (after - before + turn) * ratio


def exchange_kwh(old: tuple[Decimal, Decimal, Decimal], new: tuple[Decimal, Decimal, Decimal]) -> Decimal:
    """Energy over a meter exchange: each side is (start, stop, ratio) (domain.md Q4)."""
    return (old[1] - old[0]) * old[2] + (new[1] - new[0]) * new[2]


def demand_charge(kwh: Decimal, contract_kva: Decimal, peak_kw: Decimal, price: Decimal) -> Decimal:
    """基本电费 by demand in 元: ten percent off from 260 kWh per contracted kVA on (domain.md §1.10)."""
    charge = peak_kw * price
    return charge * Decimal("0.9") if kwh >= 260 * contract_kva else charge


def capacity_charge(kva: Decimal, price: Decimal) -> Decimal:
    """基本电费 by capacity in 元."""
    return kva * price


def power_factor(p_kwh: Decimal, q_kvarh: Decimal) -> Decimal | None:
    """cosφ = P/√(P²+Q²), rounded to two places as the rule demands; None without any energy."""
    with localcontext() as context:
        context.prec = PRECISION
        apparent = (p_kwh * p_kwh + q_kvarh * q_kvarh).sqrt()
        return (p_kwh / apparent).quantize(Decimal("0.01"), ROUND_HALF_UP) if apparent else None


def power_factor_pct(cos: Decimal) -> Decimal:
    """力调 in percent of 电度+基本 for the 0.90 standard (水电财字〔83〕215号): negative is a reward."""
    step = (cos - Decimal("0.90")) * HUNDRED
    if cos >= Decimal("0.95"):
        return Decimal("-0.75")
    if step >= 0:
        return step * Decimal("-0.15")
    if cos >= Decimal("0.70"):
        return -step * Decimal("0.5")
    if cos >= Decimal("0.65"):
        return 10 + (Decimal("0.70") - cos) * HUNDRED
    return 15 + (Decimal("0.65") - cos) * HUNDRED * 2


def accumulated_pct(pairs: Sequence[tuple[Decimal, Decimal]]) -> Decimal | None:
    """累计比率 in percent from (denominator, numerator) of each month: sums first, never a mean of rates."""
    whole = sum((base for base, _ in pairs), Decimal(0))
    return sum((part for _, part in pairs), Decimal(0)) / whole * HUNDRED if whole else None


@dataclass(frozen=True)
class Outage:
    """One interruption: hours, customers, and whether it was sustained."""

    hours: Decimal
    customers: int
    sustained: bool = True


@dataclass(frozen=True)
class Reliability:
    """IEEE 1366 indices; hours per customer, times per customer, percent."""

    saidi: Decimal
    saifi: Decimal
    caidi: Decimal | None
    asai: Decimal
    maifi: Decimal


def reliability(events: Sequence[Outage], customers: int, hours: Decimal) -> Reliability | None:
    """The indices of a period of `hours` for `customers` (domain.md §1.8); None without customers."""
    if customers <= 0:
        return None
    hit = sum(event.customers for event in events if event.sustained)
    spent = sum((event.hours * event.customers for event in events if event.sustained), Decimal(0))
    brief = sum(event.customers for event in events if not event.sustained)
    return Reliability(
        saidi=spent / customers,
        saifi=Decimal(hit) / customers,
        caidi=spent / hit if hit else None,
        asai=(1 - spent / (customers * hours)) * HUNDRED,
        maifi=Decimal(brief) / customers,
    )
