"""Changes that no caller can notice, each with its reason: the mutation check leaves them out and says how many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mutation import Mutant


@dataclass(frozen=True)
class Equivalent:
    """A change of a module: a part of the source line it stands on, what is changed, and why nobody can tell. Where
    several changes fit, `nth` says which of them it is, from the first in the file."""

    path: str
    line: str
    what: str
    reason: str
    nth: int = 0


EQUIVALENT: tuple[Equivalent, ...] = (
    Equivalent(
        "core/domain/tokens.py",
        '"元": ((',
        "number raised",
        "the base unit is one base unit before the scales are read, and the last one is taken for whatever is smaller",
        nth=5,
    ),
    Equivalent(
        "tools/checks/rules/numeral_gate.py",
        'in {"cell", "category"} and find(bare, names)',
        "operand 1 dropped",
        "period names are only used to look for numbers: whether there are any is asked first to spare the work",
    ),
    Equivalent(
        "tools/checks/proof/shell.py",
        "            0,",
        "number raised",
        "the version of a paper stands in none of the lines that a shell adds",
    ),
    Equivalent(
        "tools/checks/rules/superlatives.py",
        "for index in edges if index < at",
        "Lt → LtE",
        "a break stands at `index` and a word of rank at `at`: they are never the same place",
    ),
    Equivalent(
        "tools/checks/rules/superlatives.py",
        "for index in edges if index > at",
        "Gt → GtE",
        "a break stands at `index` and a word of rank at `at`: they are never the same place",
    ),
)


def split(root: Path, path: str, made: Iterable[Mutant]) -> tuple[list[Mutant], list[Mutant]]:
    """The mutants of a module that can be noticed, and those that cannot.

    Raises ValueError for an entry that names no mutant, as the code has changed and the reason must be read again, and
    for one that fits several and does not say which.
    """
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    every = sorted(made, key=lambda mutant: (mutant.line, mutant.column))
    same: list[Mutant] = []
    for entry in EQUIVALENT:
        if entry.path != path:
            continue
        fits = [mutant for mutant in every if mutant.what == entry.what and entry.line in lines[mutant.line - 1]]
        if len(fits) < max(entry.nth, 1):
            raise ValueError(f"{path}: no such change any more: {entry.line} ({entry.what})")
        if len(fits) > 1 and not entry.nth:
            raise ValueError(f"{path}: {len(fits)} changes fit, say which: {entry.line} ({entry.what})")
        same.append(fits[max(entry.nth, 1) - 1])
    return [mutant for mutant in every if mutant not in same], same
