"""H5S 大用户（此前已变）: big customers that had changed before the period, came or left since last year."""

from __future__ import annotations

from tools.analysis.causes import Cause, Effect, named
from tools.analysis.causes.case import Case

METHOD = "大客户此前已有的增减、新装与销户（按前三个月自身走势推算），扣除同行业增减"


def run(case: Case) -> Effect:
    reason = case.failed("big", "solar")
    if reason:
        return Effect(None, METHOD, unknown=reason, queries=case.sql("big"))
    effect = case.number(float(case.customers.named.older.sum()))
    found = case.customers.older()
    if not len(found):
        return Effect(effect, METHOD, (), ("没有此前已增减的大客户",), queries=case.sql("big"))
    facts, words = named.told(case, found, "older")
    return Effect(effect, METHOD, (words,), (), tuple(facts), queries=case.sql("big"))


CAUSE = Cause("H5S", "大用户此前增减、新装与销户", 52, "逐户比对电量，按前期走势区分", "营销2.0", run)
