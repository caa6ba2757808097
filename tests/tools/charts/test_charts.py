"""Charts plot exactly the printed numbers of facts, in every form, with stable bytes."""

from __future__ import annotations

import io
import struct
from decimal import Decimal

import pytest

from core.domain.report import Chart, Point, ReportContent, Series
from core.domain.tokens import UnknownToken
from tools.charts import echart, plot_of, recommend, render_png, render_svg
from tools.charts.lettering import width, wrapped
from tools.charts.plot import short_ticks

FORMS = ("trend", "bar", "barh", "stack", "ring", "histogram", "waterfall")


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
    option = echart(broken, facts)
    assert option["series"][0]["data"][0] is None
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


def test_chat_option_carries_facts(content: ReportContent) -> None:
    for chart in charts(content).values():
        option = echart(chart, content.fact_map())
        data = [item for series in option["series"] for item in series["data"] if isinstance(item, dict)]
        ids = {point.fact for series in chart.series for point in series.points if point}
        assert {item["fact"] for item in data} == ids
    option = echart(charts(content)["c_energy"], content.fact_map())
    assert [series.get("yAxisIndex", 0) for series in option["series"]] == [0, 1]


def test_waterfall_in_chat_floats_on_the_level_before(content: ReportContent) -> None:
    base, shown = echart(charts(content)["c_price"], content.fact_map())["series"]
    assert base["data"] == [0.0, 633.0, pytest.approx(632.0), 0.0]
    assert [item["value"] for item in shown["data"]] == [633.0, 5.29, 6.29, 632.0]
    assert shown["data"][2]["label"]["formatter"] == "-6.29"


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
    ],
)
def test_recommended_forms(shape: dict[str, int], form: str) -> None:
    assert recommend(**shape) == form
