"""The words around a table: its unit line, headers with units, and notes; the same in every format."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from core.domain.report import Column, Table

TOGETHER = 6
"""Tables of up to so many rows stay on one page; longer ones go on over it, their header repeated."""
_WORD = 4
"""Characters that a line of a wrapping cell holds at least."""
_BROKEN = 1.5
"""Lines that it is worth to keep a short text on one line."""


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


def wide(text: str) -> float:
    """Width of the longest line in full-width characters."""
    return max(sum(1.0 if ord(char) > 0x2E80 or char in "—…" else 0.55 for char in line) for line in text.split("\n"))


def fitted(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    aligns: Sequence[str],
    room: float,
    size: float,
    pad: float,
) -> list[float]:
    """Column widths in points that add up to `room`: what each column needs first, the rest by `shares`.

    A header may break before its bracketed unit. Where the needs exceed the room, names in headers break once, then
    columns of text (aligned left) wrap and numbers stay whole; where even that is too much, every column gives in
    proportion.
    """
    needs, least = [], []
    for at, head in enumerate(heads):
        name, bracket, unit = head.partition("（")
        parts = (name, bracket + unit) if name else (head,)
        body = max((wide(row[at]) for row in rows), default=0.0)
        needs.append(max(body, *map(wide, parts)) * size + pad)
        half = name[: -(-len(name) // 2)] if len(name) > 3 else name
        least.append(max(body, *map(wide, (half, *parts[1:]))) * size + pad)
    if sum(needs) > room >= sum(least):
        given = (room - sum(least)) / (sum(needs) - sum(least))
        return [low + (need - low) * given for low, need in zip(least, needs, strict=True)]
    if sum(needs) > room:
        return _wrapping(least, [heads, *rows], aligns, room, size, pad)
    wished = [share * room / sum(shares) for share in shares]
    lacking = [max(wish - need, 0.0) for wish, need in zip(wished, needs, strict=True)]
    spare, whole = room - sum(needs), sum(lacking)
    if not whole:
        return [need + spare / len(needs) for need in needs]
    return [need + spare * lack / whole for need, lack in zip(needs, lacking, strict=True)]


def _wrapping(
    needs: Sequence[float], cells: Sequence[Sequence[str]], aligns: Sequence[str], room: float, size: float, pad: float
) -> list[float]:
    """Numbers keep their need; texts give, a character at a time, where that costs least."""
    texts = [at for at, align in enumerate(aligns) if align == "left"]
    floors = {at: min(needs[at], _WORD * size + pad) for at in texts}
    out = list(needs)
    lengths = {at: [wide(row[at]) * size for row in cells] for at in texts}
    lines = {at: [1] * len(cells) for at in texts}
    while sum(out) > room:
        free = [at for at in texts if out[at] > floors[at]]
        if not free:
            return [need * room / sum(needs) for need in needs]
        tried = {at: _lines(lengths[at], max(out[at] - size, floors[at]) - pad, size) for at in free}
        high = list(map(max, *lines.values())) if len(texts) > 1 else lines[texts[0]]
        at = min(free, key=lambda at: (_cost(tried[at], lines[at], high), _more(tried[at], lines[at]), -out[at]))
        out[at], lines[at] = max(out[at] - size, floors[at]), tried[at]
    spare = (room - sum(out)) / len(texts) if texts else 0.0
    return [width + spare if at in texts else width for at, width in enumerate(out)]


def _cost(new: Sequence[int], now: Sequence[int], high: Sequence[int]) -> float:
    """Lines that rows gain, and a little more for each text that stood on one line and no longer does."""
    return _more(new, high) + _BROKEN * sum(before == 1 < after for before, after in zip(now, new, strict=True))


def _more(new: Sequence[int], now: Sequence[int]) -> int:
    return sum(max(one - other, 0) for one, other in zip(new, now, strict=True))


def _lines(lengths: Sequence[float], width: float, size: float) -> list[int]:
    """Lines of each text in a column; a line ends before the letter that does not fit, and so holds a little less."""
    return [1 if length <= width else ceil(length / max(width - size / 2, size)) for length in lengths]
