"""A realistic monthly report with some sixty facts, six charts and six tables; every figure is a token."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from core.domain.fact import By, Compare, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from core.domain.report import (
    Block,
    Chart,
    Column,
    Listing,
    Paragraph,
    Point,
    ReportContent,
    Section,
    Series,
    SourceState,
    Table,
)

OCTOBER = Period.month(2026, 10)
AS_OF = datetime(2026, 11, 2, 6, 30)
CALIBERS = {
    "A02": "统计期内已发行电费对应的售电量，含冲退补，按发行月归属；不含自发自用电量。",
    "B01": "统计期内发行的应收电费合计，含基本电费、力调电费和代征费。",
    "B03": "统计期应收电费中截至统计日已到账的比例。",
    "C02": "台区线损率＝（台区供电量－台区用电量）÷台区供电量×100%，不含不可算台区。",
    "E01": "统计期内受理的95598工单数，含重复来电，不含外呼。",
    "G01": "报告期内客户停电次数与停电时户数，按中压事件统计。",
}
COUNTIES = ("云湖区", "望湖区", "青石县", "南渡县", "临江区")
CLASSES = ("大工业", "一般工商业", "居民生活", "农业生产")


class Minter:
    """Numbers facts in order, as the engine does."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def mint(self, indicator: str, name: str, value: str | None, unit: str, **more: Any) -> Fact:
        compare = more.pop("compare", None)
        numbers = {key: Decimal(text) for key, text in (compare or {}).items() if key != "rule"}
        fact = Fact(
            id=f"F{len(self.facts) + 1}",
            indicator=indicator,
            name=name,
            value=None if value is None else Decimal(value),
            unit=unit,
            compare=Compare(rule=(compare or {}).get("rule", "pct"), **numbers),
            period=more.pop("period", OCTOBER),
            org=more.pop("org", "99401"),
            org_name=more.pop("org_name", "国网云州供电公司"),
            caliber=CALIBERS[indicator],
            caliber_version="2026.1",
            source=more.pop("source", "marketing"),
            datasets=more.pop("datasets", ("bill",)),
            query="SELECT SUM(kwh_total) FROM bill WHERE org_code LIKE :org AND ym = :ym",
            params={"org": "99401%", "ym": "2026-10"},
            row_count=412,
            as_of=AS_OF,
            **more,
        )
        self.facts.append(fact)
        return fact


