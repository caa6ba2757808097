"""结构: every section says something, every table and figure is named, whole and reachable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from core.domain.report import Chart, Listing, Section, Table
from tools.checks import Check, Hit
from tools.checks.context import Context
from tools.documents.numbering import REFERENCE


def _run(context: Context) -> Iterator[Hit]:
    content = context.content
    if not content.title.strip():
        yield Hit("报告标题", "没有标题", "补写标题。")
    if not content.sections:
        yield Hit("正文", "没有章节", "补写正文。")
    for at, section in enumerate(content.sections):
        yield from _section(section, content.sections[at + 1] if at + 1 < len(content.sections) else None)
    blocks = [block for section in content.sections for block in section.blocks]
    exhibits = [block for block in blocks if isinstance(block, Table | Chart)]
    for name, count in Counter(block.id for block in exhibits).items():
        if count > 1:
            yield Hit(f"表或图「{name}」", "编号重复", "给每个表和图不同的编号。")
    known = {block.id for block in exhibits}
    for text in context.texts:
        for name in REFERENCE.findall(text.source):
            if name not in known:
                yield Hit(text.place, f"引用了不存在的表或图「{name}」", "改正引用。")
    for block in exhibits:
        yield from _table(block) if isinstance(block, Table) else _chart(block)


def _section(section: Section, following: Section | None) -> Iterator[Hit]:
    place = f"「{section.heading}」"
    if not section.heading.strip():
        yield Hit(f"章节 {section.id}", "没有标题", "补写标题。")
    leads = section.level == 1 and following is not None and following.level == 2
    if not section.blocks and not section.thin and not leads:
        yield Hit(place, "章节是空的", "补写内容，或写明从略的原因。")
    if any(isinstance(block, Listing) and not block.items for block in section.blocks):
        yield Hit(place, "条目列表是空的", "补写条目，或删去列表。")


def _table(table: Table) -> Iterator[Hit]:
    place = f"表「{table.caption or table.id}」"
    if not table.caption.strip():
        yield Hit(place, "没有表题", "补写表题。")
    if not table.rows:
        yield Hit(place, "表里没有数据行", "删去空表，并用一句话说明。")
    if any(len(row) != len(table.columns) for row in table.rows):
        yield Hit(place, "有的行与表头的列数不一致", "补齐单元格，缺数写“—”。")
    if any(not cell.strip() for row in table.rows for cell in row):
        yield Hit(place, "有空白单元格", "缺数写“—”，取数失败写明原因。", "warn")


def _chart(chart: Chart) -> Iterator[Hit]:
    place = f"图「{chart.caption or chart.id}」"
    if not chart.caption.strip():
        yield Hit(place, "没有图题", "补写图题。")
    if not chart.series or not chart.categories:
        yield Hit(place, "图里没有数据", "删去空图，并用一句话说明。")
    if not chart.alt:
        yield Hit(place, "没有替代文字", "补写一句图的内容说明。", "warn")


CHECK = Check("structure", "报告结构", _run, final=True)
