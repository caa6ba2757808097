"""`gma ask`."""

from __future__ import annotations

import argparse

from ui.cli.output import finish
from ui.cli.session import open_runner, settle


def ask(arguments: argparse.Namespace) -> int:
    with open_runner() as runner:
        actor = runner.actor(arguments.user)
        answer = settle(runner.ask(actor, arguments.text, arguments.thread), quiet=arguments.json)
        return finish(answer, arguments.json)
