"""Supplied values (人工补录): they stand in where the source answered that it has none, and add up to higher units.

A unit's number is what its source holds and, for units below (and months within) that the source has nothing for, what
people supplied. Where the source has a number by now, it wins and the supplement is left out: nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.domain.fact import Fact
from core.domain.indicator import Indicator
from core.domain.org import OrgTree, covers
from core.domain.period import Period
from core.domain.supplement import Supplement
from knowledge.catalog import Catalog
from knowledge.definitions import PERIOD_NAMES, value_names
from tools.indicators.ask import Ask

Source = Callable[[Sequence[Ask]], list[Fact]]
"""What the source itself answers for asks without a dimension, one fact each."""


def adds_up(indicator: Indicator) -> bool:
    """Whether units below add up to the whole: amounts and counts do; rates, prices, durations and loads do not."""
    return indicator.kind in {"amount", "count"} and "/" not in indicator.unit


def reach(indicator: Indicator) -> str:
    """How far a supplied value of an indicator counts, as one sentence for whoever supplies it."""
    if not adds_up(indicator):
        return (
            f"「{indicator.name}」不能相加：补录的数只用于本单位本期，不并入上级单位、更长统计期和累计；"
            "上级的数要完整，请补录构成它的电量、金额或户数。"
        )
    longer = "和更长统计期" if indicator.compare.ytd == "sum" else "同一统计期"
    return f"「{indicator.name}」可以相加：补录的数并入上级单位{longer}的合计，同样标注。"


@dataclass(frozen=True)
class _Standing:
    supplement: Supplement
    period: Period
    source: Fact

    @property
    def used(self) -> bool:
        """The source answered that it has nothing; an error is no such answer."""
        return self.source.status == "empty"


class Supplied:
    """The standing supplements that the asks of one computation can meet, each against what its source says."""

    def __init__(self, found: Iterable[Supplement], asks: Sequence[Ask], catalog: Catalog, source: Source) -> None:
        self._catalog = catalog
        known = [(item, catalog.indicators.get(item.indicator)) for item in found]
        held = [(item, indicator) for item, indicator in known if indicator is not None and indicator.unit == item.unit]
        fit = [item for item, indicator in held if any(self._meets(item, indicator, ask) for ask in asks)]
        wanted = [Ask(item.indicator, item.org, Period.parse(item.period)) for item in fit]
        answers = source(wanted) if wanted else []
        standing = [_Standing(s, a.period, f) for s, a, f in zip(fit, wanted, answers, strict=True)]
        # the higher unit and the longer period come first: what they cover is not counted again
        self._all = sorted(standing, key=lambda one: (len(one.supplement.org), -one.period.days, one.supplement.id))

    def counted(self, indicator: Indicator, org: str, window: Period) -> list[Supplement]:
        """The supplements that belong to a unit's number of a period."""
        taken: list[_Standing] = []
        for one in self._within(indicator, org, window):
            if one.used and not any(_overlap(one, held) for held in taken):
                taken.append(one)
        return [one.supplement for one in taken]

    def outdone(self, indicator: Indicator, org: str, window: Period) -> list[Supplement]:
        """Those that the source has a number for by now."""
        return [one.supplement for one in self._within(indicator, org, window) if one.source.has_value]

    def apart(self, indicator: Indicator, org: str, window: Period) -> list[Supplement]:
        """Those of units below and months within that cannot be added up, so that the unit's number lacks them."""
        if adds_up(indicator):
            return []
        return [
            one.supplement
            for one in self._mine(indicator)
            if one.used
            and covers(org, one.supplement.org)
            and window.start <= one.period.start
            and one.period.end <= window.end
            and not _fits(one, indicator, org, window)
        ]

    def _within(self, indicator: Indicator, org: str, window: Period) -> list[_Standing]:
        return [one for one in self._mine(indicator) if _fits(one, indicator, org, window)]

    def _mine(self, indicator: Indicator) -> list[_Standing]:
        key = self._number(indicator)
        return [one for one in self._all if self._number(self._catalog.indicators[one.supplement.indicator]) == key]

    def _meets(self, item: Supplement, indicator: Indicator, ask: Ask) -> bool:
        asked = self._catalog.get(ask.indicator)
        asked = self._catalog.get(f"{asked.id}.{ask.part}") if ask.part else asked
        return covers(ask.org, item.org) and self._number(asked) == self._number(indicator)

    def _number(self, indicator: Indicator) -> tuple[object, ...]:
        """What an indicator counts: 售电量 and 分行业售电量 are one number under two names."""
        names = sorted(value_names(indicator.value) - PERIOD_NAMES)
        return (indicator.value, *(self._catalog.measure(indicator, name) for name in names))


def _fits(one: _Standing, indicator: Indicator, org: str, window: Period) -> bool:
    same = (one.period.start, one.period.end) == (window.start, window.end)
    if one.supplement.org == org and same:
        return True
    within = window.start <= one.period.start and one.period.end <= window.end
    return (
        adds_up(indicator) and covers(org, one.supplement.org) and (same or (within and indicator.compare.ytd == "sum"))
    )


def _overlap(one: _Standing, held: _Standing) -> bool:
    apart = one.period.end < held.period.start or held.period.end < one.period.start
    return not apart and (
        covers(held.supplement.org, one.supplement.org) or covers(one.supplement.org, held.supplement.org)
    )


def said(counted: Sequence[Supplement], fact_org: str, window: Period, tree: OrgTree) -> str:
    """What cards, annexes and checklists show: one's own supplement, or 含 those of which units and periods."""
    if [(one.org, one.period) for one in counted] == [(fact_org, window.code)]:
        return counted[0].said()
    return "含" + "；".join(f"{_unit(one.org, tree)}{Period.parse(one.period).label}{one.said()}" for one in counted)


def whole(counted: Sequence[Supplement], org: str, window: Period, tree: OrgTree) -> bool:
    """Whether supplements alone make up a unit's number: its own, or those of all units right below it."""
    of_period = {one.org for one in counted if one.period == window.code}
    below = {unit.code for unit in tree.children(org)}
    return org in of_period or (bool(below) and below <= of_period)


def _unit(org: str, tree: OrgTree) -> str:
    found = tree.get(org)
    return found.short if found else org
