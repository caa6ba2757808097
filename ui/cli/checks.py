"""`gma check FILE [--report ID]`: the numeral gate and the format check on a document."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.errors import BadRequest
from ui.cli.output import emit


def check(arguments: argparse.Namespace) -> int:
    """0 when nothing of level error was found, 1 otherwise."""
    from tools.checks import check_file

    path = Path(arguments.file)
    if not path.is_file():
        raise BadRequest(f"没有文件「{arguments.file}」。", "请核对路径。")
    content, labels = None, None
    if arguments.report:
        from ui.cli.session import open_runner

        with open_runner() as runner:
            content = runner.report(runner.actor(arguments.user), arguments.report).content
            labels = runner.labels(arguments.report)
    results = check_file(path, content, labels)
    bad = [result for result in results if not result.passed]
    errors = [result for result in bad if result.level == "error"]
    if arguments.json:
        body = {
            "status": "ok" if not errors else "failed",
            "file": str(path),
            "report": arguments.report,
            "rules": len({result.rule for result in results}),
            "findings": [
                {"rule": r.rule, "label": r.label, "level": r.level, "place": r.place, "text": r.text, "fix": r.fix}
                for r in bad
            ],
        }
        emit(body)
    else:
        for result in bad:
            print(
                f"［{result.level}］{result.rule} {result.label}　{result.place}\n    {result.text}\n    {result.fix}"
            )
        rules = len({result.rule for result in results})
        print(f"检查 {rules} 条规则，发现 {len(errors)} 处错误、{len(bad) - len(errors)} 处提示。")
    return 1 if errors else 0
