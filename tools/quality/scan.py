"""Run detectors over one scope: every statement once, sources side by side; each verdict keeps its own state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.domain.fact import FactStatus
from knowledge.quality import ASPECTS, quality_rules
from tools.evidence import Evidence, NoEvidence, Scope, Want
from tools.quality import Answers, Detected, Finding, all_detectors, day, listed
from tools.quality.detectors.duplicate import doubles


@dataclass(frozen=True)
class Score:
    """One source's quality in the period; `value` and `parts` lie in 0–1 and are absent unless the status is ok.

    `partial` is a score of what has arrived so far.
    """

    source: str
    dataset: str
    status: FactStatus
    reason: str
    rows: int = 0
    bad: tuple[tuple[str, int], ...] = ()
    newest: date | None = None
    wants: tuple[Want, ...] = ()

    @property
    def parts(self) -> dict[str, Decimal]:
        """Each aspect's share of good rows."""
        return {name: 1 - Decimal(count) / self.rows for name, count in self.bad} if self.rows else {}

    @property
    def value(self) -> Decimal | None:
        """Σ weight × share of good rows (domain.md §2.2)."""
        weights = quality_rules().weights
        return sum((weights[name] * part for name, part in self.parts.items()), Decimal(0)) if self.rows else None

    @property
    def low(self) -> bool:
        return self.value is not None and self.value < quality_rules().notice_below


@dataclass(frozen=True)
class Scan:
    findings: tuple[Finding, ...]
    scores: tuple[Score, ...]


def wants(scope: Scope, names: Sequence[str] | None = None) -> list[Want]:
    """Every statement of a scan, so that it can be asked ahead, together with others."""
    chosen = all_detectors() if names is None else {name: all_detectors()[name] for name in names}
    specs = quality_rules().detectors
    out = [want for name, item in chosen.items() for want in item.wants(scope, specs[name]).values()]
    return out + [want for source in quality_rules().sources for want in _score_wants(scope, source).values()]


def scan(evidence: Evidence, scope: Scope, names: Sequence[str] | None = None) -> Scan:
    """Scores of every source and verdicts of the named detectors (all of them by default)."""
    evidence.gather(wants(scope, names))
    scores = tuple(_score(evidence, scope, source) for source in quality_rules().sources)
    chosen = all_detectors() if names is None else names
    return Scan(tuple(detect(evidence, scope, name) for name in chosen), scores)


def detect(evidence: Evidence, scope: Scope, name: str) -> Finding:
    """One detector's verdict; without rows of its dataset there is nothing to judge, which is not nothing found."""
    detector, spec = all_detectors()[name], quality_rules().detectors[name]
    source = scope.catalog.datasets[spec.dataset].source
    made = detector.wants(scope, spec)
    asked = tuple(made.values())
    try:
        held = evidence.rows(_held(scope, spec.dataset))
        if not held or not held[0]["n"]:
            label = scope.catalog.datasets[spec.dataset].label
            return Finding(name, spec, source, "empty", f"{scope.period.label}没有{label}数据", Detected(), asked)
        found = detector.judge(scope, spec, Answers(evidence, made))
    except NoEvidence as error:
        return Finding(name, spec, source, error.status, error.reason, Detected(), asked)
    return Finding(name, spec, source, "ok", "", found, asked)


def _held(scope: Scope, dataset: str) -> Want:
    """Whether a dataset holds anything to judge: events and archives by all their rows, the rest by the period's."""
    info = scope.catalog.datasets[dataset]
    dated = info.date is not None and info.coverage in {"daily", "month"}
    where = f" WHERE {scope.within(dataset)}" if dated else ""
    return scope.want(info.source, f"SELECT COUNT(*) AS n FROM {dataset}{where}")


def _score_wants(scope: Scope, source: str) -> dict[str, Want]:
    spec = quality_rules().sources[source]
    where = scope.within(spec.dataset)
    info = scope.catalog.datasets[spec.dataset]
    newest = f"MAX({info.date})"
    counts = ", ".join(
        f"SUM(CASE WHEN {getattr(spec, name)} THEN 1 ELSE 0 END) AS {name}" for name in ("missing", "wrong", "late")
    )
    return {
        "rows": scope.want(
            source,
            f"SELECT COUNT(*) AS n, {newest} AS newest, {counts} FROM {spec.dataset} WHERE {where}",
            late_after=scope.period.end + timedelta(days=spec.late_days),
        ),
        "doubles": doubles(scope, spec.dataset),
        "held": _held(scope, spec.dataset),
    }


def _score(evidence: Evidence, scope: Scope, source: str) -> Score:
    spec = quality_rules().sources[source]
    made = _score_wants(scope, source)
    asked = (made["rows"], made["doubles"])
    label = scope.catalog.datasets[spec.dataset].label
    try:
        row: dict[str, Any] = next(iter(evidence.rows(made["rows"])), {"n": 0})
        if not row["n"]:
            return Score(source, spec.dataset, "empty", f"{scope.period.label}没有{label}数据", wants=asked)
        doubled = listed(evidence.rows(made["doubles"]))
    except NoEvidence as error:
        return Score(source, spec.dataset, error.status, error.reason, wants=asked)
    bad = {
        "complete": int(row["missing"] or 0),
        "accurate": int(row["wrong"] or 0),
        "timely": int(row["late"] or 0),
        "unique": doubled.rows,
    }
    assert list(bad) == list(ASPECTS)
    newest = _newest(row["newest"])
    late = newest is not None and newest < scope.period.end and scope.catalog.datasets[spec.dataset].coverage == "daily"
    reason = f"{label}数据截至{newest.isoformat()}，未覆盖整个统计期" if late and newest else ""
    status: FactStatus = "partial" if late else "ok"
    return Score(source, spec.dataset, status, reason, int(row["n"]), tuple(bad.items()), newest, asked)


def _newest(value: Any) -> date | None:
    return day(f"{value}-01") if isinstance(value, str) and len(value) == 7 else day(value)
