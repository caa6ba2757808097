"""F30 图片清晰度: enough pixels for the width that a picture has on the page."""

from __future__ import annotations

from collections.abc import Iterator

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.pages import form_check
from tools.checks.reading import Pages


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for at, picture in enumerate(pages.prints, 1):
        dots = picture.pixels / picture.inches
        if dots < pages.pack.page.resolution - 0.5:
            text = f"清晰度每英寸 {dots:.0f} 点"
            fix = f"换用宽不少于 {picture.inches * pages.pack.page.resolution:.0f} 像素的图片，或缩小。"
            yield Hit(f"第{at}张图片", text, fix)


CHECK = form_check("F30", _run)
