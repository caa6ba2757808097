"""`gma waive | comment | resolve | diff | verify`: what stands beside the decision, and the proof of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from core.errors import BadRequest
from ui.cli.output import emit
from ui.cli.session import open_runner


def waive(arguments: argparse.Namespace) -> int:
    from agent.review import waive_finding

    with open_runner() as runner:
        actor = runner.actor(arguments.user)
        done = waive_finding(runner, actor, arguments.id, arguments.digest, arguments.finding, arguments.reason)
    body = {"status": "waived", "report": arguments.id, "waiver": done.model_dump(mode="json")}
    return _show(body, f"已豁免第 {done.version} 版的发现 {done.finding}：{done.reason}", arguments.json)


def comment(arguments: argparse.Namespace) -> int:
    from agent.review import comment_on

    with open_runner() as runner:
        made = comment_on(runner, runner.actor(arguments.user), arguments.id, arguments.text, arguments.section)
    body = {"status": "commented", "report": arguments.id, "comment": made.model_dump(mode="json")}
    return _show(body, f"已批注（{made.id}）", arguments.json)


def resolve(arguments: argparse.Namespace) -> int:
    from agent.review import settle_comment

    with open_runner() as runner:
        actor = runner.actor(arguments.user)
        made = settle_comment(runner, actor, arguments.id, arguments.remark, arguments.answer)
    body = {"status": "resolved", "report": arguments.id, "comment": made.model_dump(mode="json")}
    return _show(body, f"批注 {made.id} 已办结", arguments.json)


def diff(arguments: argparse.Namespace) -> int:
    from agent.review import compare

    with open_runner() as runner:
        body = compare(runner, runner.actor(arguments.user), arguments.id, arguments.first, arguments.second)
    if arguments.json:
        emit({"status": "ok", **body})
        return 0
    print(f"{arguments.id} 第 {arguments.first} 版 → 第 {arguments.second} 版")
    for item in body["texts"]:
        print(f"\n{item['heading']}")
        print("".join(f"  {mark} {item[side]}\n" for mark, side in (("-", "old"), ("+", "new")) if item[side]), end="")
    for item in body["facts"]:
        print(f"\n{item['id']} {item['name']}：{_side(item['old'])} → {_side(item['new'])}")
    print(f"\n文字 {len(body['texts'])} 处，事实 {len(body['facts'])} 项。")
    return 0


def verify(arguments: argparse.Namespace) -> int:
    from core.evidence import read_pack
    from core.evidence import verify as examine

    pack = read_pack(Path(arguments.pack))
    files = [Path(name) for name in arguments.file]
    missing = next((path for path in files if not path.is_file()), None)
    if missing is not None:
        raise BadRequest(f"没有文件「{missing}」。", "请核对 --file 的路径。")
    found = examine(pack, files, head=arguments.head)
    bad = [item for item in found if not item.good]
    body = {
        "status": "ok" if not bad else "failed",
        "pack": arguments.pack,
        "report": found[0].report,
        "checks": [{"id": item.id, "label": item.label, "good": item.good, "text": item.text} for item in found],
    }
    if arguments.json:
        emit(body)
    else:
        for item in found:
            print(f"{'✓' if item.good else '✗'} {item.label}：{item.text}")
        print("证据包完整，与所附文件一致。" if not bad else f"有 {len(bad)} 项不符，证据包或文件被改动过。")
    return 1 if bad else 0


def _side(value: dict[str, Any] | None) -> str:
    return "（无）" if value is None else value["text"] or value["status"]


def _show(body: dict[str, Any], text: str, as_json: bool) -> int:
    if as_json:
        emit(body)
    else:
        print(text)
    return 0
