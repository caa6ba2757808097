"""`gma evals ask`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from core.errors import BadRequest
from ui.cli.output import answer_body, emit, say
from ui.cli.session import open_runner


def evals(arguments: argparse.Namespace) -> int:
    """Answer every conversation of the file; the output is complete line by line as it grows."""
    from evals.conversations import conversations, run

    source = Path(arguments.file)
    if not source.is_file():
        raise BadRequest(f"没有文件「{arguments.file}」。", "请核对 --file 的路径。")
    done = 0
    with open_runner() as runner, Path(arguments.out).open("w", encoding="utf-8") as out:
        for item in conversations(source):
            out.write(json.dumps(run(runner, item, answer_body), ensure_ascii=False, default=str) + "\n")
            out.flush()
            done += 1
            say(f"  {done} {item['id']}")
    if arguments.json:
        emit({"status": "ok", "conversations": done, "out": arguments.out})
    return 0
