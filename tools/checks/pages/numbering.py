"""编号 F07—F12: heading numbers in sequence, page numbers, captions of tables and figures and references to them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.pages.lettering import level
from tools.checks.reading import Pages
from tools.documents.numbering import heading_number

_WRONG = re.compile(r"^(?:[（(][一二三四五六七八九十]{1,3}[）)]、|\d+、|[（(]\d+[）)]、|第[一二三四五六七八九十]+、)")
_CAPTION = re.compile(r"^([表图])\s?(\d+)[\s　.．:：]*(.*)$")


def _sequence(pages: Pages, context: Context | None) -> Iterator[Hit]:
    counts = {1: 0, 2: 0}
    for line in pages.body():
        at = level(line)
        if not at:
            continue
        counts[at] += 1
        if at == 1:
            counts[2] = 0
        wanted = heading_number(at, counts[at])
        shown = line.text.replace("(", "（").replace(")", "）")
        if not shown.startswith(wanted):
            yield Hit(line.place, f"层次序号不连续：{line.text[:8]}", f"此处应为“{wanted}”。")
            number = re.match(r"[（]?([一二三四五六七八九十]+)", shown)
            counts[at] = _value(number[1]) if number else counts[at]


def _value(text: str) -> int:
    return next((at for at in range(1, 100) if heading_number(1, at) == f"{text}、"), 0)


def _punctuation(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for line in pages.body():
        if _WRONG.match(line.text):
            yield Hit(line.place, f"层次序号标点有误：{line.text[:8]}", "用“一、”“（一）”“1.”“（1）”，括号后不加顿号。")


def _page_number(pages: Pages, context: Context | None) -> Iterator[Hit]:
    if not pages.footer_fields:
        yield Hit("页脚", "没有页码", "页脚插入页码域，左右各一字线，如“— 1 —”。")
        return
    if not any(re.search(r"—\s*\d*\s*—", text) for text in pages.footers):
        yield Hit("页脚", "页码左右没有一字线", "写作“— 1 —”，用一字线（—），不用连字符。")
    if not pages.odd_even:
        yield Hit("页脚", "奇偶页页码没有分设", "单页居右空一字，双页居左空一字。")


def _tables(pages: Pages, context: Context | None) -> Iterator[Hit]:
    body = [grid for grid in pages.grids if grid.zone == "body"]
    for at, grid in enumerate(body, 1):
        match = _CAPTION.match(grid.caption)
        if match is None or not match[3].strip():
            yield Hit(f"第{at}个表", "表上方没有“表N　题名”", "补写表题。")
        elif match[2] != str(at):
            yield Hit(grid.caption, f"表号不连续，应为表{at}", f"改为表{at}。")
        if not grid.repeats_header:
            yield Hit(grid.caption or f"第{at}个表", "跨页时不重复表头", "把首行设为“重复标题行”。", "warn")
        if len({len(row) for row in grid.rows}) > 1:
            yield Hit(grid.caption or f"第{at}个表", "各行列数不一致", "补齐单元格。", "warn")
        if any(not cell.strip() for row in grid.rows[1:] for cell in row):
            yield Hit(grid.caption or f"第{at}个表", "有空白单元格", "缺数写“—”。", "warn")


def _figures(pages: Pages, context: Context | None) -> Iterator[Hit]:
    lines = pages.lines
    count = 0
    for at, line in enumerate(lines):
        if not line.picture or line.zone != "body":
            continue
        count += 1
        below = next((item for item in lines[at + 1 : at + 3] if item.text.strip()), None)
        match = _CAPTION.match(below.text) if below else None
        if match is None or match[1] != "图" or not match[3].strip():
            yield Hit(f"第{count}幅图", "图下方没有“图N　题名”", "补写图题。")
        elif match[2] != str(count):
            yield Hit(f"图{match[2]}", f"图号不连续，应为图{count}", f"改为图{count}。")
        if not line.alt:
            yield Hit(f"第{count}幅图", "没有替代文字", "补写一句图的内容说明。", "warn")


def _references(pages: Pages, context: Context | None) -> Iterator[Hit]:
    names = []
    prose = ""
    for line in pages.body():
        match = _CAPTION.match(line.text)
        if match and len(line.text) < 60 and not line.text.endswith("。"):
            names.append(f"{match[1]}{match[2]}")
        else:
            prose += line.text + "\n"
    for name in names:
        if not re.search(rf"{name[0]}\s?{name[1:]}(?!\d)", prose):
            yield Hit(name, "正文没有提到", f"在相应段落写“见{name}”。")


CHECKS = (
    PageCheck("F07", "层次序号连续", _sequence),
    PageCheck("F08", "层次序号标点", _punctuation),
    PageCheck("F09", "页码", _page_number),
    PageCheck("F10", "表题与表头", _tables),
    PageCheck("F11", "图题", _figures),
    PageCheck("F12", "表、图在正文中提到", _references),
)