def build() -> ReportContent:
    """The report; the same content, and so the same hash, at every call."""
    mint = Minter()
    months = OCTOBER.trailing_months(13)
    energy = [
        mint.mint(
            "A02",
            "售电量",
            str(1_150_000_000 + 9_870_000 * ((7 * at) % 13)),
            "kWh",
            period=month,
            by=By(dim="month", key=month.code, label=month.label),
            compare={"yoy": f"{(at * 1.37) % 6 - 1.2:.2f}"},
        )
        for at, month in enumerate(months)
    ]
    sale = mint.mint(
        "A02",
        "售电量",
        "1236000000",
        "kWh",
        compare={"yoy": "5.21", "mom": "-3.40", "ytd": "11872000000", "ytd_yoy": "4.86"},
    )
    due = mint.mint(
        "B01",
        "应收电费",
        "781000000",
        "元",
        compare={"yoy": "5.04", "mom": "-2.90", "ytd": "7502000000", "ytd_yoy": "4.40"},
    )
    recovery = mint.mint(
        "B03",
        "电费回收率",
        "99.98",
        "%",
        kind="rate",
        direction="up",
        compare={"rule": "pp", "yoy": "0.01", "mom": "-0.02"},
    )
    loss = mint.mint(
        "C02",
        "台区线损率",
        "2.31",
        "%",
        kind="rate",
        direction="down",
        source="acquisition",
        datasets=("tg_loss_day",),
        compare={"rule": "pp", "yoy": "-0.18", "mom": "0.05"},
    )
    tickets = mint.mint(
        "E01",
        "95598工单量",
        "3182",
        "件",
        kind="count",
        decimals=0,
        source="service",
        datasets=("ticket",),
        compare={"yoy": "-6.30", "mom": "2.10"},
    )
    outage = mint.mint("G01", "停电时户数", None, "h", source="equipment", datasets=("outage_event",), status="error")
    partial = mint.mint(
        "C02",
        "采集成功率",
        "99.61",
        "%",
        kind="rate",
        source="acquisition",
        datasets=("collect_day",),
        status="partial",
        reason="缺一日数据",
        compare={"rule": "pp", "yoy": "0.12"},
    )
    county = [
        mint.mint(
            "A02",
            "售电量",
            str(140_000_000 + 61_000_000 * at),
            "kWh",
            org=f"99401{at:02d}",
            org_name=f"国网云州{name}供电公司",
            by=By(dim="org", key=f"99401{at:02d}", label=name),
            compare={"yoy": f"{6 - 2.7 * at:.2f}"},
        )
        for at, name in enumerate(COUNTIES)
    ]
    county_total = mint.mint("A02", "售电量", str(sum(fact.value or 0 for fact in county)), "kWh")
    classes = [
        mint.mint(
            "A02",
            "售电量",
            str(value),
            "kWh",
            by=By(dim="tariff_class", key=str(at), label=name),
            compare={"yoy": yoy},
        )
        for at, (name, value, yoy) in enumerate(
            zip(
                CLASSES,
                (612_000_000, 318_000_000, 281_000_000, 25_000_000),
                ("7.10", "3.42", "4.98", "-12.30"),
                strict=True,
            )
        )
    ]
    split = [
        mint.mint(
            "A02",
            "售电量",
            str(40_000_000 + 11_000_000 * ((at * 3 + kind * 2) % 7)),
            "kWh",
            by=By(dim="tariff_class", key=f"{at}{kind}", label=f"{name}"),
            org_name=f"国网云州{name}供电公司",
        )
        for kind in range(3)
        for at, name in enumerate(COUNTIES)
    ]
    bins = [
        mint.mint(
            "C02",
            "台区数",
            str(count),
            "个",
            kind="count",
            decimals=0,
            source="acquisition",
            by=By(dim="tg", key=str(at), label=label),
        )
        for at, (label, count) in enumerate(
            zip(("0%以下", "0%～2%", "2%～4%", "4%～6%", "6%～8%", "8%以上"), (12, 1480, 903, 214, 61, 37), strict=True)
        )
    ]
    price = [
        mint.mint("B01", name, value, "元/千千瓦时", kind="price", by=By(dim="cause", key=name, label=name))
        for name, value in (
            ("上年同期均价", "633.00"),
            ("结构因素", "5.29"),
            ("价格因素", "-6.29"),
            ("本期均价", "632.00"),
        )
    ]
    calls = [
        mint.mint(
            "E01",
            "95598工单量",
            str(count),
            "件",
            kind="count",
            decimals=0,
            source="service",
            datasets=("ticket",),
            by=By(dim="biz_type", key=name, label=name),
        )
        for name, count in (("咨询", 1620), ("报修", 811), ("投诉", 37), ("意见", 214), ("举报", 12), ("业务申请", 488))
    ]
    sections = (
        Section(
            id="overview",
            heading="总体情况",
            blocks=(
                Paragraph(
                    text=f"{{{{period}}}}，{{{{org}}}}完成售电量{t(sale)}，{t(sale, '.yoy')}，"
                    f"{t(sale, '.mom')}；{{{{ytd}}}}累计完成"
                    f"{t(sale, '.ytd')}，{t(sale, '.ytd_yoy')}。当月应收电费{t(due)}，{t(due, '.yoy')}；"
                    f"电费回收率{t(recovery)}，"
                    f"{t(recovery, '.yoy')}。台区线损率{t(loss)}，{t(loss, '.yoy')}；"
                    f"受理95598工单{t(tickets)}，{t(tickets, '.yoy')}。"
                ),
                Paragraph(text=f"采集成功率{t(partial)}，{t(partial, '.yoy')}，因部分数据不完整，待补采后复核。"),
                Paragraph(text="具体情况见[[ref:t_main]]。"),
                _main_table((sale, due, recovery, loss, tickets, outage)),
                Paragraph(text="说明：停电时户数因设备管理取数失败缺失，未以零代替。"),
            ),
        ),
        Section(id="market", heading="电力市场分析"),
        Section(
            id="energy",
            heading="售电量完成情况",
            level=2,
            blocks=(
                Paragraph(
                    text=f"从分月走势看，售电量保持平稳，{{{{period}}}}为{t(energy[-1])}，{t(energy[-1], '.yoy')}。"
                ),
                _trend(energy),
            ),
        ),
        Section(
            id="parts",
            heading="分单位、分类别用电分析",
            level=2,
            blocks=(
                Paragraph(
                    text="分单位看，"
                    + "；".join(
                        f"{t(fact, '.label')}售电量{t(fact, ':万千瓦时')}，{t(fact, '.yoy')}" for fact in county
                    )
                    + "。有关情况见[[ref:t_org]]、[[ref:c_org]]。"
                ),
                _member_table("t_org", "分单位售电量情况", "单位", county, county_total),
                _bars("c_org", "分单位售电量对比", "barh", county, "万千瓦时"),
                Paragraph(
                    text=f"分类别看，大工业用电量{t(classes[0])}，{t(classes[0], '.yoy')}；"
                    f"农业生产用电量{t(classes[3])}，{t(classes[3], '.yoy')}。"
                ),
                _member_table("t_class", "分类别售电量情况", "类别", classes, None),
                _stack(split),
            ),
        ),
        Section(
            id="price",
            heading="电费与电价",
            blocks=(
                Paragraph(text=f"到户均价{t(price[3])}，其中结构因素拉升{t(price[1])}。"),
                _member_table("t_price", "售电均价影响因素", "因素", price, None),
                _bars("c_price", "售电均价影响因素分解", "waterfall", price, "元/千千瓦时"),
            ),
        ),
        Section(
            id="loss",
            heading="计量采集与线损",
            blocks=(
                Paragraph(text=f"台区线损率{t(loss)}，{t(loss, '.yoy')}；线损率最高区间的台区有{t(bins[5])}。"),
                _member_table("t_loss", "台区线损率分布", "线损率区间", bins, None),
                _bars("c_loss", "台区线损率分布", "histogram", bins, "个"),
            ),
        ),
        Section(
            id="service",
            heading="优质服务",
            blocks=(
                Paragraph(text=f"受理工单以咨询为主，咨询类{t(calls[0])}，投诉类{t(calls[2])}。"),
                _bars("c_calls", "95598工单构成", "ring", calls, "件"),
                _member_table("t_calls", "95598工单构成", "业务类型", calls, None),
            ),
        ),
        Section(id="new", heading="新兴业务", thin="本期无可用数据，本部分从略。"),
        Section(
            id="problems",
            heading="存在的主要问题",
            blocks=(
                Listing(
                    items=(
                        f"部分县域用电下滑：{t(county[4], '.label')}售电量{t(county[4], '.yoy')}，"
                        "初步判断与重点企业检修有关，待现场核实。",
                        f"农业用电回落：农业生产用电量{t(classes[3], '.yoy')}，主要受气温偏低影响。",
                    )
                ),
            ),
        ),
        Section(
            id="next",
            heading="下月重点工作",
            blocks=(
                Listing(items=("组织对高损台区逐一核查，落实一台区一方案。", "深化“三零”服务，进一步压缩办电时长。")),
            ),
        ),
    )
    return ReportContent(
        title="国网云州供电公司2026年10月营销指标分析报告",
        template="R1",
        template_version="1.0",
        org="99401",
        org_name="国网云州供电公司",
        period=OCTOBER,
        sections=sections,
        facts=tuple(mint.facts),
        findings=(
            Finding(
                id="D1",
                kind="usage_drop",
                severity="异常",
                title="县域用电下滑",
                org="9940104",
                facts=(county[4].id,),
                text=f"{t(county[4], '.label')}售电量{t(county[4], '.yoy')}。",
                suggestion="安排客户经理走访并核实检修计划。",
            ),
        ),
        sources=(
            SourceState(source="marketing", label="营销2.0", status="ok", as_of=AS_OF),
            SourceState(source="equipment", label="设备管理", status="error", detail="连接超时"),
            SourceState(source="acquisition", label="采集2.0", status="partial", detail="缺一日数据", as_of=AS_OF),
        ),
        assumptions=("“望湖区”按国网云州望湖区供电公司理解",),
        llm="rule",
    )


