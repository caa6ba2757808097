"""Doing an analysis again: the recorded facts of analyses meet those that the same analyses give now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import count

from core.domain.analysis_version import AnalysisVersion
from core.domain.canon import canonical
from core.domain.fact import Fact
from core.domain.measure_outcome import MeasureOutcome
from core.domain.org import OrgTree
from core.domain.period import Period
from core.domain.supplement import Supplement
from core.errors import GmaError
from knowledge.catalog import catalog
from tools.analysis import Bench, all_analyses
from tools.fetch import Gate
from tools.indicators.causes import Cause
from tools.indicators.engine import Engine
from tools.indicators.recompute import Again

PREFIX = "analysis."
Key = tuple[str, str, str, str, str]
Held = Callable[[str], AnalysisVersion | None]
"""A registered analysis version by its id."""

Recorded = Callable[[Sequence[str]], Sequence[MeasureOutcome]]
"""The recorded outcomes of measures of these ids, also those withdrawn since."""
Standing = Callable[[], Sequence[Supplement]]
"""The values that people supplied, which the analyses had too."""


def rerun(
    facts: Sequence[Fact],
    gate: Gate,
    held: Held = lambda name: None,
    supplied: Standing = tuple,
    recorded: Recorded = lambda names: (),
) -> dict[str, Again]:
    """What each analysis fact is now, by id: one run for every distinct analysis, input, version and outcomes."""
    wanted: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        if fact.computed_by.startswith(PREFIX):
            name = fact.computed_by.removeprefix(PREFIX).partition("/")[0]
            given = fact.inputs
            used = canonical(given.get("versions", {})), canonical(given.get("outcomes", []))
            wanted.setdefault((name, given["org"], given["period"], given["today"], *used), []).append(fact)
    out: dict[str, Again] = {}
    for (name, org, period, today, versions, outcomes), kept in wanted.items():
        known = {analysis: held(version) for analysis, version in json.loads(versions).items()}
        gone = [analysis for analysis, version in known.items() if version is None]
        if gone:
            out.update({fact.id: Again(None, "记录里没有当时所用的分析版本", "analysis") for fact in kept})
            continue
        analysis = all_analyses().get(name)
        before = _before(kept[0], facts) if analysis and analysis.judges_report else ()
        bench = _bench(gate, date.fromisoformat(today), before, supplied, known)
        bench = replace(bench, outcomes=partial(recorded, json.loads(outcomes)))
        out.update(_again(kept, name, org, period, bench))
    return out


def _before(first: Fact, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """What the report held when the analysis that minted `first` was made: a report keeps its facts in that order."""
    return tuple(facts[: next(at for at, fact in enumerate(facts) if fact.id == first.id)])


def _again(kept: Sequence[Fact], name: str, org: str, period: str, bench: Bench) -> dict[str, Again]:
    analysis = all_analyses().get(name)
    if analysis is None:
        return {fact.id: Again(None, f"分析「{name}」已停用", "analysis") for fact in kept}
    try:
        result = analysis(bench, org, Period.parse(period))
    except GmaError as error:
        return {fact.id: Again(None, error.message, "source_down") for fact in kept}
    fresh = _keyed(result.facts)
    version = f"{PREFIX}{name}/{analysis.version}"
    failed = next((fact.reason for fact in result.facts if fact.status == "error"), "")
    out = {}
    for key, fact in _keyed(kept).items():
        made = fresh.get(key)
        note = f"分析版本由 {fact.computed_by} 变为 {version}" if fact.computed_by != version else ""
        cause: Cause = "analysis" if note else "source_down" if failed else ""
        missing = failed or f"重做分析「{analysis.label}」后没有这项结果"
        out[fact.id] = Again(made, note if made else missing, cause if made or failed else "missing")
    return out


def _bench(
    gate: Gate, today: date, known: tuple[Fact, ...], supplied: Standing, used: Mapping[str, AnalysisVersion | None]
) -> Bench:
    """Other analyses ask for everything anew: what they held then is what is being checked."""
    numbers = count(1)

    def mint() -> str:
        return f"F{next(numbers)}"

    try:
        tree = gate.org_tree()
    except GmaError:
        tree = OrgTree(orgs=())
    engine = Engine(gate, catalog(), today, mint, supplied)
    return Bench(gate, engine, catalog(), mint, today, tree, known, lambda asked, _: used.get(asked))


def _keyed(facts: Iterable[Fact]) -> dict[tuple[Key, int], Fact]:
    """Facts by what they are about; equal ones are told apart by their order."""
    seen: dict[Key, int] = {}
    out = {}
    for fact in facts:
        key = (fact.indicator, fact.name, fact.org, f"{fact.by.dim}={fact.by.key}" if fact.by else "", fact.period.code)
        seen[key] = seen.get(key, -1) + 1
        out[key, seen[key]] = fact
    return out
