"""A PDF against its report: the text in order, page breaks forgotten, cut into the lines and rows that were printed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.proof.cover import cover_value
from tools.checks.proof.expected import Expected, Piece, Sheet, squeeze
from tools.checks.proof.judging import nearest, verdict
from tools.checks.proof.shell import worn_by
from tools.checks.reading import Line, Pages
from tools.documents.appendix import TITLE

_ANCHOR = 16
"""Characters that make a place in the text certain."""
_AHEAD, _FAR = 60, 6000
"""Pieces and characters within which the text is found again after a change."""
_LEADER = re.compile(r"\s*(?:[.．·…]\s*){3,}\d*\s*$")
_SIGNED = re.compile(r"^(?:\d{4}年\d{1,2}月\d{1,2}日|（未经审批，不作为正式报告）|尚未(?=印发))(?:印发)?")
_COVER = ("内部资料注意保存", "内部分析报告")


@dataclass(frozen=True)
class _Wanted:
    """One piece of the expected text; `again` is the header row that a page break may repeat before it."""

    text: str
    place: str
    exact: bool = False
    again: str = ""


def running_text(pages: Pages, expected: Expected) -> Iterator[Hit]:
    """Every word of the pages, from the title to the last remark."""
    context = expected.context
    yield from _cover([line for line in pages.lines if line.zone == "cover"], pages, context)
    headings = {piece.bare for piece in expected.pieces if piece.kind == "heading"} | {squeeze(f"附件{TITLE}")}
    body: list[Line] = []
    for line in pages.lines:
        if line.style == "Contents":
            text = _LEADER.sub("", line.text)
            if squeeze(text) not in headings:
                yield from verdict(f"目录第{line.page}页", text, nearest(squeeze(text), headings), context)
        elif line.zone != "cover" and squeeze(line.text) not in {"目录", ""}:
            body.append(line)
    yield from _walk(body, list(_wanted(pages, expected)), context)


def _wanted(pages: Pages, expected: Expected) -> Iterator[_Wanted]:
    content = expected.context.content
    worn = worn_by(pages, content)
    for line in worn.banner:
        yield _Wanted(line, "版头", True)
    yield _Wanted(squeeze(content.title), "标题")
    if worn.to:
        yield _Wanted(worn.to, "主送", True)
    for item in expected.order:
        if isinstance(item, Sheet):
            yield from _table(item)
        else:
            yield _Wanted(item.bare, _place(item))
    yield _Wanted(squeeze(f"附件：{TITLE}"), "附件说明")
    yield _Wanted(squeeze(content.org_name), "署名")
    yield _Wanted("", "成文日期")
    if worn.copies:
        yield _Wanted(worn.copies, "抄送", True)
    if worn.imprint:
        yield _Wanted(squeeze(content.org_name), "印发机关", True)
        yield _Wanted("", "印发日期")
    yield _Wanted(squeeze(f"附件{TITLE}"), "附件")
    for part in expected.annex:
        yield _Wanted(squeeze(part.heading), "附件")
        heads = squeeze("".join(part.heads))
        if heads:
            yield _Wanted(heads, f"附件{part.heading}表头", True)
        for row in part.rows:
            yield _Wanted(squeeze("".join(row)), f"附件 {row[0]}", True, heads)
        for text in (part.note, *part.remarks):
            if text:
                yield _Wanted(squeeze(text), "附件")
    if pages.properties.get("FontSubstitution"):
        yield _Wanted(squeeze(pages.properties["FontSubstitution"]), "字体说明")


def _table(sheet: Sheet) -> Iterator[_Wanted]:
    heads = squeeze("".join(sheet.heads))
    yield _Wanted(squeeze(sheet.caption), sheet.caption)
    if sheet.unit:
        yield _Wanted(squeeze(sheet.unit), f"{sheet.caption}单位")
    yield _Wanted(heads, f"{sheet.caption}表头", True)
    for at, row in enumerate(sheet.rows, 1):
        yield _Wanted(squeeze("".join(row)), f"{sheet.caption}第{at}行", True, heads)
    if sheet.note:
        yield _Wanted(squeeze(sheet.note), f"{sheet.caption}注")


def _place(piece: Piece) -> str:
    return {"heading": "标题", "prose": "正文", "caption": "图题", "source": "图的来源"}.get(piece.kind, "正文")


def _walk(lines: Sequence[Line], wanted: Sequence[_Wanted], context: Context) -> Iterator[Hit]:
    text = "".join(squeeze(line.text) for line in lines)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(squeeze(line.text)))
    at = pos = 0
    while at < len(wanted) or pos < len(text):
        piece = wanted[at] if at < len(wanted) else None
        if piece is not None and not piece.text:
            signed = _SIGNED.match(text[pos:])
            pos, at = pos + (signed.end() if signed else 0), at + 1
        elif piece is not None and text.startswith(piece.text, pos):
            pos, at = pos + len(piece.text), at + 1
        elif piece is not None and piece.again and text.startswith(piece.again, pos):
            pos += len(piece.again)
        else:
            there, found = _again(text, pos, wanted, at)
            here = lines[min(bisect_right(starts, pos) - 1, len(lines) - 1)] if lines else None
            where = f"第{here.page}页" if here else ""
            yield from _differs(where, text[pos:found], wanted[at:there], context)
            at, pos = there, found


def _again(text: str, pos: int, wanted: Sequence[_Wanted], at: int) -> tuple[int, int]:
    """The next piece that stands in the text after a change, and where."""
    for there in range(at, min(at + _AHEAD, len(wanted))):
        for anchor in _anchors(wanted, there):
            found = text.find(anchor, pos, pos + _FAR)
            if found >= 0:
                return there, found
    return len(wanted), len(text)


def _anchors(wanted: Sequence[_Wanted], there: int) -> Iterator[str]:
    """The piece with what follows it, also across a repeated header row, long enough to be certain."""
    first = wanted[there].text
    if not first:
        return
    if len(first) >= _ANCHOR or there + 1 == len(wanted):
        yield first
        return
    after = "".join(item.text for item in wanted[there + 1 : there + 4])
    for between in ("", wanted[there + 1].again):
        yield (first + between + after)[: max(_ANCHOR, len(first) + 4)]


def _differs(where: str, found: str, lost: Sequence[_Wanted], context: Context) -> Iterator[Hit]:
    near = "".join(item.text for item in lost)
    place = f"{where}{lost[0].place}" if lost else where
    if not found:
        yield Hit(place, f"缺少报告原文：{near[:40]}", "请重新导出。")
    elif any(item.exact for item in lost):
        yield Hit(place, f"「{found[:60]}」与报告不一致", f"报告原值：{near[:120]}")
    else:
        yield from verdict(place, found, near, context)


def _cover(lines: Sequence[Line], pages: Pages, context: Context) -> Iterator[Hit]:
    title = squeeze(context.content.title)
    left = title
    for line in lines:
        bare = squeeze(line.text)
        if bare in _COVER:
            continue
        if bare and left.startswith(bare):
            left = left.removeprefix(bare)
            continue
        known = cover_value(bare, pages, context)
        if known is None:
            yield from verdict("封面", line.text, nearest(bare, {title}), context)
        elif known:
            yield Hit("封面", f"「{line.text}」与报告不一致", f"报告原值：{known}")
    if lines and left:
        yield Hit("封面", "标题不完整", f"报告原文：{context.content.title}")
