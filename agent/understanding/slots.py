"""All slots of one sentence, read in the order that keeps them apart: units, indicators, periods, dimensions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.understanding.context import Context
from agent.understanding.dimensions import DimensionReading, read_dimensions
from agent.understanding.glossary import IndicatorLookup
from agent.understanding.indicators import IndicatorReading, read_indicators
from agent.understanding.intents import says_forecast
from agent.understanding.orgs import OrgReading, read_orgs
from agent.understanding.period_grammar import Clock
from agent.understanding.periods import PeriodReading, read_period
from core.domain.org import OrgTree


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
            self.orgs.codes or self.orgs.each or self.orgs.denied or self.indicators.codes or self.indicators.choices
            or self.periods.period or self.periods.problem or self.periods.same or self.periods.compare or self.dims.by
            or self.dims.ranked
        )


def read_slots(text: str, clock: Clock, own: str, tree: OrgTree, lookup: IndicatorLookup, context: Context) -> Slots:
    """Read every slot of normalised `text`."""
    orgs = read_orgs(text, tree, own, context.known_names)
    indicators = read_indicators(orgs.rest, lookup)
    ahead = says_forecast(indicators.rest)
    if clock.year is not None and (orgs.codes or indicators.codes) and not _elliptic(text):
        clock = replace(clock, year=None)
    periods = read_period(indicators.rest, replace(clock, ahead=ahead))
    dims = read_dimensions(periods.rest, orgs.each)
    return Slots(text, orgs, indicators, periods, dims, periods.rest, dims.rest)


def _elliptic(text: str) -> bool:
    return len(text) <= 10 or text.startswith(("那", "再", "换", "和", "与"))
