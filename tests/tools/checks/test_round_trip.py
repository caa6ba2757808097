"""A printed fact reads back as itself at its display precision; a number of no fact is never let through."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.fact import Compare, Fact
from core.domain.period import Period
from core.domain.report import ReportContent
from core.domain.tokens import SCALES, natural_unit, places, plain, rounded, unit_scale
from evals.mutations.score import alarmed
from tools.checks.context import context_of
from tools.checks.reading import Pages
from tools.documents.numbering import chinese

UNITS = (*SCALES, "%", "‰", "户", "件", "个", "次", "天", "元/千千瓦时", "℃")
_PRINTED = re.compile(r"(-?\d+(?:\.\d+)?)(.*)")
MAGNITUDES = st.integers(-13, 13).flatmap(
    lambda power: st.decimals(-10, 10, places=6, allow_nan=False).map(lambda value: value.scaleb(power))
)


def fact(value: Decimal, unit: str, decimals: int, **compare: Decimal | str) -> Fact:
    return Fact(
        id="F1",
        indicator="A02",
        name="售电量",
        value=value,
        unit=unit,
        decimals=decimals,
        period=Period.month(2026, 10),
        org="99401",
        compare=Compare.model_validate(compare),
    )


@settings(max_examples=300, deadline=None)
@given(value=MAGNITUDES, unit=st.sampled_from(UNITS), decimals=st.integers(0, 4), display=st.integers(0, 3))
def test_a_value_reads_back_as_itself(value: Decimal, unit: str, decimals: int, display: int) -> None:
    one = fact(value, unit, decimals)
    shown = [natural_unit(unit, value), *(name for name, _ in SCALES.get(unit, ()))][
        display % (1 + len(SCALES.get(unit, ())))
    ]
    printed = plain(f"{{{{F1:{shown}}}}}", {"F1": one})
    match = _PRINTED.fullmatch(printed)
    assert match is not None, printed
    name = next((item for item in (shown, unit) if match[2] in {item, _word(item)}), None)
    assert name is not None, printed
    step = Decimal(1).scaleb(-places(one, shown))
    assert Decimal(match[1]) == rounded(value / unit_scale(unit, shown), places(one, shown))
    assert abs(Decimal(match[1]) * unit_scale(unit, shown) - value) <= step * unit_scale(unit, shown) / 2
    assert match[1] != "-0" and not re.fullmatch(r"-0\.0+", match[1])


def _word(unit: str) -> str:
    return SCALES[unit][-1][0] if unit in SCALES else unit


@settings(max_examples=200, deadline=None)
@given(
    change=st.decimals(-(10**4), 10**4, places=4, allow_nan=False),
    rule=st.sampled_from(["pct", "pp", "diff"]),
    field=st.sampled_from(["yoy", "mom", "ytd_yoy", "mom_daily"]),
)
def test_a_change_reads_back_with_its_sign(change: Decimal, rule: str, field: str) -> None:
    one = fact(Decimal(10**8), "kWh", 2, rule=rule, **{field: change})
    words, number = plain(f"{{{{F1.{field}}}}}", {"F1": one}), plain(f"{{{{F1.{field}:n}}}}", {"F1": one})
    assert Decimal(number) == rounded(change, 2)
    digits = re.search(r"\d+(?:\.\d+)?", words)
    if digits is None:
        assert "持平" in words and abs(change) < Decimal("0.05")
        return
    sign = -1 if "下降" in words else 1
    assert sign * Decimal(digits.group(0)) == rounded(change, 2)
    assert ("增长" in words or "提高" in words or "上升" in words or "上涨" in words) is (change > 0)


FORMATS = st.sampled_from(["docx", "pdf", "pptx"])
FIGURES = st.one_of(
    st.decimals(0, 10**7, places=2, allow_nan=False).map(lambda value: f"{value:f}"),
    st.integers(1, 10**9).map(str),
    st.integers(1, 10**6).map(lambda number: "".join(chr(0xFF10 + int(digit)) for digit in str(number))),
    st.integers(2, 99).map(chinese),
)


@settings(max_examples=90, deadline=None)
@given(
    name=FORMATS,
    figure=FIGURES,
    unit=st.sampled_from(["%", "个百分点", "万千瓦时", "亿千瓦时", "万元", "户", "件", "倍"]),
    place=st.integers(0, 10**6),
)
def test_no_number_of_no_fact_passes(
    read: dict[str, Pages], content: ReportContent, name: str, figure: str, unit: str, place: int
) -> None:
    """Wherever a figure is put into a printed sentence, in whatever script and format, the file is stopped."""
    pages = read[name]
    lines = [
        at for at, line in enumerate(pages.lines) if line.zone == "body" and "，" in line.text and line.style != "Notes"
    ]
    at = lines[place % len(lines)]
    text = pages.lines[at].text
    commas = [found.start() for found in re.finditer("，", text)]
    cut = commas[place % len(commas)]
    line = replace(pages.lines[at], text=f"{text[:cut]}，另有{figure}{unit}{text[cut:]}")
    assert alarmed(replace(pages, lines=(*pages.lines[:at], line, *pages.lines[at + 1 :])), context_of(content))


def cells_of(pages: Pages) -> list[tuple[int, int, int]]:
    return [
        (at, row, column)
        for at, grid in enumerate(pages.grids)
        for row, texts in enumerate(grid.rows)
        for column, text in enumerate(texts)
        if grid.zone != "cover" and re.fullmatch(r"-?\d+(?:\.\d+)?", text)
    ]


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(["docx", "pptx"]), place=st.integers(0, 10**6), step=st.integers(1, 10**6))
def test_no_other_number_passes_in_a_cell(
    read: dict[str, Pages], content: ReportContent, name: str, place: int, step: int
) -> None:
    pages = read[name]
    cells = cells_of(pages)
    at, row, column = cells[place % len(cells)]
    grid = pages.grids[at]
    old = grid.rows[row][column]
    new = f"{Decimal(old) + Decimal(step).scaleb(min(Decimal(old).as_tuple().exponent, 0)):f}"  # type: ignore[type-var]
    texts = (*grid.rows[row][:column], new, *grid.rows[row][column + 1 :])
    changed = replace(grid, rows=(*grid.rows[:row], texts, *grid.rows[row + 1 :]))
    assert alarmed(replace(pages, grids=(*pages.grids[:at], changed, *pages.grids[at + 1 :])), context_of(content))


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(["docx", "pptx"]), place=st.integers(0, 10**6), step=st.integers(1, 10**6))
def test_no_other_number_passes_in_a_chart(
    read: dict[str, Pages], content: ReportContent, name: str, place: int, step: int
) -> None:
    pages = read[name]
    points = [
        (at, series, point)
        for at, drawing in enumerate(pages.drawings)
        for series, (_, values) in enumerate(drawing.series)
        for point, value in enumerate(values)
        if value
    ]
    at, series, point = points[place % len(points)]
    drawing = pages.drawings[at]
    label, values = drawing.series[series]
    new = f"{Decimal(values[point]) + Decimal(step).scaleb(-2):f}"
    changed = (label, (*values[:point], new, *values[point + 1 :]))
    drawn = replace(drawing, series=(*drawing.series[:series], changed, *drawing.series[series + 1 :]))
    assert alarmed(
        replace(pages, drawings=(*pages.drawings[:at], drawn, *pages.drawings[at + 1 :])), context_of(content)
    )
