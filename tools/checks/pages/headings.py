"""F06 层次标题: the font of each level, at the size of the body."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.anatomy import body_lines, heading_level, title_lines
from tools.checks.context import Context
from tools.checks.mending.looks import lettering
from tools.checks.pages import form_check
from tools.checks.reading import Pages


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = pages.pack.page
    titles = {line.number for line in title_lines(pages)}
    for line in body_lines(pages):
        at = heading_level(line)
        if not at or line.number in titles:
            continue
        fonts = rules.heading_fonts[at]
        looks = [run.look for run in line.runs if run.text.strip()] or [line.look]
        name = f"{'一二三四'[at - 1]}级标题"
        wrong = next((look.font for look in looks if look.font not in fonts), None)
        if wrong is not None:
            yield Hit(
                line.place,
                f"{name}字体「{wrong or '未指定'}」",
                f"改为{fonts[0]}。",
                mend=lettering(line, east=fonts[0]),
            )
        size = next((look.size for look in looks if look.size != rules.body_size), None)
        if size is not None:
            yield Hit(
                line.place,
                f"{name}字号 {size / 2:g} 磅",
                "改为 3 号（16 磅）。",
                mend=lettering(line, size=rules.body_size),
            )


CHECK = form_check("F06", _run)
