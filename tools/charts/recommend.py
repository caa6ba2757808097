"""Which form suits a shape of data; a template may always say otherwise."""

from __future__ import annotations

from typing import Literal

Form = Literal["trend", "bar", "barh", "stack", "ring", "histogram", "waterfall"]


def recommend(
    points: int,
    series: int = 1,
    *,
    over_time: bool = False,
    parts_of_whole: bool = False,
    intervals: bool = False,
    bridge: bool = False,
) -> Form:
    """`bridge`: changes between two levels; `intervals`: counts per class; `points`: categories per series."""
    if bridge:
        return "waterfall"
    if intervals:
        return "histogram"
    if parts_of_whole:
        return "stack" if series > 1 or over_time else "ring" if 2 <= points <= 6 else "barh"
    if over_time:
        return "trend"
    return "bar" if points <= 6 and series <= 3 else "barh"
