"""F03 行距: 22 lines a page, by the line grid or by exact line height; no paragraph of prose departs from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knowledge.standards import PageRules
from tools.checks import Hit
from tools.checks.anatomy import prose
from tools.checks.context import Context
from tools.checks.mending.looks import block, each
from tools.checks.pages import form_check
from tools.checks.readers.word_text import W
from tools.checks.reading import Line, Pages

_FIX = "设行网格 28.95 磅，或固定行距 28—29 磅。"


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = pages.pack.page
    low, high = rules.line_pitch
    sentences = prose(pages)
    exact = bool(sentences) and all(_exact(line, rules) for line in sentences)
    gridded = True
    first = 0
    for at, sheet in enumerate(pages.sheets, 1):
        holds = any(first < line.number <= sheet.last for line in sentences)
        first = sheet.last
        if not sheet.upright or not holds or low <= sheet.line_pitch <= high:
            continue
        gridded = False
        if not exact:
            mend = each([sheet.node], lambda section: _grid(section, rules))
            yield Hit(f"第{at}节", "没有每页 22 行的行网格，正文也不是固定行距", _FIX, mend=mend)
    for line in sentences:
        if _exact(line, rules) or (gridded and line.look.line_rule in {"", "auto"} and line.look.line in {0, 240}):
            continue
        if gridded or line.look.line:
            mend = each([line.node], lambda node: block(node, line=rules.line))
            yield Hit(line.place, f"行距{_said(line)}", _FIX, mend=mend)


def _exact(line: Line, rules: PageRules) -> bool:
    low, high = rules.exact_line
    return line.look.line_rule == "exact" and low <= line.look.line <= high


def _said(line: Line) -> str:
    if line.look.line_rule in {"", "auto"}:
        return f"为 {line.look.line / 240:g} 倍"
    return f"为{'固定' if line.look.line_rule == 'exact' else '最小'}值 {line.look.line / 20:g} 磅"


def _grid(section: Any, rules: PageRules) -> None:
    grid = section.find(f"{W}docGrid")
    if grid is None:
        grid = section.makeelement(f"{W}docGrid", {})
        later = next((item for item in section if item.tag in {f"{W}printerSettings", f"{W}sectPrChange"}), None)
        if later is None:
            section.append(grid)
        else:
            later.addprevious(grid)
    grid.attrib.clear()
    grid.set(f"{W}type", "lines")
    grid.set(f"{W}linePitch", str(rules.line))


CHECK = form_check("F03", _run)
