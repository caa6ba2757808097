"""F05 正文: font and size of every run with Chinese, first-line indent, alignment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tools.checks import Hit
from tools.checks.anatomy import prose
from tools.checks.context import Context
from tools.checks.mending.looks import block, letter
from tools.checks.pages import form_check
from tools.checks.reading import Line, Pages

_CHINESE = re.compile(r"[一-鿿]")
_FIX = "正文用 3 号仿宋_GB2312，首行缩进两字，两端对齐。"
LEAD = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}|（[一二三四五六七八九十]{1,3}）|\d{1,2}[.．]).{0,30}?[。：]|^[一二三四五六七八九十]是.{0,30}?[。：，]"
)
"""The lead of a paragraph may stand in the font of a heading."""


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = pages.pack.page
    low, high = rules.indent
    leads = {font for fonts in rules.heading_fonts.values() for font in fonts}
    for line in prose(pages):
        wrong = []
        at = 0
        lead = LEAD.match(line.text)
        for run in line.runs:
            allowed = (*rules.body_fonts, *leads) if lead and at + len(run.text) <= lead.end() else rules.body_fonts
            at += len(run.text)
            if _CHINESE.search(run.text) and run.look.font not in allowed:
                wrong.append(f"字体「{run.look.font or '未指定'}」")
            if run.text.strip() and not run.look.raised and run.look.size != rules.body_size:
                wrong.append(f"字号 {run.look.size / 2:g} 磅")
        if not low <= line.look.indent_chars <= high:
            wrong.append("首行没有缩进两字")
        if line.look.align not in {"both", "distribute", ""}:
            wrong.append("没有两端对齐")
        if wrong:
            mend = _mend(line, rules.body_fonts, rules.body_size)
            yield Hit(line.place, "、".join(dict.fromkeys(wrong)), _FIX, mend=mend)


def _mend(line: Line, fonts: tuple[str, ...], size: int) -> Callable[[], None] | None:
    if line.node is None:
        return None

    def mend() -> None:
        for run in line.runs:
            if not run.look.raised:
                letter(run.node, east="" if run.look.font in fonts else fonts[0], size=size)
        block(line.node, align="both", indent=200)

    return mend


CHECK = form_check("F05", _run)
