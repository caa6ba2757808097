"""`gma evals ask | run | compare | harvest`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core.errors import BadRequest
from core.settings import Settings
from ui.cli.output import answer_body, emit, say
from ui.cli.session import open_runner


def evals(arguments: argparse.Namespace) -> int:
    return {"ask": _ask, "run": _run, "compare": _compare, "harvest": _harvest}[arguments.action](arguments)


def _ask(arguments: argparse.Namespace) -> int:
    """Answer every conversation of the file; the output is complete line by line as it grows."""
    from evals.conversations import conversations, run

    if not arguments.file or not arguments.out:
        raise BadRequest("成批提问要有 --file 和 --out。", "例如 gma evals ask --file 问题.jsonl --out 回答.jsonl。")
    source = _file(arguments.file)
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


def _run(arguments: argparse.Namespace) -> int:
    """Sit the exam, store the run, print the table; 1 when a gate is missed."""
    from evals.exam import sit, sitting
    from evals.gates import judge
    from evals.record import new_run, stamp, store

    settings = Settings()
    options: dict[str, Any] = {"sample": arguments.sample, "whole": arguments.whole, "say": say}
    if arguments.file:
        options["file"] = _file(arguments.file).resolve()
    if arguments.sheets:
        options["sheets"] = _sheets(arguments.sheets)
    body: dict[str, Any] = {**new_run(), **stamp(settings), "sample": arguments.sample, "whole": arguments.whole}
    with sitting(settings, **options) as exam:
        body["suites"] = sit(exam, arguments.suite or [])
    body["gates"] = judge(body["suites"])
    body["passed"] = all(gate["met"] for gate in body["gates"])
    path = store(settings, body)
    if arguments.json:
        emit({"status": "ok" if body["passed"] else "failed", "file": str(path), **body})
    else:
        print(_report(body))
        print(f"\n记录：{path}")
    return 0 if body["passed"] else 1


def _compare(arguments: argparse.Namespace) -> int:
    from evals.comparison import compare, table
    from evals.record import load

    if len(arguments.runs) != 2:
        raise BadRequest("比较要两份考核记录。", "例如 gma evals compare 20261101-090000-ab12 latest。")
    settings = Settings()
    found = compare(*(load(settings, run) for run in arguments.runs))
    if arguments.json:
        emit({"status": "ok", **found})
    else:
        print(table(found))
    return 0


def _harvest(arguments: argparse.Namespace) -> int:
    from evals.harvest import harvest

    out = Path(arguments.out) if arguments.out else Settings().home / "evals" / "harvested.yaml"
    with open_runner() as runner:
        cases = harvest(runner.store, out)
    if arguments.json:
        emit({"status": "ok", "cases": cases, "out": str(out)})
    else:
        print(f"从审核人的修改和退回中得到 {len(cases)} 道新题：{out}")
    return 0


def _file(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise BadRequest(f"没有文件「{name}」。", "请核对 --file 的路径。")
    return path


def _sheets(name: str) -> Path:
    from evals.exports.boxes import measurable

    if not measurable():
        raise BadRequest(
            "没有安装 poppler，画不出页面缩略图。", "安装 poppler-utils 后再用 --sheets，或不写 --sheets。"
        )
    return Path(name).resolve()


def _report(body: dict[str, Any]) -> str:
    lines = ["| 考卷 | 题数 | 答对 | 答对率（%） | 用时（秒） | 词元 |", "| --- | --- | --- | --- | --- | --- |"]
    for suite in body["suites"].values():
        if suite["skipped"]:
            lines.append(f"| {suite['label']} | 未考：{suite['skipped']} | | | | |")
            continue
        lines.append(
            f"| {suite['label']} | {suite['cases']} | {suite['right']} | {suite['rate']:g} | "
            f"{suite['wall_seconds']:g} | {suite['tokens']} |"
        )
    wrong = [score for suite in body["suites"].values() for score in suite["scores"] if score["wrong"]]
    if wrong:
        lines += ["", "答错的题："] + [f"- {item['case']}「{item['asked']}」：{item['wrong']}" for item in wrong[:20]]
        lines += [f"- ……共 {len(wrong)} 道"] if len(wrong) > 20 else []
    lines += ["", "门槛："]
    for gate in body["gates"]:
        bound = f"≥ {gate['at_least']}" if "at_least" in gate else f"≤ {gate['at_most']}"
        lines.append(f"- {'达到' if gate['met'] else '未达到'}：{gate['label']} {gate['value']}（要求 {bound}）")
    return "\n".join(lines)
