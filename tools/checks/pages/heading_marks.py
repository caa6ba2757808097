"""F08 层次序号标点: 一、 （一） 1. （1）, and nothing after a bracket."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.anatomy import WRONG_MARKS, body_lines
from tools.checks.context import Context
from tools.checks.mending.letters import substituting
from tools.checks.pages import form_check
from tools.checks.reading import Pages

_NUMBER = re.compile(r"[一二三四五六七八九十]+|\d+")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for line in body_lines(pages):
        if WRONG_MARKS.match(line.text):
            mend = substituting((line.node,) if line.node is not None else (), WRONG_MARKS, _right)
            text = f"层次序号标点有误：{line.text[:8]}"
            yield Hit(line.place, text, "用“一、”“（一）”“1.”“（1）”，括号后不加顿号。", mend=mend)


def _right(match: re.Match[str]) -> str:
    number = _NUMBER.search(match[0])
    value = number[0] if number else ""
    bracketed = match[0].startswith(("（", "("))
    if bracketed:
        return f"（{value}）"
    if match[0].endswith((")", "）")) and value.isdigit():
        return f"（{value}）"
    return f"{value}." if value.isdigit() else f"{value}、"


CHECK = form_check("F08", _run)
