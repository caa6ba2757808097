"""H5 大用户: big customers that stopped, cut or raised production in the period itself."""

from __future__ import annotations

from tools.analysis.causes import Cause, Effect, named
from tools.analysis.causes.case import Case
from tools.analysis.causes.evidence import measured

METHOD = "大客户在本期内突然改变的电量（相对前三个月自身走势），扣除同行业增减"


def run(case: Case) -> Effect:
    reason = case.failed("big", "solar")
    if reason:
        return Effect(None, METHOD, unknown=reason, queries=case.sql("big"))
    effect = case.number(float(case.customers.named.turned.sum()))
    found = case.customers.turned()
    if not len(found):
        return Effect(effect, METHOD, (), ("没有大客户在本期突然增减",), queries=case.sql("big"))
    facts, words = named.told(case, found, "turned")
    count = measured(case, "突然增减的大客户", len(found), "户", ("big",), METHOD, decimals=0, kind="count")
    orders = case.table("orders")
    told = set(orders.cons_no.astype(str)) & set(found.cons_no.astype(str)) if len(orders) else set()
    filed = measured(
        case,
        "其中办理减容、暂停或销户",
        len(told),
        "户",
        ("big", "orders"),
        "一年内归档的用电变更工单",
        decimals=0,
        kind="count",
    )
    support = (f"{words}", f"共{{{{{count.id}}}}}，其中{{{{{filed.id}}}}}办理了减容、暂停或销户")
    return Effect(effect, METHOD, support, (), (*facts, count, filed), queries=case.sql("big", "orders"))


CAUSE = Cause(
    "H5",
    "大用户停产、减产或检修",
    50,
    "逐户比对电量并核对用电变更工单",
    "营销2.0",
    run,
    "客户经理逐户走访，核实生产计划和复产时间。",
)
