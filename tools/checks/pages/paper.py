"""F01 纸张: every section is A4, upright or across."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.mending.looks import each
from tools.checks.pages import form_check
from tools.checks.readers.word_text import W
from tools.checks.reading import Pages


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = pages.pack.page
    wanted = sorted((rules.width, rules.height))
    for at, sheet in enumerate(pages.sheets, 1):
        sides = sorted((sheet.width, sheet.height))
        if any(abs(a - b) > rules.paper_tolerance for a, b in zip(sides, wanted, strict=True)):
            turned = sheet.width > sheet.height

            def resize(section: Any, turned: bool = turned) -> None:
                size = section.get_or_add_pgSz()
                width, height = (wanted[1], wanted[0]) if turned else wanted
                size.set(f"{W}w", str(width))
                size.set(f"{W}h", str(height))

            yield Hit(
                f"第{at}节",
                f"纸张 {sheet.width / 56.7:.0f}×{sheet.height / 56.7:.0f} 毫米",
                "改为 A4（210×297 毫米）。",
                mend=each([sheet.node], resize),
            )


CHECK = form_check("F01", _run)
