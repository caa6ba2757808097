"""F01—F09: paper, margins, lines, fonts, numbers of headings and pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from evals.formats import Break, Make
from evals.formats.places import headings, prose, rewrite, some, title


def _upright(document: Any) -> list[Any]:
    return [item for item in document.sections if item.page_height > item.page_width]


def _paper(width: float, height: float, which: int | None = None) -> Make:
    def make(document: Any, rng: Random) -> bool:
        found = _upright(document)
        for section in found if which is None else found[which:][:1]:
            section.page_width, section.page_height = Mm(width), Mm(height)
        return bool(found)

    return make


def _margin(side: str, size: float) -> Make:
    def make(document: Any, rng: Random) -> bool:
        for section in _upright(document)[-1:]:
            setattr(section, side, Mm(size))
        return True

    return make


def _grid(pitch: int | None) -> Make:
    """Another pitch or none, and lines that follow it."""

    def make(document: Any, rng: Random) -> bool:
        for section in _upright(document):
            grid = section._sectPr.find(qn("w:docGrid"))
            if grid is not None and pitch is None:
                section._sectPr.remove(grid)
            elif grid is not None:
                grid.set(qn("w:linePitch"), str(pitch))
        for item in prose(document):
            item.paragraph_format.line_spacing = 1.0
        return True

    return make


def _spacing(value: Any) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = some(prose(document), rng)
        if item is not None:
            item.paragraph_format.line_spacing = value
        return item is not None

    return make


def east(run: Any, font: str) -> None:
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


Pick = Callable[[Any, Random], Any]


def _title(document: Any, rng: Random) -> Any:
    return title(document)


def _prose(document: Any, rng: Random) -> Any:
    return some(prose(document), rng)


def _first(document: Any, rng: Random) -> Any:
    return some(headings(document, 1), rng)


def _second(document: Any, rng: Random) -> Any:
    return some(headings(document, 2), rng)


def _runs(paragraph: Any) -> list[Any]:
    found = [run for part in paragraph.iter_inner_content() for run in (part.runs if hasattr(part, "runs") else [part])]
    return [run for run in found if re.search(r"[一-鿿]", run.text)]


def _font(pick: Pick, font: str, *, one: bool = False) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = pick(document, rng)
        runs = _runs(item) if item is not None else []
        for run in [rng.choice(runs)] if one and runs else runs:
            east(run, font)
        return bool(runs)

    return make


def _size(pick: Pick, points: float) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = pick(document, rng)
        for run in _runs(item) if item is not None else []:
            run.font.size = Pt(points)
        return item is not None and bool(_runs(item))

    return make


def _align(pick: Pick, align: Any) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = pick(document, rng)
        if item is not None:
            item.alignment = align
        return item is not None

    return make


def _bold(document: Any, rng: Random) -> bool:
    for run in _runs(title(document)):
        run.bold = True
    return True


def _unindented(value: float) -> Make:
    def make(document: Any, rng: Random) -> bool:
        item = some(prose(document), rng)
        if item is None:
            return False
        ind = item._p.get_or_add_pPr().get_or_add_ind()
        ind.set(qn("w:firstLineChars"), "0")
        ind.set(qn("w:firstLine"), str(int(value)))
        return True

    return make


def _mark(level: int, pattern: str, new: str, least: int = 1) -> Make:
    """Rewrite the number of one heading; `least` keeps to headings that have so many before them."""

    def make(document: Any, rng: Random) -> bool:
        found = [item for item in headings(document, level) if re.search(pattern, item.text)][least - 1 :]
        item = some(found, rng)
        return item is not None and rewrite(item, pattern, new)

    return make


def _unnumbered(document: Any, rng: Random) -> bool:
    item = some([item for item in headings(document, 1) if (item.style.name or "").lower().startswith("heading")], rng)
    return item is not None and rewrite(item, r"^[一二三四五六七八九十]+、", "")


def _footers(document: Any) -> list[Any]:
    found = {}
    for section in document.sections:
        for footer in (section.footer, section.even_page_footer):
            if not footer.is_linked_to_previous and "PAGE" in "".join(footer._element.itertext(qn("w:instrText"))):
                found[id(footer._element)] = footer
    return list(found.values())


def _page(document: Any) -> list[Any]:
    return [
        p
        for footer in _footers(document)
        for p in footer.paragraphs
        if "PAGE" in "".join(p._p.itertext(qn("w:instrText")))
    ]


def _dashes(new: str) -> Make:
    def make(document: Any, rng: Random) -> bool:
        made = False
        for item in _page(document):
            for run in item.runs:
                if "—" in run.text:
                    run.text = run.text.replace("—", new)
                    made = True
        return made

    return make


def _no_field(document: Any, rng: Random) -> bool:
    for item in _page(document):
        for node in list(item._p):
            if node.tag != qn("w:pPr"):
                item._p.remove(node)
    return True


def _typed_number(document: Any, rng: Random) -> bool:
    _no = [item for item in _page(document)]
    _no_field(document, rng)
    for item in _no:
        item.add_run("— 3 —")
    return True


def _same_pages(document: Any, rng: Random) -> bool:
    document.settings.odd_and_even_pages_header_footer = False
    return True


def _page_align(document: Any, rng: Random) -> bool:
    for item in _page(document):
        item.alignment = ALIGN.LEFT
    return True


def _page_size(document: Any, rng: Random) -> bool:
    for item in _page(document):
        for run in item.runs:
            run.font.size = Pt(10.5)
    return True


BREAKS = [
    Break("F01", "信纸", _paper(216, 279)),
    Break("F01", "B5", _paper(176, 250)),
    Break("F01", "A3", _paper(297, 420)),
    Break("F01", "末节窄 5 毫米", _paper(205, 297, -1)),
    *(Break("F02", f"{side} {size}", _margin(side, size)) for side, size in (
        ("top_margin", 25.4), ("left_margin", 31.8), ("right_margin", 31.8), ("bottom_margin", 25.4), ("gutter", 10))),
    Break("F03", "没有行网格", _grid(None)),
    Break("F03", "行网格 15.6 磅", _grid(312)),
    Break("F03", "一段 1.5 倍行距", _spacing(1.5)),
    Break("F03", "一段固定 20 磅", _spacing(Pt(20))),
    Break("F04", "标题黑体", _font(_title, "黑体")),
    Break("F04", "标题一部分宋体", _font(_title, "宋体", one=True)),
    Break("F04", "标题 18 磅", _size(_title, 18)),
    Break("F04", "标题左齐", _align(_title, ALIGN.LEFT)),
    Break("F04", "标题加粗", _bold),
    Break("F05", "一段宋体", _font(_prose, "宋体")),
    Break("F05", "一处微软雅黑", _font(_prose, "微软雅黑", one=True)),
    Break("F05", "一段小四", _size(_prose, 12)),
    Break("F05", "不缩进", _unindented(0)),
    Break("F05", "缩进一字", _unindented(320)),
    Break("F05", "左对齐", _align(_prose, ALIGN.LEFT)),
    Break("F06", "一级宋体", _font(_first, "宋体")),
    Break("F06", "一级楷体", _font(_first, "楷体_GB2312")),
    Break("F06", "二级黑体", _font(_second, "黑体")),
    Break("F06", "二级仿宋", _font(_second, "仿宋_GB2312")),
    Break("F06", "一级 15 磅", _size(_first, 15)),
    Break("F07", "一级跳号", _mark(1, r"^[二三]、", "六、")),
    Break("F07", "二级跳号", _mark(2, r"^（二）", "（四）")),
    Break("F07", "一级重号", _mark(1, r"^二、", "一、")),
    Break("F07", "二级不从一起", _mark(2, r"^（一）", "（二）")),
    Break("F07", "标题没有序号", _unnumbered),
    Break("F08", "一级用点", _mark(1, r"^([一二三四五六七八九十]+)、", r"\1.")),
    Break("F08", "一级用逗号", _mark(1, r"^([一二三四五六七八九十]+)、", r"\1，")),
    Break("F08", "括号后加顿号", _mark(2, r"^（([一二三四五六七八九十]+)）", r"（\1）、")),
    Break("F08", "半角括号", _mark(2, r"^（([一二三四五六七八九十]+)）", r"(\1)")),
    Break("F08", "第一、", _mark(1, r"^([一二三四五六七八九十]+)、", r"第\1、")),
    Break("F09", "连字符", _dashes("-")),
    Break("F09", "没有线", _dashes("")),
    Break("F09", "没有页码域", _no_field),
    Break("F09", "手写的页码", _typed_number),
    Break("F09", "奇偶页不分", _same_pages),
    Break("F09", "都居左", _page_align),
    Break("F09", "五号", _page_size),
]  # fmt: skip
