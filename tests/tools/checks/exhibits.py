"""A table and a chart that say nothing by themselves: a case puts its words into them."""

from core.domain.report import Chart, Column, Point, Series, Table

TABLE = Table(id="t", caption="电量", columns=(Column(header="单位"), Column(header="电量")), rows=(("甲", "—"),))
CHART = Chart(
    id="c",
    caption="电量",
    form="bar",
    categories=("甲",),
    series=(Series(name="电量", points=(Point(fact="F14"),)),),
    unit="亿千瓦时",
    alt="电量柱形",
)
