"""`gma check FILE [--report ID] [--pack P] [--fix OUT]`: the numeral gate and the format check on a document."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadRequest
from ui.cli.output import emit

if TYPE_CHECKING:
    from core.domain.report import CheckResult, ReportContent
    from tools.checks.mending import Mended

LEVELS = {"error": "错误", "warn": "提示"}


def check(arguments: argparse.Namespace) -> int:
    """0 when nothing of level error was found (with `--fix`: in the mended file), 1 otherwise."""
    from tools.checks import check_pages, open_file
    from tools.checks.context import context_of

    path = Path(arguments.file)
    if not path.is_file():
        raise BadRequest(f"没有文件「{arguments.file}」。", "请核对路径。")
    content, labels = _report(arguments)
    pages = open_file(path, content, arguments.pack)
    results = check_pages(pages, context_of(content, labels) if content else None)
    body = _body(path, pages.pack.label, results)
    body["report"] = arguments.report
    mended = _fixed(arguments, path, content, pages.pack.id)
    if mended is not None:
        body["fixed"] = {"file": str(mended.path), "mended": mended.mended} | _found(mended.results)
    judged = mended.results if mended else results
    if arguments.json:
        emit(body)
    else:
        _print(results, body)
        if mended is not None:
            print(f"已修正 {sum(mended.mended.values())} 处，写入 {mended.path}；数字没有改动。修正后：")
            _print(mended.results, body["fixed"])
    return 1 if any(not item.passed and item.level == "error" for item in judged) else 0


def _report(arguments: argparse.Namespace) -> tuple[ReportContent | None, dict[str, str] | None]:
    if not arguments.report:
        return None, None
    from ui.cli.session import open_runner

    with open_runner() as runner:
        content = runner.report(runner.actor(arguments.user), arguments.report).content
        return content, runner.labels(arguments.report)


def _fixed(arguments: argparse.Namespace, path: Path, content: ReportContent | None, pack: str) -> Mended | None:
    if not arguments.fix:
        return None
    from tools.checks.mending import fix_file

    return fix_file(path, Path(arguments.fix), content, pack)


def _body(path: Path, pack: str, results: Sequence[CheckResult]) -> dict[str, Any]:
    failed = any(not item.passed and item.level == "error" for item in results)
    return {
        "status": "failed" if failed else "ok",
        "file": str(path),
        "rules": len({result.rule for result in results}),
        "pack": pack,
    } | _found(results)


def _found(results: Sequence[CheckResult]) -> dict[str, Any]:
    from tools.checks.standardization import standardization

    rate = standardization(results)
    shown = ("rule", "label", "level", "place", "text", "fix", "fixable")
    return {
        "standardization": None if rate is None else float(rate),
        "findings": [{name: getattr(item, name) for name in shown} for item in results if not item.passed],
    }


def _print(results: Sequence[CheckResult], body: dict[str, Any]) -> None:
    bad = [result for result in results if not result.passed]
    for item in bad:
        mark = "（可一键修正）" if item.fixable else ""
        print(f"［{LEVELS[item.level]}］{item.rule} {item.label}　{item.place}\n    {item.text}\n    {item.fix}{mark}")
    errors = sum(item.level == "error" for item in bad)
    rate = "" if body["standardization"] is None else f"标准化率 {body['standardization']:.1f}%。"
    pack = f"按《{body['pack']}》" if "pack" in body else ""
    rules = len({result.rule for result in results})
    print(f"{pack}检查 {rules} 条规则，发现 {errors} 处错误、{len(bad) - errors} 处提示。{rate}")
