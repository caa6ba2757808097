"""单位: the unit after a figure, over a column, in a unit column and on an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.domain.report import Chart, CheckResult, Column, Paragraph, Point, ReportContent, Series, Table

Judge = Callable[..., list[CheckResult]]


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("售电量变动{{F14.yoy:n}}%。", False),
        ("售电量变动{{F14.yoy:n}}个百分点。", True),
        ("线损率变动{{F17.yoy:n}}个百分点。", False),
        ("线损率变动{{F17.yoy:n}}个千分点。", True),
        ("工单{{F18:n}}件。", False),
        ("工单{{F18:n}}户。", True),
        ("工单{{F18}}件数较多。", False),
        ("工单{{F18}}，件数较多。", False),
        ("工单{{F18}}件。", True),
        ("售电量{{F14}}，亿千瓦时为单位。", False),
        ("工单{{F18:n}} 件。", False),
        ("{{F21.label}}千家万户用电。", False),
        ("售电量{{F14}}{{F15}}万。", True),
    ],
)
def test_a_unit_after_a_figure(of: Judge, text: str, stopped: bool) -> None:
    assert bool(of("units", Paragraph(text=text))) is stopped


@pytest.mark.parametrize(
    ("head", "unit", "cell", "stopped"),
    [
        ("单位", "亿千瓦时", "{{F14:n:亿千瓦时}}", False),
        ("单位", "万千瓦时", "{{F14:n:亿千瓦时}}", True),
        ("计量单位", "万千瓦时", "{{F14:n:亿千瓦时}}", True),
        ("类别", "万千瓦时", "{{F14:n:亿千瓦时}}", False),
        ("单位", "望湖区", "{{F14:n:亿千瓦时}}", False),
        ("单位", "万千瓦时", "{{F14.yoy:n}}", False),
        ("单位", "万千瓦时", "{{F14}}", False),
        ("单位", "%", "{{F16:n}}", False),
        ("单位", "件", "{{F16:n}}", True),
        ("单位", "万千瓦时", "{{F19:n}}", False),
        ("单位", "{{F999}}", "{{F14:n:亿千瓦时}}", False),
        ("单位", "万千瓦时", "{{F999:n}}", False),
        ("单位", "{{F18.unit}}", "{{F18:n}}", False),
        ("单位", "{{F18.unit}}", "{{F16:n}}", True),
    ],
)
def test_a_column_of_units(of: Judge, head: str, unit: str, cell: str, stopped: bool) -> None:
    table = Table(
        id="t",
        caption="指标",
        columns=(Column(header="指标"), Column(header=head), Column(header="本月")),
        rows=(("指标", unit, cell),),
    )
    found = of("units", table)
    assert bool(found) is stopped
    assert all(item.place == "表「指标」第1行「本月」" and item.fix for item in found)


def test_a_column_of_units_beside_columns_with_their_own(of: Judge) -> None:
    heads = (Column(header="单位"), Column(header="本月"), Column(header="同比", unit="%"))
    for unit, hits in (("亿千瓦时", []), ("万千瓦时", ["表「指标」第2行「本月」"])):
        rows = (("万元", "—", "—"), (unit, "{{F14:n:亿千瓦时}}", "{{F14.yoy:n}}"), ("缺格",))
        table = Table(id="t", caption="指标", columns=heads, rows=rows)
        assert [item.place for item in of("units", table)] == hits


def test_a_change_is_in_the_unit_of_its_rule(of: Judge, content: ReportContent) -> None:
    for unit, rule, said in (
        ("‰", "pp", "个千分点"),
        ("%", "pp", "个百分点"),
        ("kWh", "diff", "千瓦时"),
        ("元", "pct", "%"),
    ):
        fact = content.facts[16].model_copy(
            update={"unit": unit, "compare": content.facts[16].compare.model_copy(update={"rule": rule})}
        )
        for word in ("个千分点", "个百分点", "千瓦时", "%"):
            found = of("units", Paragraph(text=f"台区线损率变动{{{{F17.yoy:n}}}}{word}。"), facts=(fact,))
            assert [item.text for item in found] == [f"-0.18后面应写「{said}」，写成了「{word}」"] * (word != said)


@pytest.mark.parametrize(
    ("fact", "field", "axis", "right", "stopped"),
    [
        ("F14", "value", "万千瓦时", "", False),
        ("F14", "value", "件", "", True),
        ("F14", "yoy", "%", "", False),
        ("F14", "yoy", "百分点", "", True),
        ("F17", "yoy", "个百分点", "", False),
        ("F17", "yoy", "百分点", "", False),
        ("F17", "value", "%", "", False),
        ("F18", "value", "件", "", False),
        ("F18", "value", "", "件", True),
        ("F19", "value", "件", "", False),
        ("F999", "value", "件", "", False),
    ],
)
def test_an_axis(of: Judge, fact: str, field: Any, axis: str, right: str, stopped: bool) -> None:
    series = Series(name="本月", points=(None, Point(fact=fact, field=field)))
    chart = Chart(
        id="c", caption="走势", form="bar", categories=("甲", "乙"), series=(series,), unit=axis, right_unit=right
    )
    found = of("units", chart)
    assert bool(found) is stopped
    assert all(item.place == "图「走势」系列「本月」" for item in found)


def test_the_right_axis_has_its_own_unit(of: Judge) -> None:
    bars = Series(name="本月", points=(Point(fact="F14"),))
    line = Series(name="同比", points=(Point(fact="F14", field="yoy"),), axis="right", mark="line")
    for right, hits in (("%", 0), ("万千瓦时", 1)):
        chart = Chart(
            id="c",
            caption="走势",
            form="trend",
            categories=("甲",),
            series=(bars, line),
            unit="亿千瓦时",
            right_unit=right,
        )
        assert len(of("units", chart)) == hits
