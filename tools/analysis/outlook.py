"""下月预测: 售电量 of the following month from the same month of last year and the recent 同比, with an interval.

Middle: last year's month × (1 + median 同比 of the last six months, Spring Festival months left out). Interval: the
same with the smallest and the largest of these 同比; festival months get a wider one because the date moves. Where a
registered version is in service, it gives middle and interval instead. Labelled 测算 wherever it is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from core.domain.analysis_version import AnalysisVersion
from core.domain.fact import Fact
from core.domain.period import Period, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import derived
from tools.indicators.ask import Ask

HISTORY = 6
FESTIVAL = {1, 2}
FESTIVAL_SPREAD = Decimal(8)
LEAST_SPREAD = Decimal("0.5")


def run(bench: Bench, org: str, period: Period) -> Result:
    first = shift_months(period.end.replace(day=1), 1)
    target = Period.month(first.year, first.month)
    months = period.trailing_months(HISTORY)
    span = Period(start=months[0].start, end=months[-1].end, grain="range")
    recent, before = bench.compute([Ask("A02", org, span, by="month"), Ask("A02", org, target.yoy())])
    base = next((fact for fact in before if fact.has_value), None)
    growths = [
        fact.compare.yoy for fact in recent if fact.compare.yoy is not None and fact.period.start.month not in FESTIVAL
    ]
    if base is None or base.value is None or len(growths) < 3:
        return Result("下月预测", [*recent])
    version = bench.version_of("outlook", org)
    used = version if version is not None and version.content.known_until <= bench.today else None
    low, middle, high = _registered(used, recent, target) if used else _range(growths, target)
    method = "上年同月 × (1 + 近六个月同比中位数)；区间取近六个月同比的波动范围（测算）"
    if used is not None:
        method = f"上年同月 × (1 + 预测同比)；{used.said()}（测算）"
    like = base.model_copy(update={"period": target})

    def mint(name: str, growth: Decimal) -> str:
        assert base is not None and base.value is not None
        fact = derived(bench, like, name, base.value * (1 + growth / 100), [base, *recent], method)
        facts.append(fact)
        return fact.id

    facts = [base, *recent]
    places = {
        "next_mid": [mint("下月售电量预测", middle)],
        "next_low": [mint("下月售电量预测下限", low)],
        "next_high": [mint("下月售电量预测上限", high)],
    }
    if used is None:
        return Result("下月预测", facts, [], places)
    number = derived(
        bench, like, "下月预测分析版本号", Decimal(used.number), [base], used.said(), unit="", kind="count", decimals=0
    )
    return Result("下月预测", [*facts, number], [], places | {"version": [number.id]}, {"outlook": used.id})


def _range(growths: Sequence[Decimal], target: Period) -> tuple[Decimal, Decimal, Decimal]:
    """The house's rule: the median of the growths, as wide as they moved; wider for a festival month."""
    middle = Decimal(median(growths))
    spread = max(max(growths) - middle, middle - min(growths), LEAST_SPREAD)
    if target.start.month in FESTIVAL:
        spread = max(spread, FESTIVAL_SPREAD)
    return middle - spread, middle, middle + spread


def _registered(version: AnalysisVersion, recent: Sequence[Fact], target: Period) -> tuple[Decimal, Decimal, Decimal]:
    """What the version in service says from the same growths (%)."""
    import pandas as pd

    from tools.analysis.life.outlook import LIFE, features_before

    known = {fact.period.start: float(fact.compare.yoy) for fact in recent if fact.compare.yoy is not None}
    features = features_before(known, target.start)
    assert features is not None, "the caller has seen three growths"
    told = LIFE.algorithm(version.content.algorithm).apply(version.content.body, pd.DataFrame([features]))[0]
    low, middle, high = (Decimal(f"{value:.6f}") for value in told)
    return low, middle, high


ANALYSIS = Analysis("outlook", "下月预测", run)
