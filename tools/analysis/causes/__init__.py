"""Causes (原因) of a change of 售电量, one a file (domain.md §4.3): how many kWh, and what speaks for and against.

Order is part of the method: data → calendar → outage → weather → named customers → solar → loss → transfer → trend.
Each cause answers for its own share of the year-on-year change; what is left over is named as unexplained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from core.domain.fact import Fact
from core.errors import Broken
from tools.analysis.causes.case import Case


@dataclass(frozen=True)
class Effect:
    """What one cause did to the change.

    `kwh` is signed (negative lowers the energy) and None where the data does not allow an estimate, which `unknown`
    then explains. `support` and `against` are sentences with fact tokens; `facts` are all facts that they name.
    """

    kwh: Decimal | None
    method: str
    support: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    unknown: str = ""
    queries: tuple[str, ...] = ()
    parents: tuple[Fact, ...] = field(default=())


@dataclass(frozen=True)
class Cause:
    """One hypothesis: its code (H1 …), its name, how it is checked and in which systems."""

    key: str
    label: str
    order: int
    check: str
    systems: str
    run: Callable[[Case], Effect]
    advice: str = ""


@cache
def all_causes() -> tuple[Cause, ...]:
    """Every cause in the order of the method; raises Broken for duplicates."""
    from tools.analysis.causes import (
        big_customers,
        calendar_shift,
        data_gaps,
        loss_rise,
        outage,
        region_weather,
        rooftop_solar,
        slow_customers,
        transfer,
        trend,
        unit_weather,
    )

    modules = (
        data_gaps,
        calendar_shift,
        outage,
        unit_weather,
        region_weather,
        big_customers,
        slow_customers,
        rooftop_solar,
        loss_rise,
        transfer,
        trend,
    )
    found = tuple(sorted((module.CAUSE for module in modules), key=lambda cause: cause.order))
    if len({cause.key for cause in found}) != len(found):
        raise Broken("有原因假设的编号重复。", "每个原因一个文件、一个编号。")
    return found
