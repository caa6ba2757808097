"""H5S 大用户（此前已变）: big customers that had changed before the period, came or left since last year."""

from __future__ import annotations

from tools.analysis.causes import Cause, Effect, named
from tools.analysis.causes.case import Case

METHOD = "此前已经增减、新装或销户的大客户的电量变化，扣除同行业增减"


def run(case: Case) -> Effect:
    reason = case.failed("big", "solar")
    if reason:
        return Effect(None, METHOD, unknown=reason, queries=case.sql("big"))
    found = case.customers.named
    found = found[~found.sudden]
    effect = case.number(float(found.own.sum()))
    if not len(found):
        return Effect(effect, METHOD, (), ("没有此前已增减的大客户",), queries=case.sql("big"))
    facts, words = named.told(case, found)
    return Effect(effect, METHOD, (words,), (), tuple(facts), queries=case.sql("big"))


CAUSE = Cause("H5S", "大用户此前增减、新装与销户", 52, "逐户比对电量，按前期走势区分", "营销2.0", run)
