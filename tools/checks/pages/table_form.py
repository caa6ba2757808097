"""F10 表: title above with a running number, unit, repeated header, no blank cells, sums that add up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from tools.checks import Hit
from tools.checks.anatomy import CAPTION
from tools.checks.context import Context
from tools.checks.exhibits import Exhibit, column_unit, data_tables, number
from tools.checks.mending.letters import substituting
from tools.checks.mending.looks import each
from tools.checks.pages import form_check
from tools.checks.readers.word_text import W
from tools.checks.reading import Pages
from tools.checks.rules.table_sums import unequal
from tools.checks.texts import cell_nodes

_FIRST = re.compile(r"(?<=^表)\s?\d{1,3}")
_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|小\s*计)$")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for at, table in enumerate(data_tables(pages), 1):
        yield from _caption(table, at)
        yield from _header(table, at)
        yield from _blanks(table, at)
        yield from _sums(table, at)


def _caption(table: Exhibit, at: int) -> Iterator[Hit]:
    line = table.caption
    match = CAPTION.match(line.text.strip()) if line else None
    if line is None or match is None or not match[3].strip():
        yield Hit(f"第{at}个表", "表上方没有“表N　题名”", "补写表题。")
    elif match[2] != str(at):
        mend = substituting((line.node,) if line.node is not None else (), _FIRST, str(at))
        yield Hit(line.text[:20], f"表号不连续，应为表{at}", f"改为表{at}。", mend=mend)


def _header(table: Exhibit, at: int) -> Iterator[Hit]:
    place = table.name or f"第{at}个表"
    if not table.grid.repeats_header:
        yield Hit(place, "跨页时不重复表头", "把首行设为“重复标题行”。", "warn", mend=each([table.grid.node], _repeat))
    if len({len(row) for row in table.grid.rows}) > 1 and not table.merged:
        yield Hit(place, "各行列数不一致", "补齐单元格。", "warn")
    if not table.unit_line and not any(column_unit(table, column) for column in range(len(table.grid.rows[0]))):
        yield Hit(place, "没有写明单位", "在表右上方写“单位：万千瓦时”，或在表头写明。", "warn")


def _repeat(table: object) -> None:
    row = next(table.iterchildren(f"{W}tr"), None)  # type: ignore[attr-defined]
    if row is not None:
        props = row.get_or_add_trPr()
        props.append(props.makeelement(f"{W}tblHeader", {}))


def _blanks(table: Exhibit, at: int) -> Iterator[Hit]:
    if table.merged:
        return
    nodes = cell_nodes(table.grid)
    for row, cells in list(enumerate(table.grid.rows))[1:]:
        for column, text in enumerate(cells):
            if not text.strip():
                held = nodes[row][column] if row < len(nodes) and column < len(nodes[row]) else None
                if held is not None and (next(held.iter(f"{W}drawing", f"{W}pict", f"{W}object"), None) is not None):
                    continue
                place = f"{table.name or f'第{at}个表'}第{row + 1}行第{column + 1}列"
                yield Hit(place, "有空白单元格", "缺数写“—”。", "warn", mend=_dash(held))


def _dash(cell: object) -> Callable[[], None] | None:
    if cell is None:
        return None

    def mend() -> None:
        paragraph = next(cell.iter(f"{W}p"))  # type: ignore[attr-defined]
        if not any(True for _ in paragraph.iter(f"{W}t")):
            run = paragraph.makeelement(f"{W}r", {})
            run.append(run.makeelement(f"{W}t", {}))
            paragraph.append(run)
        node = next(paragraph.iter(f"{W}t"))
        node.text = "—"

    return mend


def _sums(table: Exhibit, at: int) -> Iterator[Hit]:
    """A column of amounts whose total row names itself so: the rows above it add up, each rounded."""
    rows = table.grid.rows
    last = len(rows) - 1
    if last < 3 or not _TOTAL.match(rows[last][0].strip()) or table.merged:
        return
    if any(_TOTAL.match(row[0].strip()) for row in rows[1:last]):
        return
    for column in range(1, len(rows[0])):
        head = rows[0][column]
        if re.search(r"率|比|占|均|%|％|百分点|拉动|位次|排名|序号|天|时间|时长", head):
            continue
        values = [number(row[column]) for row in rows[1:] if column < len(row)]
        parts = [value for value in values[:-1] if value is not None]
        if len(values) != last or values[-1] is None or len(parts) < last - 1:
            continue
        digits = max(_digits(value) for value in [*parts, values[-1]])
        # whole numbers are counted, not rounded, unless they are measured
        step = Decimal(10) ** -digits if digits or _MEASURED.search(head) else Decimal(0)
        place = f"{table.name or f'第{at}个表'}「{' '.join(head.split())}」"
        yield from unequal(place, (values[-1], step), [(part, step) for part in parts])


_MEASURED = re.compile(r"千瓦|千伏安|元|kWh|kW|kVA|小时|分钟")
"""Units of what is measured, in the head of a column."""


def _digits(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


CHECK = form_check("F10", _run)
