"""Asks: what the engine is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.period import Period


@dataclass(frozen=True)
class Ask:
    """One indicator of one unit in one period, whole or `by` the members of a dimension.

    `part` names a further number of the indicator (`capacity` of H01). `limit` keeps the first members in order of
    value (for `org`, `month` and `day` in order of codes and time). `compare=False` leaves 同比/环比/累计 out.
    """

    indicator: str
    org: str
    period: Period
    by: str | None = None
    part: str | None = None
    limit: int | None = None
    compare: bool = True
