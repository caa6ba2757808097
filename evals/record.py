"""Runs of the exam as files: `GMA_HOME/evals/<id>.json` holds one run with all that makes it comparable."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.clock import new_id, now
from core.errors import BadRequest, NotFound
from core.settings import Settings

ROOT = Path(__file__).parents[1]
_ROOMS = ("agent", "core", "knowledge", "tools")


def stamp(settings: Settings) -> dict[str, Any]:
    """What a run depends on: the llm, every prompt's hash, the package's version and the hash of what answers."""
    return {
        "llm": settings.llm_model or "default" if settings.llm_base_url else "rule",
        "prompts": {path.stem: _sha(path.read_bytes()) for path in sorted((ROOT / "prompts").glob("*.md"))},
        "version": _version(),
        "source": source_hash(),
    }


def _version() -> str:
    try:
        return version("grid-marketing-agent")
    except PackageNotFoundError:
        return "未安装（源码目录）"


def source_hash() -> str:
    """One hash over the code and the knowledge that answer: two runs with the same one examined the same product."""
    whole = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in {".py", ".yaml"}:
                whole.update(f"{path.relative_to(ROOT)}\0{_sha(path.read_bytes())}\n".encode())
    return whole.hexdigest()


def store(settings: Settings, body: Mapping[str, Any]) -> Path:
    """Write one run; it appears whole or not at all."""
    folder = settings.home / "evals"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{body['id']}.json"
    fresh = path.with_suffix(".part")
    fresh.write_text(json.dumps(body, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    os.replace(fresh, path)
    return path


def new_run() -> dict[str, str]:
    at = now()
    return {"id": f"{at:%Y%m%d-%H%M%S}-{new_id('x')[2:6]}", "at": at.isoformat(timespec="seconds")}


def load(settings: Settings, run: str) -> dict[str, Any]:
    """A run by id (or the start of one), or a file's path; `latest` is the newest."""
    folder = settings.home / "evals"
    known = sorted(path for path in folder.glob("*.json") if re.fullmatch(r"\d{8}-\d{6}-\w+", path.stem))
    if Path(run).is_file():
        chosen = [Path(run)]
    else:
        chosen = known[-1:] if run == "latest" else [path for path in known if path.stem.startswith(run)]
    if not chosen:
        listed = "、".join(path.stem for path in known[-5:]) or "还没有"
        raise NotFound(f"没有考核记录「{run}」。", f"最近的记录：{listed}。")
    if len(chosen) > 1:
        raise BadRequest(f"「{run}」对应 {len(chosen)} 份考核记录。", "请把编号写全。")
    data: dict[str, Any] = json.loads(chosen[0].read_text(encoding="utf-8"))
    return data


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
