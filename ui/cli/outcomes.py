"""`gma outcome`: what came of the measures for customers at risk."""

from __future__ import annotations

import argparse

from agent.desk import Desk
from core.domain.measure_outcome import MeasureOutcome
from core.errors import BadRequest
from ui.cli.numbers import needed, period_of, show
from ui.cli.output import emit
from ui.cli.session import open_runner
from ui.typed_outcomes import label

EXAMPLE = "例如 --customer 5200000249 --measure 经营困难或减产 --date 2026-10-15 --owner 客户经理张敏 --result 成功。"


def outcome(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        desk = Desk.open(runner, arguments.user)
        if arguments.action == "effect":
            needed({"--org": arguments.org, "--period": arguments.period}, "例如 --org 望湖区 --period 2026-10。")
            return show(desk.executed(arguments.org, period_of(arguments.period)), arguments.json)
        if arguments.action == "list":
            found = desk.outcomes(standing=False)
        elif arguments.action == "withdraw":
            if not arguments.id:
                raise BadRequest("没有写记录编号。", "用 gma outcome list 查看编号。")
            found = [desk.unrecord(arguments.id, arguments.note)]
        else:
            given = {"--customer": arguments.customer, "--measure": arguments.measure, "--date": arguments.date,
                     "--owner": arguments.owner, "--result": arguments.result}  # fmt: skip
            needed(given, EXAMPLE)
            made = desk.record(
                arguments.customer, arguments.measure, arguments.date, arguments.owner, arguments.result, arguments.note
            )
            found = [made]
    if arguments.json:
        emit({"status": "ok", "outcomes": [item.model_dump(mode="json") for item in found]})
        return 0
    print("\n".join(line(item) for item in found) or "没有记录执行结果。")
    return 0


def line(item: MeasureOutcome) -> str:
    """One outcome as people read it."""
    state = "已撤回" if item.withdrawn_by else "有效"
    what = f"{item.done:%Y-%m-%d}  {item.customer}  {label(item.measure)}  {item.owner}  {item.verdict}"
    return f"{item.id}  {state}  {what}  {item.said()}"
