"""文字 F14—F28: dates, punctuation, wording, personal data and the label of generated content in a written file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.standards import compiled, page_rules, wording
from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.reading import Pages
from tools.checks.rules.privacy import privacy_hits

_PAGE_RULES = {"date_zero", "half_width"}


def _texts(pages: Pages) -> Iterator[tuple[str, str]]:
    for line in pages.body():
        if line.text.strip():
            yield line.place, line.text
    for grid in pages.grids:
        if grid.zone == "body":
            for at, row in enumerate(grid.rows):
                for cell in row:
                    yield f"{grid.caption or '表'}第{at + 1}行", cell


def _rules(pages: Pages, names: set[str]) -> Iterator[Hit]:
    for place, text in _texts(pages):
        for rule in wording():
            match = compiled(rule.pattern).search(text) if rule.id in names else None
            if match:
                yield Hit(place, f"{rule.label}：{match.group(0)[:40]}", rule.fix, rule.level)


def _dates(pages: Pages, context: Context | None) -> Iterator[Hit]:
    yield from _rules(pages, {"date_zero"})


def _punctuation(pages: Pages, context: Context | None) -> Iterator[Hit]:
    yield from _rules(pages, {"half_width"})


def _words(pages: Pages, context: Context | None) -> Iterator[Hit]:
    yield from _rules(pages, {rule.id for rule in wording()} - _PAGE_RULES)


def _numbers(pages: Pages, context: Context | None) -> Iterator[Hit]:
    """发文字号, where there is one: hexagonal brackets, no leading zero, no 第."""
    for line in pages.body():
        match = re.search(r"[一-鿿]{2,8}[\[【(（〔](\d{4})[\]】)）〕]\s*(第?)(\d+)号", line.text)
        if match and (not re.search(r"〔\d{4}〕\d+号", match[0]) or match[2] or match[3].startswith("0")):
            yield Hit(line.place, f"发文字号写法有误：{match[0]}", "写作“〔2026〕15号”的形式，不编虚位，不加“第”。")


def _privacy(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for place, text in _texts(pages):
        yield from privacy_hits(place, text)


def _label(pages: Pages, context: Context | None) -> Iterator[Hit]:
    where = (*pages.footers, *pages.headers, *(line.text for line in pages.lines))
    if not any(page_rules().label in text for text in where):
        yield Hit("页脚", "没有人工智能生成内容标识", "页脚写明“本报告由人工智能辅助生成，经某某审核”。")
    if "AIGC" not in pages.properties:
        yield Hit("文件属性", "没有人工智能生成内容的隐式标识", "请用本系统导出，或补写文件属性 AIGC。", "warn")


CHECKS = (
    PageCheck("F14", "日期写法", _dates),
    PageCheck("F15", "发文字号", _numbers),
    PageCheck("F17", "中文标点", _punctuation),
    PageCheck("F26", "行文规范", _words),
    PageCheck("F27", "个人信息与敏感标识", _privacy),
    PageCheck("F28", "人工智能生成标识", _label),
)
