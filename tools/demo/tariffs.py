"""Prices of the demonstration province, by month and version. All integers: 1/10000 元 a kWh, 分 a kVA or kW."""

from __future__ import annotations

from dataclasses import dataclass

from tools.demo.window import Month, day_number

SCALE = 10_000
NEW_CYCLE = day_number(2026, 8, 1)
"""First day of the fourth transmission price cycle."""
RESIDENT = (5380, 5880, 8380)
"""Three yearly steps."""
RESIDENT_STEPS = (288_000, 480_000)
"""Upper limits of the first two steps, hundredths of a kWh a year."""
FARM = 4620
DEMAND_DISCOUNT_KWH_PER_KVA = 260
PEAK_FACTOR, VALLEY_FACTOR = 160, 45
"""Percent of the flat price, on the floating part."""

_PURCHASE = (3960, 3890, 3820, 3850, 4070, 4100, 4020, 3930, 3860, 3900, 4130, 4190)
"""Purchase price of agency customers by calendar month, January first."""


@dataclass(frozen=True)
class Version:
    """Regulated parts that hold from a date on."""

    name: str
    delivery_single: int
    delivery_two_part: int
    system: int
    capacity_fee: int
    demand_fee: int
    surcharge_business: int
    surcharge_resident: int


THIRD_CYCLE = Version("第三监管周期", 1960, 1290, 310, 2200, 3300, 292, 212)
FOURTH_CYCLE = Version("第四监管周期", 1880, 1220, 360, 2330, 3500, 292, 212)


def version(month: Month) -> Version:
    """The version that holds in a month; changes fall on first days of months."""
    return FOURTH_CYCLE if month.first >= NEW_CYCLE else THIRD_CYCLE


def purchase(month: Month, market: int) -> int:
    """Energy price: agency customers (1) pay the monthly price, market customers (0) a little less."""
    year, number = int(month.ym[:4]), int(month.ym[5:])
    agency = _PURCHASE[number - 1] - 60 * (year - 2025)
    return agency - (110 + 15 * (number % 3) if market == 0 else 0)


def business_prices(month: Month, market: int, two_part: bool) -> tuple[int, int, int]:
    """Peak, flat and valley price without surcharge; only purchase and delivery float."""
    now = version(month)
    floating = purchase(month, market) + (now.delivery_two_part if two_part else now.delivery_single)
    return (
        floating * PEAK_FACTOR // 100 + now.system,
        floating + now.system,
        floating * VALLEY_FACTOR // 100 + now.system,
    )


def power_factor_points(cos_phi: int, standard: int) -> int:
    """Adjustment in 1/10000 of energy and basic charge (negative: reward), after 水电财字〔83〕215号."""
    c = cos_phi
    if c >= standard:
        if standard == 90:
            return -75 if c >= 95 else -15 * (c - 90)
        if standard == 85:
            return -10 * (min(c, 90) - 85) - 15 * (min(c, 94) - 90 if c > 90 else 0)
        return -10 * (min(c, 90) - 80) - 15 * (min(c, 92) - 90 if c > 90 else 0)
    if c >= standard - 20:
        return 50 * (standard - c)
    if c >= standard - 25:
        return 1000 + 100 * (standard - 20 - c)
    return 1500 + 200 * (standard - 25 - c)


def power_factor_standard(industry: str, voltage: int, cap: int) -> int:
    """Standard in hundredths; 0 where no adjustment applies."""
    if voltage < 1000 or cap < 100:
        return 0
    if industry == "1":
        return 80
    return 90 if industry == "2" and cap > 160 else 85
