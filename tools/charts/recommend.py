"""Which form suits a shape of data; a template may always say otherwise."""

from __future__ import annotations

from core.domain.report import ChartForm


def recommend(
    points: int,
    series: int = 1,
    *,
    over_time: bool = False,
    parts_of_whole: bool = False,
    intervals: bool = False,
    bridge: bool = False,
    units: bool = False,
) -> ChartForm:
    """`bridge`: changes between two levels; `intervals`: counts per class; `points`: categories per series;
    `units`: the categories are units of one level."""
    if bridge:
        return "waterfall"
    if intervals:
        return "histogram"
    if parts_of_whole:
        return "stack" if series > 1 or over_time else "ring" if 2 <= points <= 6 else "barh"
    if over_time:
        return "trend" if series <= 4 else "heat"
    if units and series == 1 and points > 12:
        return "tiles"
    return "bar" if points <= 6 and series <= 3 else "barh"
