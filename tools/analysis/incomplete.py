"""Incomplete facts (数据不全): what an analysis computed over units that lack rows says so, like any indicator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.domain.fact import Fact
from tools.indicators.coverage import Coverage
from tools.indicators.wholeness import Wholeness

if TYPE_CHECKING:
    from tools.analysis import Bench


def incomplete(bench: Bench, facts: Sequence[Fact]) -> list[Fact]:
    """The facts, those that an analysis computed from incomplete data or from partial facts marked as partial.

    Judged are the rows of each fact's own period and unit; what an analysis learned from months before is not. Facts of
    the engine come as they are: it has judged them.
    """
    own = [fact for fact in facts if fact.status == "ok" and not fact.computed_by]
    reads = {(name, fact.period) for fact in own for name in fact.datasets if name in bench.catalog.datasets}
    if not reads:
        return list(facts)
    coverage = Coverage(bench.gate, bench.catalog)
    coverage.load(dict.fromkeys(name for name, _ in sorted(reads, key=lambda read: read[0])))
    wholeness = Wholeness(bench.gate, bench.catalog, coverage, bench.tree)
    wholeness.learn(bench.gate.run_many(wholeness.ask(reads)))
    lacking = {fact.id: fact.reason for fact in (*bench.known, *facts) if fact.status == "partial"}
    out = []
    for fact in facts:
        why = ""
        if fact.status == "ok" and not fact.computed_by:
            parents = (lacking[parent] for parent in fact.parents if parent in lacking)
            names = [name for name in fact.datasets if name in bench.catalog.datasets]
            gaps = ((name, wholeness.gaps(name, fact.org, fact.period)) for name in names)
            said = (wholeness.said(name, found) if found else wholeness.unknown(name) for name, found in gaps)
            why = next((reason for reason in (*parents, *said) if reason), "")
        if why:
            lacking[fact.id] = why
        out.append(fact.model_copy(update={"status": "partial", "reason": why}) if why else fact)
    return out
