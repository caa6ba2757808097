"""Analyses (分析): each file exports one `ANALYSIS`; its name is the file's name. They mint facts and point to them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from core.domain.analysis_version import AnalysisVersion
from core.domain.fact import Fact
from core.domain.finding import Finding
from core.domain.measure_outcome import MeasureOutcome
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
    """What an analysis works with; all reads go through the actor's gate. `version_of` gives the registered version
    that is in service for an analysis and unit, None where there is none; `outcomes` what came of measures, as people
    recorded it."""

    gate: Gate
    engine: Engine
    catalog: Catalog
    mint: Callable[[], str]
    today: date
    tree: OrgTree
    known: tuple[Fact, ...] = ()
    version_of: Callable[[str, str], AnalysisVersion | None] = lambda name, org: None
    outcomes: Callable[[], Sequence[MeasureOutcome]] = tuple

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
    """Facts, findings that point to them, and `places`: aliases for a template's sentences, tables and charts.
    `versions` are the registered versions that were used, by analysis, and `outcomes` the ids of the recorded outcomes
    of measures: both are kept with the facts to do them again."""

    label: str
    facts: list[Fact] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    outcomes: Sequence[str] = ()


@dataclass(frozen=True)
class Analysis:
    """One analysis; its version rises when the same data would give other numbers.

    `judges_report`: it also sets the report's own facts against each other, so doing it again needs them.
    """

    name: str
    label: str
    run: Callable[[Bench, str, Period], Result]
    version: str = "1"
    judges_report: bool = False

    def __call__(self, bench: Bench, org: str, period: Period) -> Result:
        """Run it; the facts that it computed itself say so and keep what it was given."""
        return self.marked(bench, org, period, self.run(bench, org, period))

    def marked(self, bench: Bench, org: str, period: Period, result: Result) -> Result:
        """The result with its own facts marked: who computed them from what, and whether that was incomplete."""
        from tools.analysis.incomplete import incomplete

        inputs: dict[str, Any] = {"org": org, "period": period.code, "today": bench.today.isoformat()}
        if result.versions:
            inputs["versions"] = dict(result.versions)
        if result.outcomes:
            inputs["outcomes"] = list(result.outcomes)
        mark = {"computed_by": f"analysis.{self.name}/{self.version}", "inputs": inputs}
        facts = [fact if fact.computed_by else fact.model_copy(update=mark) for fact in incomplete(bench, result.facts)]
        return replace(result, facts=facts)


def who_computed(fact: Fact) -> str:
    """Who computed a fact, in words for people; "" for facts of records that did not keep it."""
    name, _, version = fact.computed_by.partition("/")
    if not name:
        return ""
    known = {"engine": "指标引擎", "derive": "派生计算", "record": "已发布报告"}
    analysis = all_analyses().get(name.removeprefix("analysis."))
    label = known.get(name) or (f"分析「{analysis.label}」" if analysis else name)
    return f"{label} 第 {version} 版"


@cache
def all_analyses() -> dict[str, Analysis]:
    """Every analysis by name; raises Broken when a file and its analysis differ in name."""
    out: dict[str, Analysis] = {}
    for found in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{found.name}")
        analysis = getattr(module, "ANALYSIS", None)
        if analysis is None:
            continue
        if analysis.name != found.name:
            raise Broken(f"分析 {analysis.name} 与文件 {found.name} 不同名。", "请改成一致。")
        out[analysis.name] = analysis
    return out
