"""Masking of a result: each output column by the rule that its lineage carries."""

from __future__ import annotations

from typing import Any

from core.masking import mask
from tools.sources.statement import Statement


def shade(statement: Statement, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows with sensitive columns masked. Enterprise names stay clear; `cust_type` decides where selected."""
    marked = [(at, output.sensitive) for at, output in enumerate(statement.outputs) if output.sensitive]
    if not marked:
        return rows
    names = [output.name for output in statement.outputs]
    kind_at = names.index("cust_type") if statement.plain_cust_type else None
    out: list[tuple[Any, ...]] = []
    for row in rows:
        cells = list(row)
        cust_type = str(row[kind_at]) if kind_at is not None and row[kind_at] is not None else None
        for at, rule in marked:
            cells[at] = mask(rule, row[at], cust_type=cust_type)
        out.append(tuple(cells))
    return out
