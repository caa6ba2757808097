"""`gma reveal`: one masked value in the clear, on the screen of the person who says what for."""

from __future__ import annotations

import argparse

from agent.reveal import FIELDS
from agent.reveal import reveal as show
from ui.cli.output import emit
from ui.cli.session import open_runner


def reveal(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        actor = runner.actor(arguments.user)
        value = show(runner, actor, arguments.field, arguments.key, arguments.reason)
    field = FIELDS[arguments.field]
    if arguments.json:
        emit({"status": "answered", "field": arguments.field, "key": arguments.key.strip(), "value": value})
    else:
        print(f"{field.key_label} {arguments.key.strip()} 的{field.label}：{value}")
        print("（只在此显示一次，已留审计记录；请勿写入报告或转发。）")
    return 0
