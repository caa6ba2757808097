"""关注, 异常, 严重: how far energy is from its expected level, and how much of it (caliber.yaml, usage_anomaly)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from core.domain.finding import Severity
from tools.analysis import Bench

Grain = Literal["month", "day"]


def severity(
    bench: Bench, size: Decimal, kwh: Decimal | None = None, level: str = "", grain: Grain = "month"
) -> Severity | None:
    """The grade of a deviation of `size` %, or None below the watch line or, where `kwh` is given, below the least
    energy of the level (org, line, tg, customer) in a month or in all deviating days together."""
    get = bench.catalog.thresholds.number
    if kwh is not None and abs(kwh) < get(f"usage_anomaly.least_{level}_{grain}_kwh"):
        return None
    if size >= get("usage_anomaly.severe_pct"):
        return "严重"
    if size >= get("usage_anomaly.abnormal_pct"):
        return "异常"
    return "关注" if size >= get("usage_anomaly.watch_pct") else None
