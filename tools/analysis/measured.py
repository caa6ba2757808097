"""Facts that an analysis reads from a source itself, with the query that found them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from tools.analysis import Bench
from tools.fetch import Outcome


def measured(
    bench: Bench,
    outcome: Outcome,
    params: Mapping[str, Any],
    org: str,
    period: Period,
    name: str,
    value: object,
    unit: str,
    *,
    indicator: str,
    caliber: str,
    by: By | None = None,
    kind: str = "amount",
    decimals: int = 2,
    direction: str = "neutral",
    rows: int = 0,
) -> Fact:
    """A fact of one number of an outcome; a NULL is zero only where the caller says so by passing it."""
    found = bench.tree.get(org)
    return Fact(
        id=bench.mint(),
        indicator=indicator,
        name=name,
        value=Decimal(str(value)),
        unit=unit,
        decimals=decimals,
        kind=kind,
        direction=direction,
        period=period,
        org=org,
        org_name=found.name if found else "",
        by=by,
        compare=Compare(rule="pct"),
        caliber=caliber,
        caliber_version=bench.catalog.thresholds.version,
        source=outcome.source,
        datasets=outcome.datasets,
        query=outcome.sql,
        params={key: value if isinstance(value, int | float | str) else str(value) for key, value in params.items()},
        row_count=rows or outcome.row_count,
        as_of=datetime.combine(min(period.end, bench.today), time()),
        method=caliber,
    )
