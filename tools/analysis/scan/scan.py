"""From matrices to findings: which members deviate enough, long enough and by enough energy; the largest come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from core.domain.finding import Severity
from core.domain.period import Period
from tools.analysis import Bench, Result
from tools.analysis.scan.judging import Judged, days, months, persistent
from tools.analysis.scan.members import LABELS, Level, Members, members
from tools.analysis.scan.series import BACK, Series, off, read, slow
from tools.analysis.severity import severity

if TYPE_CHECKING:
    import numpy as np

FESTIVAL = {1, 2}
SHOWN = 20


@dataclass(frozen=True)
class Found:
    """One deviating member: over the deviating times together, energy and expected energy (kWh), the `own` deviation
    and what peers `shared` (both shares); `days` or months of it, `since`, and days of the period without readings."""

    key: str
    rank: Severity
    kwh: float
    expected: float
    own: float
    shared: float
    times: int
    since: date
    absent: float


def scan(level: Level) -> Callable[[Bench, str, Period], Result]:
    """The analysis of one level: whole months are judged by month, other periods by day."""

    def run(bench: Bench, org: str, period: Period) -> Result:
        from tools.analysis.scan.telling import told

        label = f"{LABELS[level]}用电异常"
        known = members(bench, level, org)
        series = read(bench, level, known, org, period) if isinstance(known, Members) else known
        if isinstance(known, str) or isinstance(series, str):
            return Result(f"{label}：{series}")
        return told(bench, level, org, period, known, series, found(bench, level, period, known, series))

    return run


def found(bench: Bench, level: Level, period: Period, known: Members, series: Series) -> list[Found]:
    """Every deviating member, the gravest and largest first."""
    import numpy as np

    group = [known.group.get(key, "") for key in series.keys]
    monthly = period.whole_months
    if monthly:
        festival = np.array([day.month in FESTIVAL for day in series.times])
        judged = months(series.kwh, festival, group, series.judged)
    else:
        judged = days(series.kwh, off(series.times), slow(series.times), series.aligned, group, series.judged)
    now = series.kwh[:, -series.judged :]
    flags = _flags(bench, judged, "month" if monthly else "day")
    made = []
    for at in np.flatnonzero(flags.any(axis=1)):
        one = _one(bench, level, monthly, series, judged, now, flags, int(at))
        if one is not None:
            made.append(one)
    order = ("严重", "异常", "关注")
    return sorted(made, key=lambda item: (order.index(item.rank), -abs(item.kwh - item.expected)))


def _flags(bench: Bench, judged: Judged, grain: str) -> np.ndarray:
    """+1 and −1 where a member rises above or falls below the watch line and its own scatter."""
    import numpy as np

    get = bench.catalog.thresholds.number
    far = float(get("usage_anomaly.watch_pct")) / 100
    sigmas = float(get(f"usage_anomaly.{grain}_sigmas"))
    size = np.nan_to_num(np.abs(judged.own))
    out = (size >= far) & (size >= sigmas * judged.scatter)
    signs: np.ndarray = np.sign(np.nan_to_num(judged.own)).astype(int) * out
    if grain == "month":
        return signs
    lasting: np.ndarray = persistent(signs > 0).astype(int) - persistent(signs < 0).astype(int)
    lasting[:, :BACK] = np.where(lasting[:, BACK:].any(axis=1, keepdims=True), lasting[:, :BACK], 0)
    return lasting


def _one(
    bench: Bench, level: Level, monthly: bool, series: Series, judged: Judged, now: np.ndarray, flags: np.ndarray,
    at: int,
) -> Found | None:  # fmt: skip
    import numpy as np

    gap = now[at] - judged.expected[at]
    down = np.nansum(np.where(flags[at] < 0, -gap, 0)) >= np.nansum(np.where(flags[at] > 0, gap, 0))
    chosen = flags[at] == (-1 if down else 1)
    if not monthly and not chosen[BACK:].any():
        return None
    times = series.times[-series.judged :]
    widths = np.array([_length(day) if monthly else 1 for day in times], dtype=float)
    kwh = float((now[at] * widths)[chosen].sum())
    expected = float((judged.expected[at] * widths)[chosen].sum())
    base = (judged.expected[at] / judged.shared[at] * widths)[chosen].sum()
    own = kwh / expected - 1
    rank = severity(
        bench, Decimal(str(abs(own) * 100)), Decimal(str(kwh - expected)), level, "month" if monthly else "day"
    )
    if rank is None:
        return None
    lacking = np.nan_to_num(series.absent[at, -series.judged :][0 if monthly else BACK :], nan=1.0)
    absent = float((lacking * widths[0 if monthly else BACK :]).sum())
    since = times[int(np.flatnonzero(chosen)[0])]
    return Found(
        series.keys[at], rank, kwh, expected, own, float(expected / base - 1), int(chosen.sum()), since, absent
    )


def _length(month: date) -> int:
    from core.domain.period import month_end

    return month_end(month).day
