"""数据核对: the nine cross-source checks, the quality scores and what the detectors and cleaning rules found."""

from __future__ import annotations

from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.evidence import Scope
from tools.review import minted, review


def run(bench: Bench, org: str, period: Period) -> Result:
    """Findings only for checks beyond their tolerance; everything else is told by the facts."""
    made = minted(bench, review(bench, Scope(org, period, bench.today, bench.catalog)))
    return Result("数据核对", made.facts, made.findings, made.places)


ANALYSIS = Analysis("data_review", "数据核对", run, judges_report=True)
