"""A Word file against its report: every line and cell as printed, in order, nothing missing and nothing added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.proof.annex import annex_tables
from tools.checks.proof.cover import cover_table
from tools.checks.proof.expected import Expected, Piece, Sheet, squeeze
from tools.checks.proof.judging import nearest, verdict
from tools.checks.proof.shell import Worn, worn_by
from tools.checks.reading import Grid, Line, Pages
from tools.documents.appendix import TITLE

_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_UNSIGNED = "（未经审批，不作为正式报告）"
_ANNEX = frozenset({"附件", TITLE, f"附件{TITLE}"})
_COVER = frozenset({"内部资料注意保存", "内部分析报告", "目录", ""})
_IMPRINT = re.compile(r"(?:\d{4}年\d{1,2}月\d{1,2}日|尚未)印发")
_ISSUED = "印发"
"""Stands for the line of the issuer and the day of printing, which the act of approval sets."""
_AGAIN = "请重新导出。"


def lines(pages: Pages, expected: Expected) -> Iterator[Hit]:
    """Lines outside tables."""
    context = expected.context
    worn = worn_by(pages, context.content)
    body = [line for line in pages.body() if line.text.strip() or line.alt]
    for line in body:
        if line.alt and squeeze(line.alt) not in _alternatives(expected):
            yield from verdict(
                f"{line.place}图的替代文字", line.alt, nearest(squeeze(line.alt), _alternatives(expected)), context
            )
    text = [(line.place, line.text) for line in _unsigned(body, context, worn)]
    yield from judged("正文", text, expected.pieces, context)
    annex = [line for line in pages.lines if line.zone == "annex" and squeeze(line.text) not in _ANNEX]
    yield from judged("附件", [(f"附件{line.place}", line.text) for line in annex], expected.remarks, context)
    headings = {piece.bare for piece in expected.pieces} | {squeeze(f"附件{TITLE}"), "目录"}
    front = _COVER | expected.titles | {"".join(worn.banner[2:]), *worn.banner}
    for line in pages.lines:
        if line.style.startswith("TOC"):
            if squeeze(line.text.partition("\t")[0]) not in headings:
                yield Hit("目录", f"「{line.text[:30]}」不是报告里的标题", _AGAIN)
        elif line.zone == "cover" and squeeze(line.text) not in front:
            yield from verdict("封面", line.text, nearest(squeeze(line.text), expected.titles), context)


def judged(zone: str, texts: Sequence[tuple[str, str]], pieces: Sequence[Piece], context: Context) -> Iterator[Hit]:
    """Places with their texts against the lines that the report prints in a zone, in order."""
    places: dict[str, list[int]] = {}
    for at, piece in enumerate(pieces):
        places.setdefault(piece.bare, []).append(at)
    last = -1
    changed: list[tuple[str, str]] = []
    for place, text in texts:
        waiting = places.get(squeeze(text))
        if not waiting:
            if squeeze(text):
                changed.append((place, text))
            continue
        here = next((at for at in waiting if at > last), waiting[0])
        waiting.remove(here)
        if here < last:
            yield Hit(place, f"与报告的次序不一致：{text[:40]}", _AGAIN)
        last = max(last, here)
    missing = {bare: pieces[waiting[0]] for bare, waiting in places.items() if waiting and bare}
    for place, text in changed:
        near = nearest(squeeze(text), missing)
        original = missing.pop(near).text if near else nearest(squeeze(text), places)
        yield from verdict(place, text, original, context)
    for piece in missing.values():
        yield Hit(zone, f"缺少报告原文：{piece.text[:40]}", _AGAIN)


def _unsigned(body: Sequence[Line], context: Context, worn: Worn) -> Iterator[Line]:
    """The body without its title, addressees and signature, whose parts stand at fixed places."""
    title, org = squeeze(context.content.title), squeeze(context.content.org_name)
    own = (title, org, squeeze(f"附件：{TITLE}"), _UNSIGNED, worn.to, worn.copies, _ISSUED if worn.imprint else "")
    spare, before = Counter(own), ""
    for line in body:
        bare = squeeze(line.text)
        dated = _DATE.fullmatch(bare) and before == org
        before = bare
        if line.style == "Imprint" and _IMPRINT.fullmatch(bare.removeprefix(org)):
            bare = _ISSUED
        if dated or spare[bare] > 0:
            spare[bare] -= 1
        elif bare:
            yield line


def _alternatives(expected: Expected) -> frozenset[str]:
    return frozenset(squeeze(chart.alt or chart.caption) for _, chart, _ in expected.plots)


def tables(pages: Pages, expected: Expected) -> Iterator[Hit]:
    """Every cell of every table, headers and units included."""
    context = expected.context
    found: set[str] = set()
    for grid in pages.grids:
        if grid.zone == "cover":
            yield from cover_table(grid, pages, context)
        elif grid.zone == "body":
            known = expected.sheets.get(squeeze(grid.caption)) or _by_heads(grid, expected.sheets)
            if known is None:
                yield Hit(grid.caption or "表", "报告里没有这张表", _AGAIN)
            else:
                found.add(squeeze(known.caption))
                yield from same_cells(grid.caption or known.caption, grid.rows, known)
    for caption, sheet in expected.sheets.items():
        if caption not in found:
            yield Hit("正文", f"缺少{sheet.caption}", _AGAIN)
    yield from annex_tables((grid for grid in pages.grids if grid.zone == "annex"), expected)


def _by_heads(grid: Grid, sheets: Mapping[str, Sheet]) -> Sheet | None:
    """A table whose caption was changed is known by its header row or its first column."""
    if not grid.rows:
        return None
    heads = [squeeze(cell) for cell in grid.rows[0]]
    owners = [squeeze(row[0]) for row in grid.rows[1:] if row]
    for sheet in sheets.values():
        if [squeeze(cell) for cell in sheet.heads] == heads and [squeeze(row[0]) for row in sheet.rows] == owners:
            return sheet
    return None


def same_cells(place: str, shown: Sequence[Sequence[str]], known: Sheet) -> Iterator[Hit]:
    """The rows that stand in a file, header row first, against those of a table."""
    if len(shown) != len(known.rows) + 1:
        count = max(len(shown) - 1, 0)
        yield Hit(place, f"表有 {count} 行，报告里是 {len(known.rows)} 行", "改回报告的原表。")
        return
    for at, (row, wanted) in enumerate(zip(shown, (known.heads, *known.rows), strict=True)):
        where = f"{place}第{at}行" if at else f"{place}表头"
        if len(row) != len(wanted):
            yield Hit(where, f"有 {len(row)} 列，报告里是 {len(wanted)} 列", "改回报告的原表。")
        for column, (cell, right) in enumerate(zip(row, wanted, strict=False), 1):
            if squeeze(cell) != squeeze(right):
                yield Hit(f"{where}第{column}列", f"「{cell}」与报告不一致", f"报告原值：{right}")
