"""`gma quality | supplement`: the state of the data, and values that people supply."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from agent.desk import Desk
from core.domain.fact import STATUS_LABELS
from core.domain.supplement import Supplement
from core.errors import BadRequest
from ui.cli.numbers import needed, period_of
from ui.cli.output import emit
from ui.cli.session import open_runner


def quality(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        body = Desk.open(runner, arguments.user).quality(arguments.org, period_of(arguments.period), arguments.without)
    if arguments.json:
        emit(body.json())
        return 0 if body.succeeded else 1
    found = body.extra
    print("跨系统核对")
    for check in found["checks"]:
        verdict = "容差以内" if check["within"] else "容差以外"
        verdict = STATUS_LABELS[check["status"]] if check["within"] is None else verdict
        print(f"  {check['name']}：{verdict}" + (f"（{check['reason']}）" if check["reason"] else ""))
    print("质量评分")
    for score in found["scores"]:
        shown = f"{score['score'] * 100:.2f}%" if score["score"] is not None else STATUS_LABELS[score["status"]]
        print(f"  {score['source']}：{shown}" + (f"（{score['reason']}）" if score["reason"] else ""))
    print("检出问题")
    for item in found["detectors"]:
        if item["status"] != "ok":
            print(f"  {item['code']} {item['name']}：{STATUS_LABELS[item['status']]}（{item['reason']}）")
        elif item["objects"]:
            names = "、".join(listed["object"] for listed in item["listed"][:5])
            print(f"  {item['code']} {item['name']}［{item['severity']}］：{item['objects']}，{names}")
    print("清洗（采集日电量，来源原值不改）")
    for text in cleaning_lines(found["cleaning"], arguments.without):
        print(f"  {text}")
    for alert in found["alerts"]:
        print(f"提醒［{alert['severity']}］{alert['text']}")
    return 0 if body.succeeded else 1


def cleaning_lines(found: dict[str, Any], without: Sequence[str]) -> list[str]:
    """What each rule sets aside and what that does to the figure; rules that were taken back are named."""
    if found["status"] != "ok":
        return [f"{STATUS_LABELS[found['status']]}（{found['reason']}）"]
    lines = [f"清洗前 {found['raw']:,.2f} 千瓦时，清洗后 {found['clean']:,.2f} 千瓦时，共 {found['rows']:,} 行"]
    lines += [
        f"{rule['rule']} {rule['label']}：隔离 {rule['rows']:,} 行，{rule['kwh']:,.2f} 千瓦时"
        for rule in found["rules"]
    ]
    if len(lines) == 1:
        lines.append("没有隔离任何行")
    return lines + [f"本次停用规则：{'、'.join(without)}" for _ in without[:1]]


def supplement(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        desk = Desk.open(runner, arguments.user)
        if arguments.action == "list":
            found = desk.supplements(standing=False)
        elif arguments.action == "withdraw":
            if not arguments.id:
                raise BadRequest("没有写补录编号。", "用 gma supplement list 查看编号。")
            found = [desk.withdraw(arguments.id, arguments.note)]
        else:
            given = {"--indicator": arguments.indicator, "--org": arguments.org, "--period": arguments.period,
                     "--value": arguments.value}  # fmt: skip
            needed(given, "例如 --indicator A02 --org 望湖区 --period 2026-10 --value 12345。")
            period = period_of(arguments.period)
            found = [desk.supply(arguments.indicator, arguments.org, period, arguments.value, arguments.note)]
        late = desk.outdone(found)
        reach = [desk.reach(item.indicator) for item in found] if arguments.action == "add" else []
    if arguments.json:
        rows = [item.model_dump(mode="json") | {"outdone": item.id in late} for item in found]
        emit({"status": "ok", "supplements": rows})
        return 0
    for item in found:
        print(line(item, item.id in late))
    for text in reach:
        print(text)
    if not found:
        print("没有补录。")
    return 0


def line(item: Supplement, outdone: bool = False) -> str:
    """One supplement as people read it; `outdone` says that the source has a number by now."""
    state = "已撤回" if item.withdrawn_by else "来源已有数，以来源为准，不再计入" if outdone else "有效"
    return f"{item.id}  {state}  {item.indicator}  {item.org}  {item.period}  {item.value}{item.unit}  {item.said()}"
