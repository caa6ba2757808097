"""A presentation against its report: each text is a sentence of the report or part of one, each table some rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tools.checks import Hit
from tools.checks.proof.cover import STAMP
from tools.checks.proof.document import same_cells
from tools.checks.proof.expected import Expected, Sheet, squeeze
from tools.checks.proof.judging import nearest, verdict
from tools.checks.reading import Grid, Line, Pages
from tools.documents.appendix import TITLE, notes, tip
from tools.documents.layout import Heading, Prose

_MORE = re.compile(r"（续）$")
_FIXED = frozenset(
    {
        "内部资料注意保存",
        "数据卡片",
        "本页没有数字。",
        "全部数字由系统取数生成，可在正式报告附件中逐一查验",
        "完整的口径、查询与数据截至时间见Word或PDF版附件。",
        f"附件{TITLE}",
    }
)
_CARD = {
    "编制": rf"[^\d]*审核：[^\d]*审核时间：(?:{STAMP})",
    "报告编号": r"[\w-]+第\d+版.*内容校验码：[0-9a-f]{16}",
}


def slides(pages: Pages, expected: Expected) -> Iterator[Hit]:
    """Every text and table of the presentation."""
    context = expected.context
    known = _known(expected)
    for line in pages.lines:
        if line.alt:
            alternatives = {squeeze(chart.alt or chart.caption) for _, chart, _ in expected.plots}
            if squeeze(line.alt) not in alternatives:
                yield from verdict(
                    f"{line.place}图的替代文字", line.alt, nearest(squeeze(line.alt), alternatives), context
                )
        bare = _MORE.sub("", squeeze(line.text))
        if not bare or bare in known or line.style == "Field":
            continue
        if line.zone == "cover" and _cover(line, pages, expected):
            continue
        yield from verdict(_place(line), line.text, nearest(bare, known), context)
    for grid in pages.grids:
        yield from _table(grid, expected)


def _known(expected: Expected) -> frozenset[str]:
    context = expected.context
    content = context.content
    found = set(expected.sentences) | _FIXED | set(map(squeeze, notes(content)))
    chapter = named = ""
    for item in context.laid or []:
        if isinstance(item, Heading):
            chapter = item.text if item.level == 1 else chapter
            named = re.sub(r"^(?:[一二三四五六七八九十]+、|（[^）]+）)", "", squeeze(item.text))
            found |= {squeeze(f"{chapter}　{item.text}"), named}
        elif isinstance(item, Prose):
            # a chapter of one sentence stands on the page of another one, behind its heading
            found.add(f"{named}：{squeeze(item.text).rstrip('。')}")
    for piece in expected.pieces:
        if piece.kind == "caption":
            found.add(squeeze(piece.text.partition("　")[2]))
    found |= {squeeze(tip(fact)) for fact in content.facts}
    found.add(squeeze(f"统计期间：{content.period.label}"))
    return frozenset(found)


def _place(line: Line) -> str:
    kind = {"Title": "标题", "Notes": "备注"}.get(line.style, "")
    return f"第{line.page}页{kind}「{line.text[:12]}」"


def _cover(line: Line, pages: Pages, expected: Expected) -> bool:
    """The card of origin: names and stamps, which the file's own properties must bear out."""
    bare = squeeze(line.text)
    own = pages.properties
    for name, right in _CARD.items():
        if bare.startswith(f"{name}："):
            stamps = (own.get("ReportId", ""), own.get("ContentHash", "")[:16]) if name == "报告编号" else ("",)
            return bool(re.fullmatch(right, bare.removeprefix(f"{name}："))) and all(stamp in bare for stamp in stamps)
    return bare.startswith("本报告由人工智能辅助生成") and not re.search(r"\d", bare)


def _table(grid: Grid, expected: Expected) -> Iterator[Hit]:
    heads = tuple(map(squeeze, grid.rows[0])) if grid.rows else ()
    caption = _MORE.sub("", squeeze(grid.caption))
    known = expected.sheets.get(caption) or next(
        (sheet for sheet in expected.sheets.values() if tuple(map(squeeze, sheet.heads)) == heads), None
    )
    if known is None:
        known = _sources(expected, heads)
    if known is None:
        yield Hit(f"第{grid.page}页表", "报告里没有这张表", "请重新导出。")
        return
    rows = _shown(grid.rows[1:], known)
    yield from same_cells(f"第{grid.page}页{known.caption}", grid.rows, replace(known, rows=rows))


def _sources(expected: Expected, heads: Sequence[str]) -> Sheet | None:
    for part in expected.annex:
        if part.heads and tuple(map(squeeze, part.heads)) == tuple(heads):
            return Sheet(part.heading, tuple(part.heads), tuple(tuple(row) for row in part.rows), "", "")
    return None


def _shown(rows: Sequence[Sequence[str]], known: Sheet) -> tuple[tuple[str, ...], ...]:
    """The rows of the report's table that this page shows: those from where most cells agree."""

    def agreeing(part: Sequence[Sequence[str]]) -> int:
        pairs = zip(rows, part, strict=False)
        return sum(squeeze(a) == squeeze(b) for row, other in pairs for a, b in zip(row, other, strict=False))

    return max((known.rows[at : at + len(rows)] for at in range(len(known.rows))), key=agreeing, default=())
