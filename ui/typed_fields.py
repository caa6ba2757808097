"""The fields of a typed command: `名称=值 名称=值`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.errors import BadRequest


def fields(text: str, names: Sequence[str], usage: str) -> dict[str, str]:
    """The values by name; raises BadRequest with the usage for text that belongs to no field."""
    parts = re.split(rf"({'|'.join(names)})\s*[=＝]\s*", text.strip())
    if parts[0].strip():
        raise BadRequest(f"「{parts[0].strip()[:20]}」不知道是哪一项。", usage)
    return {name: value.strip() for name, value in zip(parts[1::2], parts[2::2], strict=True)}


def need(given: dict[str, str], name: str, usage: str) -> str:
    """One value; raises BadRequest with the usage where it is missing."""
    if not given.get(name):
        raise BadRequest(f"缺少「{name}」。", usage)
    return given[name]
