"""Charts plot exactly the printed numbers of facts, in every form, with stable bytes."""

from __future__ import annotations

import io
import struct
from decimal import Decimal

import pytest

from core.domain.report import Chart, Point, ReportContent, Series
from core.domain.tokens import UnknownToken
from tools.charts import plot_of, recommend, render_png, render_svg
from tools.charts.lettering import width, wrapped
from tools.charts.plot import short_ticks
from tools.charts.shades import note, shades

FORMS = ("trend", "bar", "barh", "stack", "ring", "histogram", "waterfall", "heat", "tiles")


def charts(content: ReportContent) -> dict[str, Chart]:
    return {block.id: block for section in content.sections for block in section.blocks if isinstance(block, Chart)}


def test_numbers_are_the_printed_ones(content: ReportContent) -> None:
    plot = plot_of(charts(content)["c_org"], content.fact_map())
    assert plot.traces[0].printed == ("14000.00", "20100.00", "26200.00", "32300.00", "38400.00")
    trend = plot_of(charts(content)["c_energy"], content.fact_map())
    assert trend.traces[1].values[0] == Decimal("-1.20") and trend.traces[1].unit == "%"


def test_a_fact_without_a_number_is_a_gap(content: ReportContent) -> None:
    chart = charts(content)["c_org"]
    points = (Point(fact="F19"), *chart.series[0].points[1:])
    broken = chart.model_copy(update={"series": (chart.series[0].model_copy(update={"points": points}),)})
    missing = content.fact_map()["F19"].model_copy(update={"unit": "kWh"})
    facts = content.fact_map() | {"F19": missing}
    assert plot_of(broken, facts).traces[0].values[0] is None
    assert render_png(broken, facts)


@pytest.mark.parametrize("change", [{"unit": "万元"}, {"categories": ("一",)}])
def test_a_point_that_cannot_be_shown_is_an_error(content: ReportContent, change: dict[str, object]) -> None:
    with pytest.raises(UnknownToken):
        render_png(charts(content)["c_org"].model_copy(update=change), content.fact_map())


def test_an_unknown_fact_is_an_error(content: ReportContent) -> None:
    chart = charts(content)["c_org"].model_copy(
        update={"series": (Series(name="x", points=tuple(Point(fact="F999") for _ in range(5))),)}
    )
    with pytest.raises(UnknownToken):
        plot_of(chart, content.fact_map())


@pytest.mark.parametrize("form", FORMS)
def test_every_form_draws_the_same_picture_twice(content: ReportContent, form: str) -> None:
    chart = charts(content)["c_calls"].model_copy(update={"form": form})
    facts = content.fact_map()
    png = render_png(chart, facts)
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">I", png[16:20])[0] == 1228
    assert png == render_png(chart, facts)
    svg = render_svg(chart, facts)
    assert svg == render_svg(chart, facts) and "咨询" in svg and "1620" in svg


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_drawn_outside_the_sheet(content: ReportContent, form: str) -> None:
    """Long names and many bars must not run over the edge: the outermost pixels stay white."""
    from PIL import Image

    facts = content.fact_map()
    base = charts(content)["c_energy"]
    names = tuple(f"国网云州第{chr(0x4E00 + at)}供电服务中心" for at in range(13))
    chart = base.model_copy(update={"form": form, "categories": names, "series": base.series[:1]})
    image = Image.open(io.BytesIO(render_png(chart, facts, dpi=100))).convert("L")
    right, bottom = image.width - 1, image.height - 1
    edge = [image.getpixel((x, y)) for x in range(image.width) for y in (0, bottom)]
    edge += [image.getpixel((x, y)) for y in range(image.height) for x in (0, right)]
    assert min(int(str(value)) for value in edge) > 240


def test_no_glyph_is_missing(content: ReportContent, recwarn: pytest.WarningsRecorder) -> None:
    for chart in charts(content).values():
        render_png(chart, content.fact_map())
    assert [str(item.message) for item in recwarn if "Glyph" in str(item.message)] == []


def test_deeper_shades_are_larger_numbers_and_their_ink_is_readable() -> None:
    def light(colour: str) -> float:
        return sum(w * int(colour[at : at + 2], 16) for w, at in ((0.299, 1), (0.587, 3), (0.114, 5)))

    one = shades([Decimal(1), Decimal(5), None, Decimal(9)])
    assert light(one[0][0]) > light(one[1][0]) > light(one[3][0]) and light(one[2][0]) > 240
    both = shades([Decimal(-8), Decimal(-1), Decimal(1), Decimal(8)])
    assert light(both[0][0]) < light(both[1][0]) and light(both[3][0]) < light(both[2][0])
    assert both[0][0] != both[3][0] and note([-1.0, 2.0]) != note([1.0, 2.0])
    assert all(abs(light(fill) - light(ink)) > 85 for fill, ink in one + both)


def test_ticks_print_the_year_once() -> None:
    assert short_ticks(("2025年11月", "2025年12月", "2026年1月")) == ("11月\n2025年", "12月", "1月\n2026年")
    assert short_ticks(("望湖区", "青石县")) == ("望湖区", "青石县")


def test_names_wrap_to_their_room() -> None:
    assert wrapped("望湖区", 8, 30) == "望湖区"
    assert wrapped("望湖供电服务中心", 8, 40) == "望湖供电\n服务中心"
    assert width("望湖\nab", 10) == 20


@pytest.mark.parametrize(
    ("shape", "form"),
    [
        ({"points": 13, "over_time": True}, "trend"),
        ({"points": 5}, "bar"),
        ({"points": 12}, "barh"),
        ({"points": 4, "parts_of_whole": True}, "ring"),
        ({"points": 4, "series": 3, "parts_of_whole": True}, "stack"),
        ({"points": 9, "parts_of_whole": True}, "barh"),
        ({"points": 6, "intervals": True}, "histogram"),
        ({"points": 5, "bridge": True}, "waterfall"),
        ({"points": 6, "series": 8, "over_time": True}, "heat"),
        ({"points": 18, "units": True}, "tiles"),
    ],
)
def test_recommended_forms(shape: dict[str, int], form: str) -> None:
    assert recommend(**shape) == form
