"""All slots of one sentence, read in the order that keeps them apart: units, indicators, periods, dimensions."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.understanding.context import Context
from agent.understanding.dimensions import DimensionReading, read_dimensions
from agent.understanding.glossary import IndicatorLookup
from agent.understanding.indicators import IndicatorReading, read_indicators
from agent.understanding.intents import says_forecast
from agent.understanding.moments import Clock
from agent.understanding.orgs import OrgReading, read_orgs
from agent.understanding.periods import PeriodReading, read_period
from core.domain.org import OrgTree

_BY_TG = re.compile(
    r"(?:哪些|哪几个|哪个|各个?|每个|分|按|逐|所有|前\w{1,3}个?|后\w{1,3}个?|最\w前?\w{0,3}个?)(?:的)?(?:高损|"
    r"负损|公变)?台区|台区(?:清单|明细|名单|列表|有哪些|是哪些|都有哪些)|(?:高损|负损)台区.{0,3}(?:哪些|"
    r"哪几个|清单|明细|名单)|台区(?:线损率?|损耗)?(?:的)?(?:清单|明细|名单|列表)"
)
"""台区 asked for as a dimension, also where the word belongs to an indicator's name (哪些台区线损最高)."""


_KINDS = {"E": "biz_type", "F": "biz_type", "G": "cause"}
"""按类型 of a service or application indicator means its business type, of an outage its cause."""


@dataclass(frozen=True)
class Slots:
    """The readings of one normalised sentence; `rest` is what none of them claimed, `verbs` the text without units,
    indicators and periods (dimension words still in)."""

    text: str
    orgs: OrgReading
    indicators: IndicatorReading
    periods: PeriodReading
    dims: DimensionReading
    verbs: str
    rest: str

    @property
    def empty(self) -> bool:
        """Whether nothing at all was recognised."""
        return not (
            self.orgs.codes
            or self.orgs.each
            or self.orgs.denied
            or self.indicators.codes
            or self.indicators.choices
            or self.periods.period
            or self.periods.problem
            or self.periods.same
            or self.periods.compare
            or self.dims.by
            or self.dims.ranked
        )


def read_slots(text: str, clock: Clock, own: str, tree: OrgTree, lookup: IndicatorLookup, context: Context) -> Slots:
    """Read every slot of normalised `text`."""
    orgs = read_orgs(text, tree, own, context.known_names)
    indicators = read_indicators(orgs.rest, lookup)
    ahead = says_forecast(orgs.rest)
    if clock.year is not None and (orgs.codes or indicators.codes) and not _elliptic(text):
        clock = replace(clock, year=None)
    periods = read_period(indicators.rest, replace(clock, ahead=ahead))
    dims = read_dimensions(periods.rest, orgs.each)
    if dims.by is None and indicators.codes in {("A06",), ("A07",)}:
        dims = replace(dims, by={"A06": "industry", "A07": "tariff_class"}[indicators.codes[0]])
    if dims.by == "tariff_class" and indicators.codes and indicators.codes[0][0] in _KINDS:
        dims = replace(dims, by=_KINDS[indicators.codes[0][0]])
    if dims.by is None and _BY_TG.search(orgs.rest):
        dims = replace(dims, by="tg")
    return Slots(text, orgs, indicators, periods, dims, periods.rest, dims.rest)


def _elliptic(text: str) -> bool:
    return len(text) <= 10 or text.startswith(("那", "再", "换", "和", "与"))
