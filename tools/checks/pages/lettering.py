"""字体 F04—F06: title, body and headings (GB/T 9704—2012)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.standards import page_rules
from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.reading import Line, Pages

HEADINGS = {1: re.compile(r"^[一二三四五六七八九十]{1,3}、"), 2: re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")}


def level(line: Line) -> int:
    """1 or 2 for a typed heading, else 0; a long sentence that begins with a number is prose."""
    if len(line.text) > 40 or line.text.endswith(("。", "；")):
        return 0
    return next((at for at, pattern in HEADINGS.items() if pattern.match(line.text)), 0)


def title_of(pages: Pages) -> Line | None:
    """The report's title: the first line in the Title style, else the first with text."""
    lines = [line for line in pages.body() if line.text.strip()]
    return next((line for line in lines if line.style == "Title"), lines[0] if lines else None)


def prose(pages: Pages) -> list[Line]:
    """Sentences of the body: long enough, no heading, no caption."""
    found = [
        line
        for line in pages.body()
        if len(line.text) >= 20 and not level(line) and not re.match(r"^[表图]\d", line.text)
    ]
    title = title_of(pages)
    return [
        line for line in found if line.style not in {"Title", "Note", "Source", "Unit", "Imprint"} and line is not title
    ]


def _title(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules, line = page_rules(), title_of(pages)
    if line is None:
        yield Hit("全文", "没有标题", "补写标题。")
        return
    if line.look.font not in rules.title_fonts:
        yield Hit(line.place, f"标题字体为「{line.look.font or '未指定'}」", f"改为{rules.title_fonts[0]}。")
    if line.look.size != rules.title_size:
        yield Hit(line.place, f"标题字号 {line.look.size / 2:g} 磅", "改为 2 号（22 磅）。")
    if line.look.align != "center":
        yield Hit(line.place, "标题没有居中", "改为居中。")
    if line.look.bold:
        yield Hit(line.place, "标题加粗", "小标宋体不加粗。", "warn")


def _body(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = page_rules()
    for line in prose(pages):
        wrong = []
        if line.look.font not in rules.body_fonts:
            wrong.append(f"字体「{line.look.font or '未指定'}」")
        if line.look.size != rules.body_size:
            wrong.append(f"字号 {line.look.size / 2:g} 磅")
        if line.look.indent_chars != 200 and not line.text.startswith(("　　", "附件")):
            wrong.append("首行没有缩进两字")
        if line.look.align not in {"both", ""}:
            wrong.append("没有两端对齐")
        if wrong:
            yield Hit(line.place, "、".join(wrong), "正文用 3 号仿宋_GB2312，首行缩进两字，两端对齐。")


def _headings(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = page_rules()
    for line in pages.body():
        at = level(line)
        if at and line.look.font not in rules.heading_fonts[at]:
            yield Hit(
                line.place,
                f"{'一二'[at - 1]}级标题字体「{line.look.font or '未指定'}」",
                f"改为{rules.heading_fonts[at][0]}。",
            )


CHECKS = (
    PageCheck("F04", "标题字体字号", _title),
    PageCheck("F05", "正文字体与缩进", _body),
    PageCheck("F06", "层次标题字体", _headings),
)
