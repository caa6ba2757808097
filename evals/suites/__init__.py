"""The exam's suites, one file each: a module with `LABEL` and `run(exam) -> Result`, found by its file name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evals.exam import Exam

BEYOND_DEFAULT = frozenset({"external", "planted"})
"""Suites that need the examiner's own files or build provinces: left out by `gma evals run` without `--suite`."""


@dataclass(frozen=True)
class Score:
    """One case's mark. `wrong` says in Chinese what was not as wanted; empty means right."""

    case: str
    group: str
    wrong: str = ""
    asked: str = ""
    seconds: float = 0.0
    tokens: int = 0
    tools: int = 0

    @property
    def ok(self) -> bool:
        return not self.wrong


@dataclass
class Result:
    """One suite's marks and what it measured beside them. `skipped` says why a suite could not be sat."""

    scores: list[Score] = field(default_factory=list)
    measures: dict[str, float] = field(default_factory=dict)
    skipped: str = ""

    @property
    def rate(self) -> float:
        """Share of right cases in %, 0 without cases."""
        return 100.0 * sum(score.ok for score in self.scores) / len(self.scores) if self.scores else 0.0

    def body(self) -> dict[str, Any]:
        """As stored: counts, the rate by group, measures, and every case's mark."""
        groups: dict[str, list[Score]] = {}
        for score in self.scores:
            groups.setdefault(score.group, []).append(score)
        return {
            "cases": len(self.scores),
            "right": sum(score.ok for score in self.scores),
            "rate": round(self.rate, 2),
            "seconds": round(sum(score.seconds for score in self.scores), 3),
            "tokens": sum(score.tokens for score in self.scores),
            "groups": {name: {"cases": len(of), "right": sum(item.ok for item in of)} for name, of in groups.items()},
            "measures": self.measures,
            "skipped": self.skipped,
            "scores": [asdict(score) for score in self.scores],
        }


@dataclass(frozen=True)
class Suite:
    name: str
    label: str
    run: Callable[[Exam], Result]


def names() -> list[str]:
    """Every suite's name, in alphabetical order; nothing is imported."""
    return sorted(item.name for item in pkgutil.iter_modules(__path__))


def load(name: str) -> Suite:
    module = importlib.import_module(f"evals.suites.{name}")
    return Suite(name, module.LABEL, module.run)
