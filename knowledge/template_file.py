"""A template file as an office worker saved it: its encoding, its YAML, and the slips of a Chinese keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from core.errors import BadRequest

_KEY = r"[A-Za-z_]\w*"
_SLIPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^ *\t"), "开头用了制表符，缩进要用空格"),
    (re.compile(rf"^\s*(?:- )*{_KEY}\s*："), "用了全角冒号“：”，要写半角冒号加一个空格“: ”"),
    (re.compile(rf"[{{,，]\s*{_KEY}\s*："), "花括号里用了全角冒号“：”，要写半角冒号加一个空格“: ”"),
    (re.compile(rf"[{{][^\"'“”]*，\s*{_KEY}\s*[:：]"), "花括号里用了全角逗号“，”，要写半角逗号“, ”"),
    (re.compile(rf"^\s*(?:- )*{_KEY}:\s*{{{{"), "以“{{”开头，整句要放在英文引号里"),
    (re.compile(rf"^\s*(?:- )*{_KEY}:\S"), "冒号后面缺一个空格"),
)
"""What a line looks like when it was typed with the wrong key, and what to do; the first that fits is told."""


class _Strict(yaml.SafeLoader):
    """YAML in which a key that stands twice is a mistake: the first one would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"「{key.value}」写了两次", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def text_of(path: Path) -> str:
    """The text of a file; raises BadRequest when it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest(
            f"{path.name}：文件不是 UTF-8 编码（记事本旧版本和 WPS 常存成 GBK）。",
            "请在编辑器里选“另存为”，编码选 UTF-8，再试一次。",
        ) from error


def parsed(name: str, text: str) -> Any:
    """What a YAML text says; raises BadRequest that quotes the line and says what is wrong with it."""
    try:
        return yaml.load(text, Loader=_Strict)
    except yaml.YAMLError as error:
        said = "；".join(slips(text))
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", ""))
        twice = "写了两次" in problem
        if said and not twice:
            raise BadRequest(f"{name}：{said}。", "改好后用 gma template check 文件 再查一遍。") from error
        if twice and mark:
            raise BadRequest(
                f"{name}：第 {mark.line + 1} 行的{problem}。", "同一层里一个词只能写一次，请合并或改名。"
            ) from error
        where = ""
        if mark:
            line = (text.splitlines() or [""])[min(mark.line, len(text.splitlines()) - 1)].strip()
            where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列附近（“{line[:40]}”，也可能是上一行）"
        raise BadRequest(
            f"{name}：{where}不是正确的 YAML。",
            "请检查缩进（同一层左对齐，用空格）、半角冒号后的空格和成对的引号、括号。",
        ) from error


def slips(text: str) -> Iterator[str]:
    """Each line that was typed with the wrong key, as a sentence; at most five."""
    found = 0
    for number, line in enumerate(text.splitlines(), 1):
        told = next((said for shape, said in _SLIPS if shape.search(line)), "")
        if told and not line.lstrip().startswith("#"):
            yield f"第 {number} 行（“{line.strip()[:30]}”）{told}"
            found += 1
        if found == 5:
            return
