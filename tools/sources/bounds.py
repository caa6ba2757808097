"""Which days of a dataset a statement can need: read from its WHERE clauses, wide wherever that is not certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from core.domain.period import month_end
from tools.sources import Dataset
from tools.sources.statement import Statement

if TYPE_CHECKING:
    from sqlglot import exp


@dataclass(frozen=True)
class Bounds:
    """Inclusive ISO days; None where unbounded."""

    start: str | None = None
    end: str | None = None


def bounds_of(statement: Statement, dataset: Dataset, binds: Mapping[str, Any]) -> Bounds:
    """The widest range over every place where the statement reads the dataset; unbounded when one place is."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    starts: list[date | None] = []
    ends: list[date | None] = []
    for scope in traverse_scope(statement.tree):
        for alias, (_, origin) in scope.selected_sources.items():
            if isinstance(origin, exp.Table) and origin.name == dataset.name:
                start, end = _range(scope.expression, alias, dataset.date_column or "", binds)
                starts.append(start)
                ends.append(end)
    low = [day for day in starts if day is not None]
    high = [day for day in ends if day is not None]
    return Bounds(
        min(low).isoformat() if low and len(low) == len(starts) else None,
        max(high).isoformat() if high and len(high) == len(ends) else None,
    )


def _range(select: exp.Expr, alias: str, column: str, binds: Mapping[str, Any]) -> tuple[date | None, date | None]:
    from sqlglot import exp

    where = select.args.get("where")
    lows: list[date] = []
    highs: list[date] = []
    if where is None or not column:
        return None, None
    for part in _conjuncts(where.this):
        if not (isinstance(part.this, exp.Column) and part.this.table == alias and part.this.name == column):
            continue
        match part:
            case exp.GTE() | exp.GT():
                _add(lows, part.expression, binds, False)
            case exp.LTE() | exp.LT():
                _add(highs, part.expression, binds, True)
            case exp.EQ():
                _add(lows, part.expression, binds, False)
                _add(highs, part.expression, binds, True)
            case exp.Between():
                _add(lows, part.args["low"], binds, False)
                _add(highs, part.args["high"], binds, True)
            case _:
                continue
    return max(lows, default=None), min(highs, default=None)


def _conjuncts(node: exp.Expr) -> list[exp.Expr]:
    from sqlglot import exp

    if isinstance(node, exp.And):
        return _conjuncts(node.left) + _conjuncts(node.right)
    return _conjuncts(node.this) if isinstance(node, exp.Paren) else [node]


def _add(days: list[date], node: exp.Expr, binds: Mapping[str, Any], upper: bool) -> None:
    from sqlglot import exp

    value: Any = None
    if isinstance(node, exp.Cast) and node.to.this in {exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP}:
        node = node.this
    if isinstance(node, exp.Placeholder):
        value = binds.get(str(node.this))
    elif isinstance(node, exp.Literal) and node.is_string:
        value = node.this
    day = _day(value, upper)
    if day is not None:
        days.append(day)


def _day(value: Any, upper: bool) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 7:
            first = date.fromisoformat(f"{value}-01")
            return month_end(first) if upper else first
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
