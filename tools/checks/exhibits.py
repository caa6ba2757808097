"""Tables and figures of a written file with their captions, and numbers as tables and sentences write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tools.checks.anatomy import caption, text_end
from tools.checks.readers.word_text import W
from tools.checks.reading import Grid, Line, Pages

_UNIT_LINE = re.compile(r"单位\s*[:：]")
_NUMBER = re.compile(r"[-－−]?(?:\d{1,3}(?:[,，]\d{3})+|\d{1,3}(?:[  ]\d{3})+|\d+)(?:\.\d+)?")
UNITS = (
    "亿千瓦时|万千瓦时|千瓦时|万千瓦|千瓦|兆瓦|万千伏安|千伏安|亿元|万元|元/千千瓦时|元/千瓦时|元|件/百万户|万户|户|件|个百分点|百分点|"
    "个千分点|‰|%|％|个|台区|次|小时/户|小时|分钟|天|项|人|台|条|座"
)
SCALE = {"亿": Decimal(10) ** 8, "万": Decimal(10) ** 4}


@dataclass(frozen=True)
class Exhibit:
    """One table of data: its caption's line, whether a unit line stands over it, whether cells span columns or rows."""

    grid: Grid
    caption: Line | None
    unit_line: str
    merged: bool

    @property
    def name(self) -> str:
        return self.caption.text.strip()[:20] if self.caption else ""


def data_tables(pages: Pages) -> list[Exhibit]:
    """Tables of the body that hold numbers; frames for layout, imprints and cards are none."""
    end = text_end(pages)
    return [
        _exhibit(grid, pages) for grid in pages.grids if grid.zone == "body" and grid.after < end and _holds_data(grid)
    ]


def _holds_data(grid: Grid) -> bool:
    rows = grid.rows
    if len(rows) < 2 or max(len(row) for row in rows) < 2 or _is_imprint(grid):
        return False
    return grid.caption.startswith("表") or any(number(cell) is not None for row in rows[1:] for cell in row[1:])


def _is_imprint(grid: Grid) -> bool:
    return any("抄送" in cell or "印发" in cell for row in grid.rows for cell in row)


def _exhibit(grid: Grid, pages: Pages) -> Exhibit:
    above = [line for line in pages.lines if line.number <= grid.after][-3:]
    found: Line | None = None
    unit = ""
    for line in reversed(above):
        match = caption(line)
        if match and match[1] == "表" and line.text.strip():
            found = line
            break
        if _UNIT_LINE.search(line.text) and len(line.text) < 40:
            unit = line.text
        elif line.text.strip():
            break
    merged = grid.node is not None and next(grid.node.iter(f"{W}gridSpan", f"{W}vMerge"), None) is not None
    return Exhibit(grid, found, unit, merged)


def column_unit(table: Exhibit, column: int) -> str:
    """The unit of a column: in its header, in the unit line, or in its cells; "" where there is none."""
    head = table.grid.rows[0][column] if column < len(table.grid.rows[0]) else ""
    match = re.search(rf"[（(]\s*({UNITS})\s*[）)]", head)
    if match:
        return match[1]
    if (
        head.strip() in {"单位", "计量单位"}
        and column
        and any(re.fullmatch(UNITS, row[column].strip()) for row in table.grid.rows[1:] if column < len(row))
    ):
        return head
    cells = [row[column] for row in table.grid.rows[1:] if column < len(row)]
    shown = next((found[1] for cell in cells if (found := re.search(rf"\d\s*({UNITS})", cell))), "")
    return shown


def number(text: str) -> Decimal | None:
    """A cell that is a number and nothing else; thousands may be grouped."""
    bare = text.strip().replace("－", "-").replace("−", "-")
    if not _NUMBER.fullmatch(bare):
        return None
    try:
        return Decimal(re.sub(r"[,，  ]", "", bare))
    except InvalidOperation:
        return None
