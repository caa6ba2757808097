"""Changes that no caller can notice, each with its reason: the mutation check leaves them out and says how many."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mutation import Mutant


@dataclass(frozen=True)
class Equivalent:
    """A change of a module: a part of the source line it stands on, what is changed, and why nobody can tell."""

    path: str
    line: str
    what: str
    reason: str


EQUIVALENT: tuple[Equivalent, ...] = ()


def split(root: Path, path: str, made: Iterable[Mutant]) -> tuple[list[Mutant], list[Mutant]]:
    """The mutants of a module that can be noticed, and those that cannot.

    Raises ValueError for an entry that fits no mutant: the code has changed and the reason must be read again.
    """
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    entries = [entry for entry in EQUIVALENT if entry.path == path]
    real: list[Mutant] = []
    same: list[Mutant] = []
    met: set[Equivalent] = set()
    for mutant in made:
        fits = [entry for entry in entries if entry.what == mutant.what and entry.line in lines[mutant.line - 1]]
        met |= set(fits)
        (same if fits else real).append(mutant)
    if stale := [entry for entry in entries if entry not in met]:
        raise ValueError(f"{path}: no such change any more: {stale[0].line} ({stale[0].what})")
    return real, same
