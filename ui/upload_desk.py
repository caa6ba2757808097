"""Files that people put into the chat: checked at once, mended on a click; the file itself is never changed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import chainlit as cl
from chainlit.data import get_data_layer

from agent.runner import Runner
from core.domain.actor import Actor
from core.domain.report import CheckResult
from core.errors import BadRequest, GmaError, NotFound
from ui.chat_files import ChatFiles
from ui.desk import desk
from ui.turn_view import say
from ui.views.format_findings import fixable, listing, summary

FIX = "一键修正"
_CHECK_WORDS = re.compile(r"格式|校验|检查|修正|核对|看看|标准化率|规范")


def only_check(text: str) -> bool:
    """Whether the words beside a file ask for nothing but its check."""
    return not text or (len(text) <= 40 and bool(_CHECK_WORDS.search(text)))


async def show_check(files: Sequence[Any]) -> None:
    """Check each file of a message; the findings, and an offer where a program can mend some."""
    for item in files:
        name, path = str(item.name), Path(str(item.path or ""))
        try:
            pack, results = await desk().call(partial(judge, desk().runner, path, name))
        except GmaError as error:
            await say(str(error))
            continue
        count = fixable(results)
        offer = [cl.Action(name=FIX, label=f"{FIX}（{count} 处）", payload={"file": item.id})] if count else []
        await say(f"{summary(name, pack, results)}\n\n{listing(results)}".strip(), actions=offer)


def judge(runner: Runner, path: Path, name: str) -> tuple[str, list[CheckResult]]:
    """The label of the rule pack and every result; the names of units are those that the sources know."""
    from tools.checks import check_pages, open_file
    from tools.sources.units import all_units

    with tempfile.TemporaryDirectory() as folder:
        # the stored name may have lost the suffix by which a reader is chosen
        copy = Path(folder) / _safe(name)
        copy.write_bytes(path.read_bytes())
        pages = open_file(copy)
    units = frozenset(unit.name for unit in all_units(runner.settings, runner.services.connections))
    return pages.pack.label, check_pages(replace(pages, units=units), None)


async def mend_upload(actor: Actor, element: str) -> None:
    """Send the mended copy of a file that this person uploaded in this conversation, and what is left to do by hand."""
    store: Any = get_data_layer()  # type: ignore[no-untyped-call]
    kept = await store.get_element(cl.context.session.thread_id, element) if store is not None else None
    files = ChatFiles(desk().settings.home / "files" / "chat")
    path = files.path(str((kept or {}).get("objectKey") or ""), actor.user) if kept else None
    if kept is None or path is None:
        raise NotFound("找不到这个文件，可能已被删除。", "请重新上传。")
    name = str(kept["name"])
    data, mended, results = await desk().call(lambda: _mended(path, name))
    stem = Path(name).stem
    told = f"已修正 {mended} 处，原文件没有改动，数字没有改动。"
    left = listing(results)
    told += f"还需人工处理：\n\n{left}" if left else "修正后再查，没有发现问题。"
    fixed = cl.File(name=f"{stem}（已修正）.docx", content=data, display="inline")
    await say(told, [fixed])


def _mended(path: Path, name: str) -> tuple[bytes, int, list[CheckResult]]:
    from tools.checks.mending import fix_file

    with tempfile.TemporaryDirectory() as folder:
        copy, out = Path(folder) / _safe(name), Path(folder) / "out" / "fixed.docx"
        copy.write_bytes(path.read_bytes())
        done = fix_file(copy, out)
        return out.read_bytes(), sum(done.mended.values()), list(done.results)


def _safe(name: str) -> str:
    """A file name without folders; refused when it has no suffix."""
    plain = re.sub(r"[\\/\x00]", "_", name)[-80:]
    if "." not in plain:
        raise BadRequest(f"「{plain}」没有扩展名，不知道是什么文件。", "请上传 docx、pdf 或 pptx。")
    return plain
