"""Prompts (提示词): Markdown files of `prompts/` with front matter, rendered strictly; each has its hash."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import Broken

_VARIABLE = re.compile(r"<<(\w+)>>")
HOME = Path(__file__).parents[1] / "prompts"


@dataclass(frozen=True)
class Prompt:
    """One prompt: `inputs` are exactly the variables that `render` takes; `sha256` is of the whole file."""

    id: str
    version: str
    inputs: tuple[str, ...]
    body: str
    sha256: str

    def render(self, **values: Any) -> str:
        """The text with every variable filled. Raises Broken for a missing, an unknown or an undeclared variable."""
        missing = sorted(set(self.inputs) - set(values))
        extra = sorted(set(values) - set(self.inputs))
        if missing or extra:
            raise Broken(
                f"提示词 {self.id} 的变量不符：缺 {missing or '无'}，多 {extra or '无'}", "请核对 prompts/ 的 inputs"
            )
        undeclared = sorted(set(_VARIABLE.findall(self.body)) - set(self.inputs))
        if undeclared:
            raise Broken(f"提示词 {self.id} 用了没有声明的变量：{undeclared}", "请在 inputs 中声明它")
        return _VARIABLE.sub(lambda match: str(values[match.group(1)]), self.body).strip()


@cache
def prompt(name: str) -> Prompt:
    """The prompt of `prompts/<name>.md`."""
    return load(HOME / f"{name}.md")


def load(path: Path) -> Prompt:
    """Read one prompt file; raises Broken when it is missing or its front matter is incomplete."""
    import yaml

    if not path.is_file():
        raise Broken(f"没有提示词文件 {path.name}", "请检查 prompts/ 目录是否完整")
    raw = path.read_text(encoding="utf-8")
    _, marker, rest = raw.partition("---\n")
    head, closing, body = rest.partition("\n---\n")
    front = yaml.safe_load(head) if marker and closing and raw.startswith("---\n") else None
    if not isinstance(front, dict) or not {"id", "version", "inputs"} <= set(front):
        raise Broken(f"提示词 {path.name} 的抬头应有 id、version、inputs", "请补全文件开头 --- 之间的内容")
    if front["id"] != path.stem:
        raise Broken(f"提示词 {path.name} 的 id「{front['id']}」与文件名不同", "请改成一致")
    digest = hashlib.sha256(raw.encode()).hexdigest()
    return Prompt(str(front["id"]), str(front["version"]), tuple(front["inputs"]), body, digest)
