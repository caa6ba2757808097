"""What a customer used after a measure against the level before it, from its bills.

Months after the measure's own month, as many as the library says, all billed: less gives no effect. Expected is the
same months of last year times how the months before the measure compare with theirs of last year; without a last year,
the plain mean of the months before. The difference holds whatever else changed: it is no proof of the measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.measure_outcome import MeasureOutcome
from core.domain.period import Period, month_end, shift_months
from knowledge.strategies import strategies
from tools.analysis import Bench
from tools.analysis.derived import derived
from tools.analysis.measured import measured
from tools.fetch import Outcome, Query

SQL = """
SELECT c.cons_no AS cons_no, c.cons_name AS cons_name, b.ym AS ym, SUM(b.kwh_total) AS kwh, COUNT(*) AS n
FROM customer AS c JOIN bill AS b ON b.cons_no = c.cons_no
WHERE c.cons_no IN ({listed}) AND b.ym BETWEEN :first AND :last GROUP BY c.cons_no, c.cons_name, b.ym
"""
HOW = "执行后各月结算电量 − 上年同月 × 执行前几个月同比；无上年的与执行前月均比较"


@dataclass(frozen=True)
class After:
    """`months` whole months billed since (at most the library's number), `by` the customer (named by its number where
    it has no bills), and the `effect` in kWh with the figures it was computed from: none while months are missing."""

    months: int
    by: By
    effect: Fact | None = None
    parts: tuple[Fact, ...] = ()


def after(bench: Bench, org: str, outcomes: Sequence[MeasureOutcome], until: date) -> dict[str, After] | str:
    """By outcome id, for every outcome; why nothing could be read otherwise. `until`: the last day that counts."""
    listed = ", ".join(f"'{key}'" for key in dict.fromkeys(one.customer for one in outcomes) if key.isalnum())
    if not listed:
        return {one.id: After(0, unknown(one)) for one in outcomes}
    span = strategies().outcomes.effect_months
    earliest = min(one.done for one in outcomes)
    last = until if until == month_end(until) else shift_months(until.replace(day=1), -1)
    params = {"first": f"{shift_months(earliest.replace(day=1), -12 - span):%Y-%m}", "last": f"{last:%Y-%m}"}
    found = bench.gate.run(Query("marketing", SQL.format(listed=listed), params, org, "措施执行前后电量"))
    if found.status not in {"ok", "empty"}:
        return found.message
    names: dict[str, str] = {}
    used: dict[str, dict[str, Decimal]] = {}
    for row in found.records():
        key = str(row["cons_no"])
        names[key] = str(row["cons_name"])
        used.setdefault(key, {})[str(row["ym"])] = Decimal(str(row["kwh"] or 0))
    out = {}
    for one in outcomes:
        by = unknown(one).model_copy(update={"label": names.get(one.customer, one.customer)})
        out[one.id] = _one(bench, found, params, one, by, used.get(one.customer, {}))
    return out


def unknown(one: MeasureOutcome) -> By:
    """The customer of an outcome by its number alone."""
    return By(dim="customer", key=one.customer, label=one.customer)


def _one(
    bench: Bench, found: Outcome, params: Mapping[str, str], one: MeasureOutcome, by: By, used: Mapping[str, Decimal]
) -> After:
    span = strategies().outcomes.effect_months
    month = one.done.replace(day=1)

    def months(first: int) -> list[str]:
        return [f"{shift_months(month, first + at):%Y-%m}" for at in range(span)]

    now = months(1)
    billed = sum(1 for name in now if name <= params["last"] and name in used)
    if billed < span:
        return After(billed, by)
    then, was, was_before = months(-span), months(1 - 12), months(-span - 12)
    level = sum((used.get(name, Decimal(0)) for name in then), Decimal(0))
    year = [used.get(name) for name in (*was, *was_before)]
    season = sum((kwh or Decimal(0) for kwh in year[span:]), Decimal(0))
    if season > 0 and None not in year:
        expected = sum((kwh or Decimal(0) for kwh in year[:span]), Decimal(0)) * level / season
    else:
        expected = level
    period = Period(start=Period.parse(now[0]).start, end=Period.parse(now[-1]).end, grain="range")

    def fact(name: str, value: Decimal, caliber: str) -> Fact:
        return measured(
            bench, found, params, one.org, period, name, value, "kWh", indicator="A02", caliber=caliber, by=by,
            decimals=0,
        )  # fmt: skip

    actual = fact("执行后电量", sum((used[name] for name in now), Decimal(0)), "执行月之后各整月结算电量合计")
    base = fact("执行后应有电量", expected.quantize(Decimal("0.01")), HOW.partition(" − ")[2])
    moved = (actual.value or Decimal(0)) - (base.value or Decimal(0))
    effect = derived(bench, actual, "执行后电量变化", moved, [actual, base], HOW, by=by, decimals=0)
    return After(span, by, effect, (actual, base))
