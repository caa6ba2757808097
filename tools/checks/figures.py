"""What a table's cell prints: its words, and the figure when it is nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.fact import Fact
from core.domain.tokens import TEXT_FIELDS, TOKEN, UnknownToken, plain
from tools.checks.context import Context


@dataclass(frozen=True)
class Figure:
    """One number of a fact: which of its numbers, whether bare (without its unit), and the unit that is asked for."""

    fact: Fact
    field: str
    bare: bool
    display: str


def figure_of(cell: str, facts: Mapping[str, Fact]) -> Figure | None:
    """None for a cell of words, one that prints a fact's words, and a token that leads nowhere."""
    match = TOKEN.fullmatch(cell.strip())
    if match is None:
        return None
    fact = facts.get(match.group(1))
    if fact is None or match.group(2) in TEXT_FIELDS:
        return None
    head, _, display = (match.group(3) or "").strip().partition(":")
    return Figure(fact, match.group(2) or "value", head == "n", display)


def printed_cell(cell: str, context: Context) -> str:
    """The cell as printed; as written while a token in it leads nowhere."""
    try:
        return plain(cell, context.facts, context.labels)
    except UnknownToken:
        return cell
