"""Typed commands of the chat: acts that are never read out of free text. 补录 writes a value, 执行结果 what came of a
measure, 数据提醒 lists alerts."""

from __future__ import annotations

from agent.desk import Desk
from agent.runner import Runner
from core.domain.actor import Actor, Role
from core.domain.period import Period
from core.errors import BadRequest
from ui import typed_outcomes
from ui.typed_fields import fields, need

SUPPLY, WITHDRAW, LISTED = "/补录", "/撤回补录", "/补录列表"
ALERT_WORDS = frozenset({"数据提醒", "质量提醒", "数据质量提醒"})
USAGE = (
    "请写成：/补录 指标=售电量 单位=望湖区 统计期=2026-10 数值=12345.67 来源=供电所手工台账。"
    "撤回：/撤回补录 编号=… 原因=…；列出：/补录列表。"
)
NAMES = ("指标", "单位", "统计期", "数值", "来源", "编号", "原因")


def is_typed(text: str) -> bool:
    """Whether a message is a typed command and not a question."""
    return (
        text.startswith(("/补录", "/撤回补录", typed_outcomes.RECORD, typed_outcomes.WITHDRAW))
        or text.strip("。！? ？") in ALERT_WORDS
    )


def answer(runner: Runner, actor: Actor, text: str) -> str:
    """Do what a typed command says and tell it in one or more lines; raises GmaError with the next step."""
    desk = Desk(runner, actor)
    if text.strip("。！? ？") in ALERT_WORDS:
        return alerts(desk)
    head, _, rest = text.partition(" ")
    if head in {typed_outcomes.RECORD, typed_outcomes.WITHDRAW, typed_outcomes.LISTED}:
        return typed_outcomes.answer(desk, head, rest)
    if head == LISTED:
        found = desk.supplements()
        return "\n".join(f"- {item.id}：{item.period}，{item.said()}" for item in found) or "没有有效的补录。"
    given = fields(rest, NAMES, USAGE)
    if head == WITHDRAW:
        done = desk.withdraw(need(given, "编号", USAGE), need(given, "原因", USAGE))
        return f"补录 {done.id} 已撤回。已生成的报告不变，重新生成后不再使用这个数。"
    if head != SUPPLY:
        raise BadRequest(f"不认识的命令「{head}」。", USAGE)
    try:
        period = Period.parse(need(given, "统计期", USAGE))
    except ValueError as error:
        raise BadRequest(str(error).split("\n")[0], USAGE) from error
    made = desk.supply(
        need(given, "指标", USAGE),
        need(given, "单位", USAGE),
        period,
        need(given, "数值", USAGE),
        need(given, "来源", USAGE),
    )
    told = f"已补录（{made.id}）：{period.label}，{made.value}{made.unit}。{made.said()}。凡用到处都标注“人工补录”。"
    return told + desk.reach(made.indicator)


def alerts(desk: Desk) -> str:
    """What 数据运维员 is owed, newest first."""
    found = desk.alerts()
    return "\n".join(f"- 【{item.severity}】{item.text}" for item in found[:20]) or "目前没有数据质量提醒。"


def greets(actor: Actor) -> bool:
    """Whether the alerts are shown when a conversation opens."""
    return actor.role is Role.DATAOPS
