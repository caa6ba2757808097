"""Facts that a cause rests on: measured in one of the systems, or estimated from them."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal

from core.domain.fact import By, Compare, Fact
from core.domain.period import Period
from tools.analysis.causes.case import Case


def measured(
    case: Case,
    name: str,
    value: float | Decimal,
    unit: str,
    queries: tuple[str, ...],
    method: str,
    *,
    decimals: int = 2,
    kind: str = "amount",
    by: By | None = None,
    period: Period | None = None,
) -> Fact:
    """One figure of the evidence, with the statements that it was read by."""
    outcomes = [case.outcomes[query] for query in queries]
    unit_of = case.bench.tree.get(case.org)
    span = period or case.period
    rounded = value if isinstance(value, Decimal) else Decimal(f"{value:.{max(decimals, 2)}f}")
    return Fact(
        id=case.bench.mint(),
        indicator="A02",
        name=name,
        value=rounded,
        unit=unit,
        decimals=decimals,
        kind=kind,
        period=span,
        org=case.org,
        org_name=unit_of.name if unit_of else "",
        by=by,
        compare=Compare(rule="diff"),
        caliber=method,
        caliber_version=case.bench.catalog.thresholds.version,
        source="+".join(dict.fromkeys(outcome.source for outcome in outcomes)),
        datasets=tuple(dict.fromkeys(name for outcome in outcomes for name in outcome.datasets)),
        query="\n".join(outcome.sql for outcome in outcomes),
        params={key: str(item) for key, item in case.params.items()},
        row_count=sum(outcome.row_count for outcome in outcomes),
        as_of=datetime.combine(span.end, time()),
        method=method,
    )
