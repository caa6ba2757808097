"""下月预测: 售电量 of the following month from the same month of last year and the recent 同比, with an interval.

The growth and its interval come from the registered version in service; without one, from the first recipe of
`life.outlook` fitted for the occasion. Either is held to what was known when the reported month was closed, and its
promise stands beside what it kept lately. With too little history for that: last year's month × (1 + median 同比 of
the last six months, Spring Festival months left out), as wide as these moved, and no promise. All of it 测算.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

from core.domain.analysis_version import AnalysisVersion
from core.domain.fact import Fact
from core.domain.period import Period, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import derived
from tools.analysis.promise import record
from tools.indicators.ask import Ask

if TYPE_CHECKING:
    from tools.analysis.life.performance import Row

HISTORY = 6
FESTIVAL = {1, 2}
FESTIVAL_SPREAD = Decimal(8)
LEAST_SPREAD = Decimal("0.5")
CLOSING_DAYS = 10
"""Days after a month until its bills are issued."""


@dataclass(frozen=True)
class Foretold:
    """Growth (%): low, middle, high; `said` is where it comes from, `version` the one in service (not one refitted for
    an earlier day), `kept` how such intervals did lately."""

    range: tuple[Decimal, Decimal, Decimal]
    said: str
    version: AnalysisVersion | None
    kept: Sequence[Row] = ()


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
    told = _learnt(bench, org, recent, target)
    method = "上年同月 × (1 + 近六个月同比中位数)；区间取近六个月同比的波动范围，覆盖率未经检验（测算）"
    if isinstance(told, Foretold):
        method = f"上年同月 × (1 + 预测同比)；{told.said}（测算）"
    low, middle, high = told.range if isinstance(told, Foretold) else _range(growths, target)
    like = base.model_copy(update={"period": target})
    facts = [base, *recent]

    def mint(name: str, growth: Decimal) -> list[str]:
        assert base is not None and base.value is not None
        fact = derived(bench, like, name, base.value * (1 + growth / 100), [base, *recent], method)
        facts.append(fact)
        return [fact.id]

    places = {
        "next_mid": mint("下月售电量预测", middle),
        "next_low": mint("下月售电量预测下限", low),
        "next_high": mint("下月售电量预测上限", high),
    }
    if not isinstance(told, Foretold):
        return Result("；".join(["下月预测", told]), facts, [], places)
    extra, more = record(bench, like, [base, *recent], told.kept, told.said)
    if told.version is not None:
        number = derived(
            bench, like, "下月预测分析版本号", Decimal(told.version.number), [base], told.said, unit="", kind="count",
            decimals=0,
        )  # fmt: skip
        extra, more = [*extra, number], more | {"version": [number.id]}
    versions = {"outlook": told.version.id} if told.version is not None else {}
    return Result("下月预测", [*facts, *extra], [], places | more, versions)


def _range(growths: Sequence[Decimal], target: Period) -> tuple[Decimal, Decimal, Decimal]:
    """The house's rule: the median of the growths, as wide as they moved; wider for a festival month."""
    middle = Decimal(median(growths))
    spread = max(max(growths) - middle, middle - min(growths), LEAST_SPREAD)
    if target.start.month in FESTIVAL:
        spread = max(spread, FESTIVAL_SPREAD)
    return middle - spread, middle, middle + spread


def _learnt(bench: Bench, org: str, recent: Sequence[Fact], target: Period) -> Foretold | str:
    """What a learnt growth says from the same months, or the Chinese reason why there is none."""
    import pandas as pd

    from tools.analysis.life.drift import recent as lately
    from tools.analysis.life.outlook import LIFE, features_before, study
    from tools.analysis.life.performance import performance
    from tools.analysis.life.trial import train

    day = min(bench.today, target.start - timedelta(days=1) + timedelta(days=CLOSING_DAYS))
    past = study(bench, org, day)
    version = bench.version_of("outlook", org)
    used = version if version is not None and version.content.known_until <= day else None
    if used is not None:
        content, said = used.content, used.said()
    elif isinstance(past, str):
        return past
    else:
        made = train(LIFE, past, org, version.content.algorithm if version else None)
        if isinstance(made, str):
            return f"{made}，预测区间的覆盖率未经检验"
        how = f"{version.said()}，按其做法" if version else "未登记版本，"
        content, said = made, f"{how}按截至{made.known_until:%Y-%m-%d}的数据临时学得"
    known = {fact.period.start: float(fact.compare.yoy) for fact in recent if fact.compare.yoy is not None}
    features = features_before(known, target.start)
    assert features is not None, "the caller has seen three growths"
    told = LIFE.algorithm(content.algorithm).apply(content.body, pd.DataFrame([features]))[0]
    low, middle, high = (Decimal(f"{value:.6f}") for value in told)
    kept = [] if isinstance(past, str) else performance(lately(LIFE, past, content), said)
    return Foretold((low, middle, high), said, used, kept)


ANALYSIS = Analysis("outlook", "下月预测", run, version="2")