def t(fact: Fact, rest: str = "") -> str:
    return "{{" + fact.id + rest + "}}"


def _main_table(facts: tuple[Fact, ...]) -> Table:
    units = {"kWh": "亿千瓦时", "元": "亿元"}
    rows = []
    for fact in facts:
        unit = units.get(fact.unit, fact.unit)
        if not fact.has_value:
            rows.append((fact.name, "小时", "取数失败", "—", "—", "—", "—"))
            continue
        total = t(fact, f".ytd:n:{unit}") if fact.compare.ytd is not None else "—"
        changes = [t(fact, f".{name}:n") if getattr(fact.compare, name) is not None else "—" for name in ("yoy", "mom")]
        total_yoy = t(fact, ".ytd_yoy:n") if fact.compare.ytd_yoy is not None else "—"
        rows.append((fact.name, unit, t(fact, f":n:{unit}"), *changes, total, total_yoy))
    return Table(
        id="t_main",
        caption="主要指标完成情况",
        columns=(
            Column(header="指标", align="left", width=1.6),
            Column(header="单位", align="center"),
            *(Column(header=name) for name in ("本月", "同比（%）", "环比（%）", "累计", "累计同比（%）")),
        ),
        rows=tuple(rows),
        notes=("率类指标的同比、环比单位为百分点。",),
    )


