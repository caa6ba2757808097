"""A printed fact reads back as itself at its display precision; a number of no fact is never let through."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.fact import Compare, Fact
from core.domain.period import Period
from core.domain.report import ReportContent
from core.domain.tokens import SCALES, natural_unit, places, plain, rounded, unit_scale
from evals.mutations.score import alarmed
from tools.checks.context import Context, context_of
from tools.checks.readers import read_file
from tools.checks.reading import Pages
from tools.documents import DocumentMeta, export

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


@pytest.fixture(scope="module")
def word(
    content: ReportContent, labels: dict[str, str], meta: DocumentMeta, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Pages, Context]:
    path = export("docx", content, labels, meta, tmp_path_factory.mktemp("docx") / "report.docx")
    return read_file(Path(path)), context_of(content, labels)


@settings(max_examples=60, deadline=None)
@given(
    number=st.decimals(0, 10**7, places=2, allow_nan=False).map(lambda value: f"{value:f}"),
    unit=st.sampled_from(["%", "个百分点", "万千瓦时", "亿千瓦时", "万元", "户", "件", ""]),
    place=st.integers(0, 10**6),
    wide=st.booleans(),
)
def test_no_number_of_no_fact_passes(
    word: tuple[Pages, Context], number: str, unit: str, place: int, wide: bool
) -> None:
    """Wherever a figure is put into a printed sentence, the file is stopped."""
    pages, context = word
    lines = [
        at for at, line in enumerate(pages.lines) if line.zone == "body" and line.style == "Body" and "，" in line.text
    ]
    at = lines[place % len(lines)]
    text = pages.lines[at].text
    comma = [found.start() for found in re.finditer("，", text)]
    cut = comma[place % len(comma)]
    figure = number.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}) if wide else number
    line = replace(pages.lines[at], text=f"{text[:cut]}，另有{figure}{unit}{text[cut:]}")
    false = replace(pages, lines=(*pages.lines[:at], line, *pages.lines[at + 1 :]))
    assert alarmed(false, context)
