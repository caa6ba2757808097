"""F02 页边距: the margins of upright pages; a gutter counts to the side it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knowledge.standards import PageRules
from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.mending.looks import each
from tools.checks.pages import form_check
from tools.checks.readers.word_text import W
from tools.checks.reading import Pages

SIDES = (("top", "上"), ("left", "左"), ("bottom", "下"), ("right", "右"))


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = pages.pack.page
    for at, sheet in enumerate(pages.sheets, 1):
        for name, label in SIDES if sheet.upright else ():
            got, wanted = getattr(sheet, name), getattr(rules, name)
            got += sheet.gutter if name == "left" else 0
            if abs(got - wanted) > rules.tolerance:
                yield Hit(
                    f"第{at}节",
                    f"{label}边距 {got / 56.7:.1f} 毫米",
                    f"改为 {wanted / 56.7:.0f} 毫米。",
                    mend=each([sheet.node], lambda section: _set(section, rules)),
                )


def _set(section: Any, rules: PageRules) -> None:
    margin = section.get_or_add_pgMar()
    for name, _ in SIDES:
        margin.set(f"{W}{name}", str(getattr(rules, name)))
    margin.set(f"{W}gutter", "0")


CHECK = form_check("F02", _run)
