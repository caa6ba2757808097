"""Silence (静默): where a source keeps no delivery log, when the silence of a unit is longer than chance allows.

A unit's days with events are taken as a Poisson process at its own rate of the months before (days, not events: events
come in bursts). A silence of L days has the probability exp(−rate × L); below the caliber's threshold it is a gap. Rare
events keep no rate: a unit that has them on fewer days than the caliber's least share is not judged at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, log

from core.domain.org import OrgTree, covers
from core.domain.period import month_end, shift_months


@dataclass(frozen=True)
class Usual:
    """What chance allows: the least `probability` of a silence, over how many days of `history` a rate is taken, and
    the least `share` of days with events that a unit must have had."""

    probability: float
    history: int
    share: float


LEAST_HISTORY = 90
"""Days before a silence that a rate is taken from at least: a unit without them is not judged."""
_EDGE = 3
"""Mean silences at each end of a gap that may be usual ones: a neighbouring month is not blamed for them."""


def silences(
    active: Mapping[str, Collection[date]], tree: OrgTree, last: date, usual: Usual, back: int
) -> dict[str, tuple[date, ...]]:
    """The missing days of each unit that stands in rows, from the days on which it has events.

    Every unit is judged, higher ones by the days of all below: what they lack, all below lack. `last` is the newest
    day of the dataset, `back` the months after which a silent unit was closed.
    """
    missing: dict[str, set[date]] = {unit: set() for unit in active}
    for org in {*(unit.code for unit in tree.orgs), *active}:
        mine = [unit for unit in active if covers(org, unit)]
        days = sorted(set().union(*(active[unit] for unit in mine)))
        if not days:
            continue
        end = min(last, month_end(shift_months(days[-1], back)))
        for gap in _gaps(days, end, usual):
            for unit in mine:
                missing[unit].update(gap)
    return {unit: tuple(sorted(days)) for unit, days in missing.items() if days}


def _gaps(days: Sequence[date], end: date, usual: Usual) -> Iterable[list[date]]:
    """The days of each improbable silence of a unit, without its edges."""
    least = -log(usual.probability)
    for at, day in enumerate(days):
        after = days[at + 1] if at + 1 < len(days) else end + timedelta(days=1)
        length = (after - day).days - 1
        if length <= least:
            continue  # even a unit with events every day is this silent by chance
        since = max(days[0], day - timedelta(days=usual.history))
        known = (day - since).days + 1
        rate = sum(since <= other <= day for other in days) / known
        if known >= LEAST_HISTORY and rate >= usual.share and rate * length > least:
            edge = ceil(_EDGE / rate)
            first = day + timedelta(days=1 + edge)
            # the newest silence has no further end: only the first edge may be a usual one
            until = after - timedelta(days=edge + 1) if at + 1 < len(days) else end
            yield [first + timedelta(days=k) for k in range((until - first).days + 1)]