def _member_table(name: str, caption: str, first: str, facts: list[Fact], total: Fact | None) -> Table:
    unit = {"kWh": "万千瓦时"}.get(facts[0].unit, facts[0].unit)
    rows = [
        (
            t(fact, ".label"),
            t(fact, f":n:{unit}"),
            t(fact, ".yoy:n") if fact.compare.yoy is not None else "—",
        )
        for fact in facts
    ]
    if total is not None:
        rows.append(("合计", t(total, f":n:{unit}"), "—"))
    return Table(
        id=name,
        caption=caption,
        columns=(Column(header=first, align="left"), Column(header="本月", unit=unit), Column(header="同比", unit="%")),
        rows=tuple(rows),
        total=total is not None,
    )


def _trend(facts: list[Fact]) -> Block:
    return Chart(
        id="c_energy",
        caption="近十三个月售电量及同比",
        form="trend",
        categories=tuple(fact.period.label for fact in facts),
        series=(
            Series(name="售电量", points=tuple(Point(fact=fact.id) for fact in facts)),
            Series(
                name="同比", points=tuple(Point(fact=fact.id, field="yoy") for fact in facts), mark="line", axis="right"
            ),
        ),
        unit="万千瓦时",
        right_unit="%",
        source="数据来源：营销2.0",
        alt="近十三个月售电量柱形与同比折线",
    )


def _bars(name: str, caption: str, form: Any, facts: list[Fact], unit: str) -> Block:
    return Chart(
        id=name,
        caption=caption,
        form=form,
        categories=tuple(fact.by.label if fact.by else "" for fact in facts),
        series=(Series(name="本月", points=tuple(Point(fact=fact.id) for fact in facts)),),
        unit=unit,
        source="数据来源：营销2.0",
        alt=caption,
    )


def _stack(facts: list[Fact]) -> Block:
    size = len(COUNTIES)
    return Chart(
        id="c_stack",
        caption="分单位分类别售电量",
        form="stack",
        categories=COUNTIES,
        series=tuple(
            Series(name=CLASSES[at], points=tuple(Point(fact=fact.id) for fact in facts[at * size : (at + 1) * size]))
            for at in range(3)
        ),
        unit="万千瓦时",
        source="数据来源：营销2.0",
        alt="分单位分类别售电量堆积柱形",
    )
