"""Data quality (数据质量): each file of `detectors/` is one detector, named like its entry in knowledge/quality.yaml.

A detector states the statements it wants and judges their answers; counting happens in the sources. It lists at most
`listed` objects and knows how many there are in all.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from core.domain.fact import FactStatus
from core.errors import Broken
from knowledge.quality import DetectorSpec, quality_rules
from tools.evidence import Evidence, Scope, Want, Wants
from tools.indicators.answers import decimal


@dataclass(frozen=True)
class Defect:
    """One object that a detector names: how many rows are touched, over which days, and the kWh that they hold."""

    object: str
    org: str
    first: date | None
    last: date | None
    rows: int
    kwh: Decimal | None = None
    note: str = ""


@dataclass(frozen=True)
class Detected:
    """What a detector found: totals over all objects, and the first of them."""

    objects: int = 0
    rows: int = 0
    kwh: Decimal | None = None
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True)
class Detector:
    """`wants` names the statements; `judge` reads their answers and may raise NoEvidence."""

    name: str
    wants: Callable[[Scope, DetectorSpec], Wants]
    judge: Callable[[Scope, DetectorSpec, Answers], Detected]


@dataclass(frozen=True)
class Answers:
    """The answers of one detector's or check's wants, by name."""

    evidence: Evidence
    wants: Wants

    def rows(self, name: str) -> list[dict[str, Any]]:
        return self.evidence.rows(self.wants[name])

    def frame(self, name: str) -> Any:
        return self.evidence.frame(self.wants[name])

    def more(self, want: Want) -> list[dict[str, Any]]:
        """A statement that only earlier answers made necessary."""
        return self.evidence.rows(want)


@dataclass(frozen=True)
class Finding:
    """One detector's verdict on one scope; without an `ok` or `partial` status there are no counts at all."""

    detector: str
    spec: DetectorSpec
    source: str
    status: FactStatus
    reason: str
    detected: Detected
    wants: tuple[Want, ...]


def listing(inner: str) -> str:
    """Objects with the totals of all of them: `inner` gives object, org_code, first_day, last_day, n, kwh."""
    return (
        "SELECT f.object, f.org_code, f.first_day, f.last_day, f.n, f.kwh, COUNT(*) OVER () AS objects,"
        f" SUM(f.n) OVER () AS all_n, SUM(f.kwh) OVER () AS all_kwh FROM ({inner}) AS f"
        f" ORDER BY f.n DESC, f.object LIMIT {quality_rules().listed}"
    )


def listed(rows: Sequence[dict[str, Any]]) -> Detected:
    """The answer of a `listing` statement."""
    if not rows:
        return Detected()
    return Detected(
        int(rows[0]["objects"]), int(rows[0]["all_n"]), decimal(rows[0]["all_kwh"]), tuple(_defect(row) for row in rows)
    )


def together(found: Iterable[Defect]) -> Detected:
    """Totals of defects that were put together here."""
    every = sorted(found, key=lambda item: (-item.rows, item.object))
    known = [item.kwh for item in every if item.kwh is not None]
    total = sum(known, Decimal(0)) if known else None
    return Detected(len(every), sum(item.rows for item in every), total, tuple(every[: quality_rules().listed]))


def _defect(row: dict[str, Any]) -> Defect:
    return Defect(
        str(row["object"]),
        str(row["org_code"] or ""),
        day(row["first_day"]),
        day(row["last_day"]),
        int(row["n"]),
        decimal(row["kwh"]),
    )


def day(value: Any) -> date | None:
    """The day of what a driver gives for a date or a moment."""
    if value is None or value != value:
        return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


@cache
def all_detectors() -> dict[str, Detector]:
    """Every detector by name, in the order of the rules; raises Broken where file, detector and entry differ."""
    import tools.quality.detectors as folder

    found: dict[str, Detector] = {}
    for info in pkgutil.iter_modules(folder.__path__):
        detector: Detector = importlib.import_module(f"{folder.__name__}.{info.name}").DETECTOR
        if detector.name != info.name or detector.name not in quality_rules().detectors:
            raise Broken(f"探测器 {detector.name} 与文件 {info.name} 或 quality.yaml 的条目不同名。", "请改成一致。")
        found[detector.name] = detector
    missing = [name for name in quality_rules().detectors if name not in found]
    if missing:
        raise Broken(f"quality.yaml 的探测器 {missing[0]} 没有实现文件。", "请补上，或删去该条目。")
    return {name: found[name] for name in quality_rules().detectors}
