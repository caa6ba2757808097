"""Readers: each file turns one format into `Pages`; it exports `SUFFIX` and `read`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

from core.errors import BadRequest
from tools.checks.admission import admit
from tools.checks.reading import Pages


def read_file(path: Path) -> Pages:
    """Read a file back; raises BadRequest for a format that no reader knows, a damaged or a dangerous file."""
    reader = readers().get(path.suffix.lower())
    if reader is None:
        known = "、".join(suffix.removeprefix(".") for suffix in readers())
        raise BadRequest(f"暂不能校验「{path.suffix or path.name}」文件。", f"请提供 {known} 文件。")
    admit(path)
    return reader(path)


@cache
def readers() -> dict[str, Callable[[Path], Pages]]:
    """Every reader by the suffix of its files."""
    found: dict[str, Callable[[Path], Pages]] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        if hasattr(module, "SUFFIX"):
            found[module.SUFFIX] = module.read
    return found
