"""F25 同比复算: this period and the same one last year give the change that is written beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tools.checks import Hit
from tools.checks.context import Context
from tools.checks.exhibits import SCALE, UNITS, Exhibit, column_unit, data_tables, number
from tools.checks.pages import form_check
from tools.checks.reading import Pages
from tools.checks.texts import texts

_NOW = re.compile(r"^(?:本月|本期|本年|本季|本周|当月|当期|前者)(?!累计)")
_BEFORE = {
    "同比": re.compile(r"^(?:上年|去年)(?:同期|同月|同季)|^同期(?!售)"),
    "环比": re.compile(r"^(?:上月|上期|上季|上周)"),
    "差异": re.compile(r"^后者"),
}
_PROSE = re.compile(
    rf"(-?\d+(?:\.\d+)?)\s*({UNITS})[，、（]?(?:而|比|较|与)?(?:上年同期|上年同月|去年同期|去年同月)(?:的|为|是)?\s*(-?\d+(?:\.\d+)?)\s*({UNITS})"
    r"[）]?(?:相比)?[，、]?(?:同比)?(增长|上升|增加|下降|降低|减少)(\d+(?:\.\d+)?)[%％]"
)
_DOWN = ("下降", "降低", "减少")


def _run(pages: Pages, context: Context | None) -> Iterator[Hit]:
    for table in data_tables(pages):
        if not table.merged:
            yield from _table(table)
    for said in texts(pages, tables=False):
        for match in _PROSE.finditer(said.text):
            now, before = _scaled(match[1], match[2]), _scaled(match[3], match[4])
            change = Decimal(match[6]) * (-1 if match[5] in _DOWN else 1)
            if before and not _near(change, now, before, _step(match[1], match[2]), _step(match[3], match[4])):
                wanted = (now - before) / abs(before) * 100
                yield Hit(said.place, f"「{match[0]}」复算为 {wanted:.2f}%", "核对两期数值和增幅。")


def _table(table: Exhibit) -> Iterator[Hit]:
    heads = ["".join(head.split()) for head in table.grid.rows[0]]
    for kind, pattern in _BEFORE.items():
        now = [at for at, head in enumerate(heads) if _NOW.match(head)]
        before = [at for at, head in enumerate(heads) if pattern.match(head)]
        if len(now) != 1 or len(before) != 1:
            continue
        units = [column_unit(table, at) for at in range(len(heads))]
        for row_at, row in enumerate(table.grid.rows[1:], 2):
            if len(row) == len(heads):
                for at, head in enumerate(heads):
                    place, columns = f"{table.name}第{row_at}行「{head}」", (at, now[0], before[0])
                    yield from _cell(place, kind, head, *_in_one_unit([(row[it], units[it]) for it in columns]))


def _in_one_unit(cells: list[tuple[str, str]]) -> list[Decimal | None]:
    """The numbers of cells whose columns print in different magnitudes, in the smallest of them."""
    found = [number(text.rstrip("%％")) for text, _ in cells]
    if not all(unit for _, unit in cells):
        return found
    powers = [SCALE.get(unit[:1], Decimal(1)).adjusted() for _, unit in cells]
    # scaleb keeps the digits, and with them how finely each was printed
    return [value and value.scaleb(power - min(powers)) for value, power in zip(found, powers, strict=True)]


def _cell(
    place: str, kind: str, head: str, said: Decimal | None, now: Decimal | None, before: Decimal | None
) -> Iterator[Hit]:
    if said is None or now is None or before is None:
        return
    step = max(_step(str(now)), _step(str(before)), _step(str(said)))
    named = re.sub(r"[（(](?![%％]).*", "", head)
    if named in ("增减", "增减额", "增减量") or (kind == "差异" and named == "差异"):
        if abs(now - before - said) > step * Decimal("1.5"):
            yield Hit(place, f"写作 {said}，复算为 {now - before}", "核对两期数值和差额。")
    elif (
        kind != "差异"
        and before
        and re.match(rf"^{kind}(?:增长|增幅|增减|变动)?(?:率)?[（(]?[%％][）)]?$", head)
        and not _near(said, now, before, _step(str(now)), _step(str(before)))
    ):
        yield Hit(place, f"写作 {said}，复算为 {(now - before) / abs(before) * 100:.2f}", "核对两期数值和增幅。")


def _near(said: Decimal, now: Decimal, before: Decimal, now_step: Decimal, before_step: Decimal) -> bool:
    """Whether some values that round to those printed give the change that is printed; rates change by points."""
    bounds = [
        (a - b) / abs(b) * 100
        for a in (now - now_step / 2, now + now_step / 2)
        for b in (before - before_step / 2, before + before_step / 2)
        if b
    ]
    half = Decimal(10) ** min(0, int(said.as_tuple().exponent)) / 2
    return min(bounds) - half <= said <= max(bounds) + half if bounds else True


def _scaled(value: str, unit: str) -> Decimal:
    return Decimal(value) * SCALE.get(unit[0], Decimal(1))


def _step(value: str, unit: str = "个") -> Decimal:
    exponent = int(Decimal(value).as_tuple().exponent)
    return Decimal(10) ** exponent * SCALE.get(unit[0], Decimal(1))


CHECK = form_check("F25", _run)
