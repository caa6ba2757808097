"""Typed commands on outcomes of measures (措施执行结果): record one, withdraw one, list them."""

from __future__ import annotations

from agent.desk import Desk
from knowledge.strategies import strategies
from ui.typed_fields import fields, need

RECORD, WITHDRAW, LISTED = "/执行结果", "/撤回执行结果", "/执行结果列表"
NAMES = ("客户", "措施", "日期", "责任人", "结果", "说明", "编号", "原因")
USAGE = (
    "请写成：/执行结果 客户=户号 措施=经营困难或减产 日期=2026-10-15 责任人=客户经理张敏 结果=成功 说明=…"
    "（说明可不写）。"
    "撤回：/撤回执行结果 编号=… 原因=…；列出：/执行结果列表。"
)
SHOWN = 20


def answer(desk: Desk, head: str, rest: str) -> str:
    """Do what the command says and tell it; raises GmaError with the next step."""
    if head == LISTED:
        found = desk.outcomes()
        listed = [
            f"- {one.id}：{one.done:%Y-%m-%d}，户号 {one.customer}，{label(one.measure)}，{one.owner}，{one.verdict}。"
            + one.said()
            for one in found[:SHOWN]
        ]
        if len(found) > SHOWN:
            listed.append(f"共 {len(found)} 条，这里列出最近 {SHOWN} 条，其余用 gma outcome list 查看。")
        return "\n".join(listed) or "还没有记录执行结果。"
    given = fields(rest, NAMES, USAGE)
    if head == WITHDRAW:
        done = desk.unrecord(need(given, "编号", USAGE), need(given, "原因", USAGE))
        return f"执行结果 {done.id} 已撤回，不再计入成功率。已生成的报告不变。"
    customer, measure, day, owner, verdict = (need(given, name, USAGE) for name in NAMES[:5])
    made = desk.record(customer, measure, day, owner, verdict, given.get("说明", ""))
    return (
        f"已记录（{made.id}）：{made.done:%Y-%m-%d}由{made.owner}对户号 {made.customer} 执行「{label(made.measure)}」，"
        f"结果{made.verdict}。{made.said()}。下一期挽回方案和措施排序会用到它。"
    )


def label(measure: str) -> str:
    """A measure as the strategy library calls it; the key itself where the library no longer has it."""
    known = strategies().causes.get(measure)
    return known.label if known else measure
