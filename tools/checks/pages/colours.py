"""F20 文字颜色: text is black and has nothing behind it; the red head of an official paper is red."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.anatomy import body_lines
from tools.checks.context import Context
from tools.checks.mending.looks import each, letter
from tools.checks.pages import form_check
from tools.checks.reading import Pages


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    allowed = {colour.upper() for colour in pages.pack.page.colours} | {""}
    for line in body_lines(pages):
        if line.style == "Aside":
            continue
        wrong = [run for run in line.runs if run.text.strip() and (run.look.colour not in allowed or run.look.behind)]
        if wrong:
            look = wrong[0].look
            said = f"底色 {look.behind}" if look.behind else f"颜色 {look.colour}"
            mend = each((run.node for run in wrong), lambda node: letter(node, plain=True))
            yield Hit(line.place, f"文字有{said}：{wrong[0].text.strip()[:12]}", "改为黑色，去掉底色。", mend=mend)


CHECK = form_check("F20", _run)
