"""H11 转供与改接: did a neighbour gain what this unit lost? Switching itself is in none of the five systems."""

from __future__ import annotations

from decimal import Decimal
from statistics import median

from tools.analysis.causes import Cause, Effect
from tools.analysis.causes.case import Case
from tools.analysis.derived import derived
from tools.indicators.ask import Ask

METHOD = "同级单位同比之外的反向变化"
ENOUGH = Decimal("0.5")
"""A neighbour must have gained at least this share of the change to be a candidate."""


def run(case: Case) -> Effect:
    if case.parent is None:
        return Effect(None, METHOD, unknown="权限范围内没有同级单位，无法比对")
    members = case.bench.compute([Ask("A02", case.parent, case.period, by="org")])[0]
    others = [fact for fact in members if fact.org != case.org and fact.has_value and fact.compare.yoy is not None]
    if not others:
        return Effect(None, METHOD, unknown="没有可比的同级单位")
    usual = Decimal(median([fact.compare.yoy for fact in others if fact.compare.yoy is not None]))
    gains = []
    for fact in others:
        base = fact.compare.yoy_base
        if fact.value is not None and base:
            gains.append((fact.value - base * (1 + usual / 100), fact))
    opposite = [
        (gain, fact) for gain, fact in gains if gain * case.change < 0 and abs(gain) >= abs(case.change) * ENOUGH
    ]
    if not opposite:
        return Effect(Decimal(0), METHOD, (), ("同级单位没有相应的反向变化",), tuple(others))
    gain, fact = max(opposite, key=lambda pair: abs(pair[0]))
    moved = derived(case.bench, fact, "同级单位反向变化", gain, [fact], "本期 − 上年同期 ×（1 ＋ 同级单位同比中位数）")
    said = f"{{{{{fact.id}.org}}}}反向变化{{{{{moved.id}}}}}"
    return Effect(None, METHOD, (said,), (), (*others, moved), unknown="同级单位有反向变化，须核对线路切改和户变调整")


CAUSE = Cause("H11", "转供、改接", 80, "与同级单位的反向变化比对", "营销2.0", run)
