"""Analyses (分析): each file exports one `ANALYSIS`; its name is the file's name. They mint facts and point to them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.org import OrgTree, covers
from core.domain.period import Period
from core.errors import Broken
from tools.indicators.ask import Ask

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from tools.fetch import Gate
    from tools.indicators.engine import Engine


@dataclass(frozen=True)
class Bench:
    """What an analysis works with; all reads go through the actor's gate."""

    gate: Gate
    engine: Engine
    catalog: Catalog
    mint: Callable[[], str]
    today: date
    tree: OrgTree
    known: tuple[Fact, ...] = ()

    def compute(self, asks: Sequence[Ask]) -> list[list[Fact]]:
        """Facts of each ask; whole groups that the run has minted already are taken from there, not asked again."""
        found = {at: facts for at, ask in enumerate(asks) if (facts := self._held(ask))}
        missing = [at for at in range(len(asks)) if at not in found]
        if missing:
            made = self.engine.compute_each([asks[at] for at in missing])
            found.update(dict(zip(missing, made, strict=True)))
        return [found[at] for at in range(len(asks))]

    def _held(self, ask: Ask) -> list[Fact]:
        if ask.limit is not None or ask.part is not None:
            return []
        if ask.by in {"month", "day"}:
            periods = {month.code for month in ask.period.months()} if ask.by == "month" else set()
            held = [f for f in self.known if f.by and f.by.dim == ask.by and f.period.code in periods]
            held = [f for f in held if f.indicator == ask.indicator and f.org == ask.org]
            return held if periods and {f.period.code for f in held} == periods else []
        return [
            fact
            for fact in self.known
            if fact.indicator == ask.indicator
            and fact.period == ask.period
            and not fact.method
            and (fact.by.dim if fact.by else None) == ask.by
            and (fact.org == ask.org if ask.by != "org" else covers(ask.org, fact.org) and fact.org != ask.org)
        ]


@dataclass(frozen=True)
class Result:
    """Facts, findings that point to them, and `places`: aliases for a template's sentences, tables and charts."""

    label: str
    facts: list[Fact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    name: str
    label: str
    run: Callable[[Bench, str, Period], Result]


@cache
def all_analyses() -> dict[str, Callable[[Bench, str, Period], Result]]:
    """Every analysis by name; raises Broken when a file and its analysis differ in name."""
    out: dict[str, Callable[[Bench, str, Period], Result]] = {}
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        analysis = getattr(module, "ANALYSIS", None)
        if analysis is None:
            continue
        if analysis.name != found.name:
            raise Broken(f"分析 {analysis.name} 与文件 {found.name} 不同名。", "请改成一致。")
        out[analysis.name] = analysis.run
    return out
