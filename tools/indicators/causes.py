"""Why a recomputed number differs (变动原因): late rows, rebills, removed or rewritten rows, a new caliber."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.fact import Fact
from knowledge.catalog import Catalog
from tools.fetch import Gate, Query

Cause = Literal[
    "",
    "late",
    "rebill",
    "removed",
    "rewritten",
    "caliber",
    "source_down",
    "denied",
    "missing",
    "analysis",
    "supplement",
]

CAUSE_LABELS: dict[str, str] = {
    "": "",
    "late": "迟到数据",
    "rebill": "退补冲红",
    "removed": "源数据减少",
    "rewritten": "源数据改写",
    "caliber": "口径变化",
    "source_down": "数据源不可用",
    "denied": "无权限",
    "missing": "没有数据",
    "analysis": "分析方法变化",
    "supplement": "人工补录变化",
}

_CORRECTIONS = """
SELECT COUNT(*) AS n, MAX(t.issue_time) AS z FROM bill AS t
WHERE t.reversal_of IS NOT NULL AND t.ym BETWEEN :first AND :last AND t.issue_time > :since
"""
"""Bills that reverse another one and were issued after the fact was minted."""


@dataclass(frozen=True)
class Seen:
    """What stands behind a number now: base rows, and the newest of them."""

    rows: int
    newest: datetime | None


def why_changed(fact: Fact, now: Seen, gate: Gate, book: Catalog) -> tuple[Cause, str]:
    """The most specific cause that the source shows for a changed number."""
    rebilled = _rebills(fact, gate, book) if "bill" in fact.datasets else 0
    if rebilled:
        return "rebill", f"发布后有 {rebilled} 笔退补（冲红）账单入账"
    if now.rows > fact.row_count:
        upto = f"，最新数据 {now.newest:%Y-%m-%d}" if now.newest else ""
        return "late", f"发布后补到数据：由 {fact.row_count} 行增至 {now.rows} 行{upto}"
    if now.rows < fact.row_count:
        return "removed", f"源系统减少了数据：由 {fact.row_count} 行减至 {now.rows} 行"
    return "rewritten", f"源系统改写了数值：行数仍为 {now.rows} 行"


def caliber_note(fact: Fact, book: Catalog) -> str:
    """How the caliber moved since the fact was minted; "" when it did not, or where it has none of the catalogue's."""
    indicator = book.indicators.get(fact.indicator)
    if indicator is None or not fact.caliber_version or "/" not in fact.caliber_version:
        return ""
    present = f"{indicator.version}/{book.thresholds.version}"
    return "" if present == fact.caliber_version else f"口径版本由 {fact.caliber_version} 变为 {present}"


def _rebills(fact: Fact, gate: Gate, book: Catalog) -> int:
    indicator = book.indicators.get(fact.indicator)
    span = fact.period.ytd() if indicator is not None and indicator.span == "ytd" else fact.period
    if fact.as_of is None:
        return 0
    params = {"first": f"{span.start:%Y-%m}", "last": f"{span.end:%Y-%m}", "since": fact.as_of}
    outcome = gate.run(Query("marketing", _CORRECTIONS, params, fact.org, "核对退补"))
    rows: Sequence[Sequence[object]] = outcome.rows if outcome.status == "ok" else ()
    return int(str(rows[0][0])) if rows else 0
