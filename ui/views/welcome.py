"""First words by role: examples to click, and what an administrator reads instead."""

from __future__ import annotations

from datetime import date

from core.domain.actor import Actor, Role
from core.domain.period import Period

ADMIN_PAGE = """### {role}账号不接触业务数据

您以 **{name}（{role}）** 登录。按三员分立的要求，管理类账号不能查询指标，也不能查看、起草或审批报告。

{duties}

需要查数或看报告时，请改用业务账号，或请所在单位的营销分析师办理。"""

_DUTIES = {
    Role.SYSADMIN: "您负责系统运行：运行 `gma doctor` 查看各组件状态，`/metrics` 供监控系统采集。",
    Role.SECADMIN: "您负责账号与权限：账号、角色和所属单位在账号管理中维护，变更全部留痕。",
    Role.AUDITOR: "您负责审计：运行 `gma audit verify` 核对审计链是否完整。",
}


def admin_page(actor: Actor) -> str:
    """What an administrator sees instead of the chat."""
    return ADMIN_PAGE.format(role=actor.role.label, name=actor.name, duties=_DUTIES.get(actor.role, ""))


def examples(actor: Actor, org_name: str, today: date) -> list[tuple[str, str, str]]:
    """(label, what is sent, icon) for a role; the month is the last whole one."""
    if not actor.reads_data:
        return []
    month = Period.month(today.year, today.month).mom()
    when, short = month.label, org_name or "本单位"
    report = ("营销指标月报", f"帮我做一份{when}{short}的营销指标月报", "file")
    sales = ("售电量同比", f"{month.start.month}月售电量是多少，同比怎样", "chart")
    why = ("查原因", f"{month.start.month}月售电量哪个单位降得最多，为什么", "search")
    rank = ("电费回收排名", f"{month.start.month}月各单位电费回收率排名", "rank")
    odd = ("用电异常", f"{month.start.month}月有哪些用电异常", "alert")
    churn = ("大客户流失风险", "哪些大客户有流失风险", "users")
    fresh = ("数据质量", f"{month.start.month}月采集成功率是多少", "chart")
    waiting = ("待我审批", "待我审批", "stamp")
    return {
        Role.MANAGER: [waiting, sales, rank, churn],
        Role.STAFF: [report, sales, odd, why],
        Role.DATAOPS: [fresh, sales, odd, rank],
    }.get(actor.role, [report, sales, why, churn])
