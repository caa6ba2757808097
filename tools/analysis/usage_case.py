"""用电异常专题: the change of 售电量 of one unit as a case: size, causes as steps, and what it costs (§3.1 R3).

Causes and verdicts are those of `root_cause`; this adds the steps of a waterfall, and the change in money.
"""

from __future__ import annotations

from core.domain.fact import By, Fact
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.derived import base_of, derived
from tools.analysis.root_cause import explain
from tools.indicators.ask import Ask


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places `case_delta`, `case_money`, `case_steps`, and those of the decomposition."""
    found = explain(bench, "A02", org, period)
    facts, places = list(found.facts), dict(found.places)
    by_id = {fact.id: fact for fact in facts}
    total = by_id[places["total"][0]]
    base = base_of(total)
    if base is None or total.value is None:
        return Result("用电异常专题", facts, found.findings, places)
    delta = next(fact for fact in facts if fact.name == "同比变化量" and fact.by is None)
    places["case_delta"] = [delta.id]

    def step(label: str, value: Fact) -> Fact:
        """The first and the last column of the waterfall."""
        by = By(dim="cause", key=label, label=label)
        assert base is not None and total.value is not None
        number = base if value is total and label == "上年同期" else total.value
        return derived(bench, total, label + "售电量", number, [total], "售电量", by=by)

    causes = [by_id[name] for name in places.get("causes", ())]
    moved = [fact for fact in causes if fact.value]
    if moved:
        first, last = step("上年同期", total), step("本期", total)
        rest = [by_id[name] for name in places.get("residual", ())]
        ranked = sorted(moved, key=lambda fact: fact.value or 0)
        facts += [first, last]
        places["case_steps"] = [fact.id for fact in [first, *ranked, *rest, last]]
    price = bench.compute([Ask("B02", org, period)])[0][0]
    if price.has_value and price.value is not None and delta.value is not None:
        money = derived(
            bench, delta, "影响电费", delta.value * price.value / 1000, [delta, price],
            "同比变化量 × 到户均价（测算）", unit="元",
        )  # fmt: skip
        facts += [price, money]
        places["case_money"] = [money.id]
    return Result("用电异常专题", facts, found.findings, places)


ANALYSIS = Analysis("usage_case", "用电异常专题", run, "2")
