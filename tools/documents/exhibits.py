"""The words around a table: its unit line, headers with units, and notes; the same in every format."""

from __future__ import annotations

from core.domain.report import Column, Table


def unit_line(table: Table) -> str:
    """The unit that serves the whole table, printed above it; empty when columns differ."""
    units = {column.unit for column in table.columns if column.unit}
    if table.unit_note or len(units) != 1 or not all(column.unit for column in table.columns[1:]):
        return table.unit_note
    return f"单位：{unit_word(next(iter(units)))}"


def note_line(table: Table) -> str:
    """The notes below a table as one sentence; empty when there are none."""
    notes = "；".join(note.rstrip("。") for note in table.notes)
    return f"注：{notes}。" if notes else ""


def unit_word(unit: str) -> str:
    """A unit as printed in a header."""
    return {"kWh": "千瓦时", "kVA": "千伏安", "kW": "千瓦", "h": "小时", "min": "分钟"}.get(unit, unit)


def header(column: Column, shared: bool) -> str:
    """The column's header with its unit, unless one unit line serves the whole table."""
    if shared or not column.unit or column.unit in column.header or unit_word(column.unit) in column.header:
        return column.header
    return f"{column.header}（{unit_word(column.unit)}）"
