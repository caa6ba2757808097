"""三情景预测: 售电量 and 应收电费 of the following period of the same grain (domain.md §3.1 R4 四).

Energy: the same period of last year × (1 + growth); growth is the median (基准), the largest (乐观) and the smallest
(保守) 同比 of the last six months, Spring Festival months left out; a period with a festival month gets the wider
spread of `outlook`. Money: that energy at the reported period's mean price. All of it 测算.
"""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from core.domain.fact import By, Fact
from core.domain.labels import following
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import derived
from tools.analysis.outlook import FESTIVAL, FESTIVAL_SPREAD, HISTORY, LEAST_SPREAD
from tools.indicators.ask import Ask

METHOD = "上年同期 × (1 + 近六个月同比的中位数、最大值、最小值)（测算）"


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places `scenario_kwh`, `scenario_growth`, `scenario_money` (three members, and each alone), `scenario_base`."""
    target = following(period)
    months = period.trailing_months(HISTORY)
    span = Period(start=months[0].start, end=months[-1].end, grain="range")
    recent, before, prices = bench.compute(
        [Ask("A02", org, span, by="month"), Ask("A02", org, target.yoy()), Ask("B02", org, period)]
    )
    base, price = before[0], prices[0]
    told = [fact for fact in recent if fact.compare.yoy is not None and fact.period.start.month not in FESTIVAL]
    growths = [fact.compare.yoy for fact in told if fact.compare.yoy is not None]
    if not base.has_value or base.value is None or len(growths) < 3:
        return Result("三情景预测")
    middle = Decimal(median(growths))
    up, down = max(max(growths) - middle, LEAST_SPREAD), max(middle - min(growths), LEAST_SPREAD)
    if any(month.start.month in FESTIVAL for month in target.months()):
        up, down = max(up, FESTIVAL_SPREAD / 2), max(down, FESTIVAL_SPREAD / 2)
    facts: list[Fact] = [*recent, base, price]
    places: dict[str, list[str]] = {"scenario_base": [base.id]}
    like = base.model_copy(update={"period": target})
    for key, label, growth in (("base", "基准", middle), ("high", "乐观", middle + up), ("low", "保守", middle - down)):
        by = By(dim="scenario", key=key, label=label)
        energy = derived(
            bench, like, "预测售电量", base.value * (1 + growth / 100), [base, *recent], METHOD, by=by, decimals=0
        )
        rate = derived(bench, like, "预测同比", growth, recent, METHOD, unit="%", kind="rate", by=by, rule="pp")
        made = [("kwh", energy), ("growth", rate)]
        if price.has_value and price.value is not None and energy.value is not None:
            amount = energy.value * price.value / 1000
            how = "预测售电量 × 本期到户均价（测算）"
            made.append(("money", derived(bench, like, "预测应收电费", amount, [energy, price], how, unit="元", by=by)))
        for name, fact in made:
            facts.append(fact)
            places.setdefault(f"scenario_{name}", []).append(fact.id)
            places[f"scenario_{name}_{key}"] = [fact.id]
    return Result("三情景预测", facts, [], places)


ANALYSIS = Analysis("scenarios", "三情景预测", run)
