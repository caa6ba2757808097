"""Facts that an analysis computes from other facts: always with parents and the method in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.domain.fact import By, Compare, Fact
from tools.analysis import Bench


def derived(
    bench: Bench,
    like: Fact,
    name: str,
    value: Decimal,
    parents: Sequence[Fact],
    method: str,
    *,
    unit: str | None = None,
    kind: str | None = None,
    by: By | None = None,
    decimals: int = 2,
    rule: str = "pct",
) -> Fact:
    """A new fact of the same unit, period and caliber as `like`; partial when one of its parents is."""
    partial = any(parent.status == "partial" for parent in parents)
    sources = "+".join(dict.fromkeys(part for parent in parents for part in parent.source.split("+") if part))
    datasets = tuple(dict.fromkeys(name for parent in parents for name in parent.datasets))
    as_of = min((parent.as_of for parent in parents if parent.as_of), default=like.as_of)
    return Fact(
        id=bench.mint(),
        indicator=like.indicator,
        name=name,
        value=value,
        unit=like.unit if unit is None else unit,
        decimals=decimals,
        kind=kind or like.kind,
        direction=like.direction,
        period=like.period,
        org=like.org,
        org_name=like.org_name,
        by=by,
        compare=Compare(rule=rule),  # type: ignore[arg-type]
        caliber=method,
        caliber_version=like.caliber_version,
        source=sources,
        datasets=datasets,
        row_count=sum(parent.row_count for parent in parents),
        as_of=as_of,
        status="partial" if partial else "ok",
        reason=next((parent.reason for parent in parents if parent.status == "partial"), ""),
        parents=tuple(parent.id for parent in parents),
        method=method,
        supplement=next((parent.supplement for parent in parents if parent.supplement), ""),
    )


def base_of(fact: Fact) -> Decimal | None:
    """Last year's value as the fact's comparison kept it."""
    return fact.compare.yoy_base
