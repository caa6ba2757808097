"""版面 F01—F03: paper, margins, line grid (GB/T 9704—2012)."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.standards import page_rules
from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.reading import Pages, Sheet


def _uprights(pages: Pages) -> list[tuple[int, Sheet]]:
    return [(at, sheet) for at, sheet in enumerate(pages.sheets, 1) if sheet.upright]


def _size(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = page_rules()
    for at, sheet in enumerate(pages.sheets, 1):
        sides = sorted((sheet.width, sheet.height))
        wanted = sorted((rules.width, rules.height))
        if any(abs(a - b) > rules.paper_tolerance for a, b in zip(sides, wanted, strict=True)):
            yield Hit(
                f"第{at}节",
                f"纸张 {sheet.width / 56.7:.0f}×{sheet.height / 56.7:.0f} 毫米",
                "改为 A4（210×297 毫米）。",
            )


def _margins(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = page_rules()
    for at, sheet in _uprights(pages):
        for name, label in (("top", "上"), ("left", "左"), ("bottom", "下"), ("right", "右")):
            got, wanted = getattr(sheet, name), getattr(rules, name)
            if abs(got - wanted) > rules.tolerance:
                yield Hit(f"第{at}节", f"{label}边距 {got / 56.7:.1f} 毫米", f"改为 {wanted / 56.7:.0f} 毫米。")


def _grid(pages: Pages, context: Context | None) -> Iterator[Hit]:
    rules = page_rules()
    low, high = rules.exact_line
    for at, sheet in _uprights(pages):
        if sheet.zone == "cover":
            continue
        if rules.line_pitch[0] <= sheet.line_pitch <= rules.line_pitch[1]:
            continue
        body = [line.look for line in pages.body() if len(line.text) > 30]
        if not body or not all(look.line_rule == "exact" and low <= look.line <= high for look in body):
            yield Hit(
                f"第{at}节", "没有每页 22 行的行网格，正文也不是固定行距", "设行网格 28.95 磅，或固定行距 28—29 磅。"
            )


CHECKS = (
    PageCheck("F01", "纸张", _size),
    PageCheck("F02", "页边距", _margins),
    PageCheck("F03", "行距", _grid),
)
