"""How often a measure succeeded, by the outcomes that people recorded: a rate with its interval, or too few to tell.

An outcome is a success where it was recorded as 成功; 部分 and 未成 are not. The interval is Wilson's for a share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from core.domain.fact import By, Compare, Fact
from core.domain.measure_outcome import MeasureOutcome
from core.domain.org import covers
from core.domain.period import Period, shift_months
from knowledge.analysis_life import life_rules
from knowledge.strategies import strategies
from tools.analysis import Bench

RECORD = "record"
"""The source of facts that rest on what people recorded here."""
HOW = "措施执行记录：由具名业务人员记录的执行结果"


@dataclass(frozen=True)
class Success:
    """`cases` outcomes of a measure, `won` of them 成功; `rate`, `low` and `high` are percent, None for too few."""

    measure: str
    cases: int
    won: int
    rate: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def recent(bench: Bench, org: str, until: date) -> list[MeasureOutcome]:
    """Outcomes of a unit's customers whose measure was carried out up to a day, as far back as the library counts."""
    first = shift_months(until.replace(day=1), -strategies().outcomes.look_back_months)
    return [one for one in bench.outcomes() if covers(org, one.org) and first <= one.done <= until]


def successes(found: Sequence[MeasureOutcome]) -> dict[str, Success]:
    """By measure, in the library's order; measures without an outcome are left out."""
    out = {}
    for measure in strategies().causes:
        verdicts = [one.verdict for one in found if one.measure == measure]
        if verdicts:
            out[measure] = _success(measure, len(verdicts), verdicts.count("成功"))
    return out


def _success(measure: str, cases: int, won: int) -> Success:
    from scipy.stats import binomtest

    if cases < strategies().outcomes.fewest:
        return Success(measure, cases, won)
    around = binomtest(won, cases).proportion_ci(life_rules().confidence_pct / 100, method="wilson")
    rate, low, high = (Decimal(f"{share * 100:.2f}") for share in (won / cases, around.low, around.high))
    return Success(measure, cases, won, rate, low, high)


def recorded(
    bench: Bench, org: str, period: Period, name: str, value: Decimal | int, unit: str, method: str = "",
    by: By | None = None,
) -> Fact:  # fmt: skip
    """A fact that rests on the recorded outcomes themselves: counts (户) and shares (%)."""
    found = bench.tree.get(org)
    rate = unit == "%"
    return Fact(
        id=bench.mint(), indicator="H05", name=name, value=Decimal(value), unit=unit, decimals=1 if rate else 0,
        kind="rate" if rate else "count", period=period, org=org, org_name=found.name if found else "", by=by,
        compare=Compare(rule="pp" if rate else "diff"), caliber=method or HOW, caliber_version=strategies().version,
        source=RECORD, as_of=datetime.combine(min(period.end, bench.today), time()), method=method or HOW,
    )  # fmt: skip


def rate_facts(bench: Bench, org: str, period: Period, one: Success) -> dict[str, Fact]:
    """`cases` always; `rate`, `low` and `high` where there are enough outcomes."""
    by = By(dim="measure", key=one.measure, label=strategies().causes[one.measure].label)
    pct = f"{life_rules().confidence_pct:.0f}"
    made = {"cases": recorded(bench, org, period, "已记录执行结果", one.cases, "户", by=by)}
    if one.rate is None or one.low is None or one.high is None:
        return made
    how = f"{HOW}中「成功」所占的比例"
    made["rate"] = recorded(bench, org, period, "措施成功率", one.rate, "%", how, by)
    made["low"] = recorded(bench, org, period, "成功率区间下限", one.low, "%", f"{how}，{pct}% Wilson 区间", by)
    made["high"] = recorded(bench, org, period, "成功率区间上限", one.high, "%", f"{how}，{pct}% Wilson 区间", by)
    return made
