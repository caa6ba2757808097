"""成文数字门: every number on the pages is one that the report's facts print, and stands where the report prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from difflib import get_close_matches

from tools.checks import Hit, PageCheck
from tools.checks.context import Context
from tools.checks.numerals import find
from tools.checks.printed import Printed, printed_forms
from tools.checks.reading import Grid, Line, Pages
from tools.documents.appendix import fact_rows, notes
from tools.documents.exhibits import note_line, unit_line
from tools.documents.layout import Heading, Laid, LaidChart, LaidTable, Prose

_DATE = re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日$")
_ITEM = re.compile(r"^\d{1,2}[.．]")
_EXHIBIT = re.compile(r"[表图]\s?\d+")
_NUMBERS = re.compile(r"\d[\d,]*(?:\.\d+)?")


def _gate(pages: Pages, context: Context | None) -> Iterator[Hit]:
    if context is None:
        return
    laid = context.laid or []
    printed = printed_forms(context.facts)
    expected = {text for item in laid for text in _texts(item)}
    for line in pages.body():
        yield from _line(line, expected, context, printed)
    remarks = {f"{at}.{text.rstrip('。')}。" for at, text in enumerate(notes(context.content), 1)}
    for line in pages.lines:
        if line.zone == "annex" and line.style == "AnnexText" and line.text not in remarks:
            yield Hit(line.place, "附件说明与报告不一致", "请重新导出。")
    tables = {f"{item.name}　{item.table.caption}": item for item in laid if isinstance(item, LaidTable)}
    by_caption = {item.table.caption: item for item in laid if isinstance(item, LaidTable)}
    for grid in pages.grids:
        if grid.zone == "annex":
            yield from _annex(grid, context)
        elif grid.zone == "body":
            known = tables.get(grid.caption) or by_caption.get(_EXHIBIT.sub("", grid.caption).strip(" 　"))
            yield from _same_cells(grid, known) if known else _cells(grid, context, printed)
    for text in (*pages.headers, *pages.footers):
        for number in printed.alien(_bare(text, context, r"—\s*\d*\s*—")):
            yield Hit("页眉页脚", f"「{number}」不是本报告的数字", "删去这个数字。")


def _texts(item: Laid) -> list[str]:
    """Every line that one laid-out thing prints outside its cells."""
    match item:
        case Heading() | Prose():
            return [item.text]
        case LaidTable(name=name, table=table):
            return [f"{name}　{table.caption}", unit_line(table), note_line(table)]
        case LaidChart(name=name, chart=chart):
            return [f"{name}　{chart.caption}", chart.source]


def _line(line: Line, expected: set[str], context: Context, printed: Printed) -> Iterator[Hit]:
    if not line.text.strip() or line.text in expected or _DATE.match(line.text):
        return
    text = _bare(line.text, context)
    for number in printed.alien(text):
        near = _nearest(line.text, expected)
        yield Hit(line.place, f"「{number}」不是本报告的数字：{_around(line.text, number)}", _mend(near))
    words = find(
        re.sub(r"\d[\d,.]*\s?(?:个?百分点|[^\s，。；、（）]{0,5})?", "\ue001", text), context.phrases | context.dates
    )
    for quantity in words:
        yield Hit(line.place, f"「{quantity}」没有出处：{_around(line.text, quantity)}", "改回报告的原文。")
    if line.style in {"Body", ""} or len(line.text) > 20:
        near = _nearest(line.text, expected)
        if near and _NUMBERS.findall(near) != _NUMBERS.findall(line.text) and not printed.alien(text):
            yield Hit(line.place, f"数字与报告不一致：{line.text[:40]}", _mend(near))


def _bare(text: str, context: Context, extra: str = "") -> str:
    """The line without names, labels, periods, exhibit numbers and item numbers."""
    names = sorted((*context.phrases, *context.dates, context.content.title), key=len, reverse=True)
    hidden = re.sub("|".join(re.escape(name) for name in names if name), "\ue001", text)
    hidden = _EXHIBIT.sub("\ue001", _ITEM.sub("", hidden))
    if extra:
        hidden = re.sub(extra, "\ue001", hidden)
    return re.sub(r"(?<![\d.])(?:95598|12398|12345|(?:营销|采集)2\.0|PMS3\.0)(?![\d.])", "\ue001", hidden)


def _nearest(text: str, expected: set[str]) -> str:
    found = get_close_matches(text, expected, 1, 0.75)
    return found[0] if found else ""


def _mend(near: str) -> str:
    return f"报告原文：{near}" if near else "只能使用本报告数据事实的数字；请删去，或在系统中修改后重新导出。"


def _around(text: str, piece: str) -> str:
    at = max(text.find(piece), 0)
    return text[max(at - 10, 0) : at + len(piece) + 10]


def _same_cells(grid: Grid, known: LaidTable) -> Iterator[Hit]:
    if len(grid.rows) - 1 != len(known.rows):
        yield Hit(grid.caption, f"表有 {len(grid.rows) - 1} 行，报告里是 {len(known.rows)} 行", "改回报告的原表。")
        return
    for at, (row, wanted) in enumerate(zip(grid.rows[1:], known.rows, strict=True), 1):
        for column, (cell, right) in enumerate(zip(row, wanted, strict=False), 1):
            if cell.strip() != right.strip():
                yield Hit(f"{grid.caption}第{at}行第{column}列", f"「{cell}」与报告不一致", f"报告原值：{right}")


def _cells(grid: Grid, context: Context, printed: Printed) -> Iterator[Hit]:
    for at, row in enumerate(grid.rows[1:], 1):
        for column, cell in enumerate(row, 1):
            for number in _NUMBERS.findall(_bare(cell, context)):
                if (cell != str(at) or column > 1) and not _is_bare(number, printed):
                    yield Hit(f"{grid.caption or '表'}第{at}行第{column}列", f"「{number}」不是本报告的数字", _mend(""))


def _is_bare(number: str, printed: Printed) -> bool:
    return Decimal(number.replace(",", "")) in printed.bare


def _annex(grid: Grid, context: Context) -> Iterator[Hit]:
    if not grid.rows or grid.rows[0][0] != "编号":
        return
    wanted = {row.fact: row.cells for row in fact_rows(context.content)}
    for row in grid.rows[1:]:
        right: Sequence[str] = wanted.pop(row[0], ())
        if tuple(row) != tuple(right):
            yield Hit(f"附件 {row[0]}", "与报告的数据事实不一致", f"报告原值：{right[4] if right else '没有这个事实'}")
    for fact in wanted:
        yield Hit(f"附件 {fact}", "缺少这个数据事实", "请重新导出。")


def _version(pages: Pages, context: Context | None) -> Iterator[Hit]:
    if context is None:
        return
    stamped = pages.properties.get("ContentHash", "")
    if not stamped:
        yield Hit("文件属性", "文件没有内容校验码，无法确认出自哪个版本", "请用本系统重新导出。")
    elif stamped != context.content.hash():
        yield Hit("文件属性", "文件不是出自这个版本", "请核对报告编号和版本，或重新导出。")


CHECKS = (
    PageCheck("rendered_gate", "成文数字均出自本报告的数据事实", _gate),
    PageCheck("version", "文件与报告版本一致", _version, "warn"),
)
