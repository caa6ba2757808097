"""F04 标题: font, size, centred, not bold, in every run of every line of it."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.anatomy import title_lines
from tools.checks.context import Context
from tools.checks.mending.looks import block, each, lettering
from tools.checks.pages import form_check
from tools.checks.reading import Pages


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules, lines = pages.pack.page, title_lines(pages)
    if not lines:
        yield Hit("全文", "没有标题", "补写标题。")
    for line in lines:
        looks = [run.look for run in line.runs if run.text.strip()] or [line.look]
        fonts = [look.font for look in looks if look.font not in rules.title_fonts]
        sizes = [look.size for look in looks if look.size != rules.title_size]
        if fonts:
            mend = lettering(line, east=rules.title_fonts[0])
            yield Hit(line.place, f"标题字体为「{fonts[0] or '未指定'}」", f"改为{rules.title_fonts[0]}。", mend=mend)
        if sizes:
            mend = lettering(line, size=rules.title_size)
            yield Hit(line.place, f"标题字号 {sizes[0] / 2:g} 磅", "改为 2 号（22 磅）。", mend=mend)
        if line.look.align != "center":
            mend = each([line.node], lambda node: block(node, align="center", indent=0))
            yield Hit(line.place, "标题没有居中", "改为居中。", mend=mend)
        if any(look.bold for look in looks):
            yield Hit(line.place, "标题加粗", "小标宋体不加粗。", "warn", mend=lettering(line, bold=False))


CHECK = form_check("F04", _run)
