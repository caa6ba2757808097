"""F09 页码: a field between one-character dashes, 4号 宋体, at the outer edge of odd and even pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.mending.footers import renumber
from tools.checks.pages import form_check
from tools.checks.reading import Foot, Pages

_SHOWN = re.compile(r"— ?\d* ?—")
_SIDES = {"default": "right", "even": "left", "first": ""}


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = pages.pack.page
    mend = _mend(pages)
    paged = [foot for foot in pages.feet if foot.field >= 0 and foot.kind != "first"]
    if not pages.footer_fields or (pages.feet and not paged):
        yield Hit("页脚", "没有页码", "页脚插入页码域，左右各一字线，如“— 1 —”。", mend=mend)
        return
    for foot in paged:
        yield from _foot(foot, pages, mend)
    if "center" not in rules.page_number_aligns or _sides(paged) == {"right", "left"}:
        if not pages.odd_even:
            yield Hit("页脚", "奇偶页页码没有分设", "单页居右空一字，双页居左空一字。", mend=mend)
        elif {foot.kind for foot in paged} < {"default", "even"}:
            yield Hit("页脚", "奇数页或偶数页没有页码", "单页居右空一字，双页居左空一字。", mend=mend)


def _foot(foot: Foot, pages: Pages, mend: Callable[[], None] | None) -> Iterator[Hit]:
    rules, line = pages.pack.page, foot.lines[foot.field]
    place = "偶数页页脚" if foot.kind == "even" else "页脚"
    if not _SHOWN.fullmatch(line.text.strip()):
        yield Hit(
            place,
            f"页码写作「{line.text.strip()[:12]}」，不是左右各一字线",
            "写作“— 1 —”，用一字线（—），不用连字符。",
            mend=mend,
        )
    looks = [run.look for run in line.runs if run.text.strip()] or [line.look]
    size = next((look.size for look in looks if look.size != rules.page_number_size), None)
    if size is not None:
        yield Hit(place, f"页码字号 {size / 2:g} 磅", "改为 4 号（14 磅）。", mend=mend)
    font = next((look.latin for look in looks if look.latin not in rules.page_number_fonts), None)
    if font is not None:
        yield Hit(place, f"页码字体「{font or '未指定'}」", "改为半角宋体数字。", "warn", mend=mend)
    allowed = {_SIDES[foot.kind] if side == "outer" else side for side in rules.page_number_aligns}
    side = line.look.align or "left"
    if side not in allowed:
        yield Hit(place, "页码位置不在版心外侧", "单页居右空一字，双页居左空一字。", mend=mend)


def _sides(feet: list[Foot]) -> set[str]:
    return {foot.lines[foot.field].look.align or "left" for foot in feet}


def _mend(pages: Pages) -> Callable[[], None] | None:
    if pages.document is None:
        return None
    return lambda: renumber(pages.document, pages.pack.page)


CHECK = form_check("F09", _run)
