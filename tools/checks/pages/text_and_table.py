"""F24 文表一致: what a sentence says of a row of a table under the same heading stands in that row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tools.checks import Hit
from tools.checks.anatomy import prose, segments
from tools.checks.context import Context
from tools.checks.exhibits import SCALE, UNITS, Exhibit, column_unit, data_tables, number
from tools.checks.pages import form_check
from tools.checks.reading import Pages

_VALUE = rf"(?:为|达|达到|完成|共|：)?\s*(-?\d+(?:\.\d+)?)\s*({UNITS})"
_CHANGE = re.compile(
    r"^[，、（]?(累计)?(同比|环比)(增长|上升|提高|增加|下降|降低|减少)(\d+(?:\.\d+)?)(%|％|个百分点|个千分点|[^\d，。；、]{1,5})"
)
_DOWN = ("下降", "降低", "减少")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    tables = data_tables(pages)
    for first, last in segments(pages):
        near = [table for table in tables if first <= table.grid.after <= last]
        rows = _rows(near)
        for line in prose(pages) if rows else ():
            if first <= line.number <= last:
                for text in _wrong(line.text, rows):
                    yield Hit(line.place, text, "核对正文和表，改正有误的一处。")


Row = tuple[Exhibit, tuple[str, ...]]


def _rows(tables: list[Exhibit]) -> dict[str, list[Row]]:
    """Rows by their label; a label that is a number or too short names nothing."""
    found: dict[str, list[Row]] = {}
    for table in tables:
        for row in table.grid.rows[1:]:
            label = "".join(row[0].split())
            if (
                len(label) >= 2
                and re.search(r"[一-鿿]", label)
                and not re.match(r"^(?:合计|总计|小计|其他|其中)", label)
            ):
                found.setdefault(label, []).append((table, row))
    return found


def _wrong(text: str, rows: dict[str, list[Row]]) -> Iterator[str]:
    for label in rows:
        for match in re.finditer(re.escape(label) + _VALUE, text):
            before = text[: match.start()]
            if any(text[: match.start() + len(label)].endswith(other) for other in rows if len(other) > len(label)):
                continue
            said, unit = Decimal(match[1]), match[2]
            if _elsewhere(before):
                continue
            hits = [row for row in rows[label] if any(_same(said, unit, cell, of) for cell, of in _amounts(*row))]
            if not hits:
                if any(of and _base(of)[0] == _base(unit)[0] for row in rows[label] for _, of in _amounts(*row)):
                    yield f"「{label}{match[1]}{match[2]}」与表中不一致"
                continue
            yield from _changes(label, text[match.end() :], hits)


def _elsewhere(before: str) -> bool:
    """Whether the words right before say that the figure is of another time or of a plan."""
    return bool(re.search(r"(?:预计|上年同期|上年同月|去年同期|计划|目标|上月|预测|其中)[^，。；、]{0,8}$", before))


def _amounts(table: Exhibit, row: tuple[str, ...]) -> Iterator[tuple[Decimal, str]]:
    """(value, unit) of the cells of a row that are no changes."""
    named = next((at for at, head in enumerate(table.grid.rows[0]) if head.strip() in {"单位", "计量单位"}), None)
    for at in range(1, len(row)):
        head = table.grid.rows[0][at] if at < len(table.grid.rows[0]) else ""
        value = number(row[at])
        if value is None or re.search(r"同比|环比|增减|拉动|占比|序号", head):
            continue
        unit = column_unit(table, at)
        if not unit and named and named < len(row):
            unit = row[named].strip()
        if not unit and table.unit_line:
            unit = re.split(r"[:：]", table.unit_line.strip("（）() "))[-1].strip()
        yield value, unit


def _changes(label: str, rest: str, rows: list[Row]) -> Iterator[str]:
    """同比 and 环比 that follow the value at once."""
    while match := _CHANGE.match(rest):
        said = Decimal(match[4]) * (-1 if match[3] in _DOWN else 1)
        wanted = f"{match[1] or ''}{match[2]}"
        found = [
            value
            for table, row in rows
            for at, head in enumerate(table.grid.rows[0])
            if at < len(row) and re.sub(r"[（(].*", "", "".join(head.split())) == wanted
            if (value := number(row[at])) is not None
        ]
        if found and said not in found and not any(abs(value) == abs(said) == 0 for value in found):
            yield f"「{label}」{wanted}{match[3]}{match[4]}与表中 {found[0]} 不一致"
        rest = rest[match.end() :]


def _base(unit: str) -> tuple[str, Decimal]:
    return (unit[1:], SCALE[unit[0]]) if unit[:1] in SCALE and len(unit) > 1 else (unit.replace("％", "%"), Decimal(1))


def _same(said: Decimal, unit: str, cell: Decimal, of: str) -> bool:
    """Equal at the coarser of the two precisions."""
    (name, scale), (other, factor) = _base(unit), _base(of)
    if name != other:
        return False
    step = max(_step(said) * scale, _step(cell) * factor)
    return abs(said * scale - cell * factor) < step if scale != factor else said == cell or abs(said) == abs(cell)


def _step(value: Decimal) -> Decimal:
    return Decimal(10) ** min(0, int(value.as_tuple().exponent))


CHECK = form_check("F24", _run)
