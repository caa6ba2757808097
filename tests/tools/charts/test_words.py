"""Words in an SVG stand where matplotlib, which measures them, would have put them."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import get_args

import pytest
from matplotlib.figure import Figure

from core.domain.fact import Compare
from core.domain.report import Chart, Point, ReportContent, Series
from tools.charts import render_svg
from tools.charts.lettering import family
from tools.charts.words import Along, Word, markup, put

_PLACE = re.compile(r'<text [^>]*?x="([-\d.]+)" y="([-\d.]+)"|translate\(([-\d.]+) ([-\d.]+)\)')


def places(svg: str) -> list[tuple[float, float]]:
    found = [(match[1] or match[3], match[2] or match[4]) for match in _PLACE.finditer(svg)]
    return [(float(x), float(y)) for x, y in found]


CASES = [(text, va) for text in ("1620.50", "售电量", "1月\n2026年") for va in get_args(Along)]
CASES.remove(("1月\n2026年", "baseline"))  # no form writes two lines on a base line


@pytest.mark.parametrize(("text", "va"), CASES)
def test_the_same_place_as_measured(text: str, va: Along) -> None:
    family()
    figure = Figure(figsize=(4, 3))
    word = Word(150, 100, text, 10, "#222222", "center", va)
    put([word], figure)
    out = io.StringIO()
    figure.savefig(out, format="svg")
    measured = [y for _, y in places(out.getvalue())]
    ours = [y for _, y in places(markup([word], 216))]
    assert len(ours) == len(text.split("\n"))
    assert ours == pytest.approx(measured, abs=0.35)


def test_words_stay_words(content: ReportContent) -> None:
    """Every printed number of a chart is a text of the SVG, also the haloed ones, and markup in a name is harmless."""
    chart = next(
        block
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Chart) and block.id == "c_energy"
    )
    named = chart.model_copy(update={"categories": ("<b>&", *chart.categories[1:])})
    svg = render_svg(named, content.fact_map())
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", svg)
    assert {"-1.20", "4.28", "200000", "&lt;b&gt;&amp;", "（右轴）%"} <= set(texts)
    assert "paint-order: stroke" in svg and len(svg) < 40_000


def test_numbers_of_a_line_stand_clear_of_the_bars(content: ReportContent) -> None:
    """A line that dips between higher bars: its number stands above the dip, not on the number of the bar."""
    sales, growth = Decimal(50), (Decimal(3), Decimal(0), Decimal(3))
    facts = [
        content.facts[13].model_copy(
            update={
                "id": f"F{at}",
                "value": sales,
                "compare": Compare(rule="pct", yoy=yoy),
                "unit": "件",
                "decimals": 0,
            }
        )
        for at, yoy in enumerate(growth, 900)
    ]
    bars = Series(name="受理量", points=tuple(Point(fact=fact.id) for fact in facts))
    line = Series(
        name="同比", points=tuple(Point(fact=fact.id, field="yoy") for fact in facts), axis="right", mark="line"
    )
    chart = Chart(
        id="c", caption="量", form="bar", categories=("8月", "9月", "10月"), series=(bars, line), unit="件",
        right_unit="%", alt="图",
    )  # fmt: skip
    svg = render_svg(chart, {fact.id: fact for fact in facts})
    words = list(zip(re.findall(r"<text [^>]*>([^<]*)</text>", svg), places(svg), strict=True))
    middle = next(x for text, (x, _) in words if text == "9月")
    stand = {text: y for text, (x, y) in words if abs(x - middle) < 1}
    assert stand["0.00"] < stand["50"] - 8


def test_numbers_of_two_lines_stand_on_the_outer_sides(content: ReportContent) -> None:
    """Where two lines cross, the higher number stands above its point and the lower one below: never on each other."""
    rates = {"甲": ("3.46", "2.49", "3.39"), "乙": ("2.41", "3.52", "2.58")}
    facts = {
        f"F{900 + at}": content.facts[13].model_copy(
            update={"id": f"F{900 + at}", "value": Decimal(rate), "unit": "%", "decimals": 2}
        )
        for at, rate in enumerate((*rates["甲"], *rates["乙"]))
    }
    names = list(facts)
    lines = tuple(
        Series(name=name, points=tuple(Point(fact=fact) for fact in names[at : at + 3]), mark="line")
        for name, at in (("甲", 0), ("乙", 3))
    )
    chart = Chart(
        id="c", caption="率", form="trend", categories=("8月", "9月", "10月"), series=lines, unit="%", alt="图"
    )  # fmt: skip
    svg = render_svg(chart, facts)
    stand = dict(zip(re.findall(r"<text [^>]*>([^<]*)</text>", svg), (y for _, y in places(svg)), strict=True))
    for upper, lower in (("3.46", "2.41"), ("3.52", "2.49"), ("3.39", "2.58")):
        assert stand[upper] < stand[lower] - 20


@pytest.mark.parametrize(("values", "marks"), [
    ((1, 1, 0), []), ((2, 1, 0), ["0", "1", "2"]), ((3, 6, 12), ["0", "2", "4", "6", "8", "10", "12"]),
    (("0.4", "1.2", "0"), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2"]),
])  # fmt: skip
def test_an_axis_of_counts_has_whole_marks(
    content: ReportContent, values: tuple[object, ...], marks: list[str]
) -> None:
    """Half a complaint is no mark; two marks alone are no scale, and the bars print their numbers."""
    facts = [
        content.facts[13].model_copy(update={"id": f"F{at}", "value": Decimal(str(value)), "unit": "MW", "decimals": 1})
        for at, value in enumerate(values, 900)
    ]
    series = Series(name="量", points=tuple(Point(fact=fact.id) for fact in facts))
    chart = Chart(
        id="c", caption="量", form="bar", categories=("甲", "乙", "丙"), series=(series,), unit="MW", alt="图"
    )
    svg = render_svg(chart, {fact.id: fact for fact in facts})
    words = list(zip(re.findall(r"<text [^>]*>([^<]*)</text>", svg), places(svg), strict=True))
    left = min(x for text, (x, _) in words if text == "甲") - 20
    assert sorted((text for text, (x, _) in words if x < left and text[0].isdigit()), key=float) == marks
