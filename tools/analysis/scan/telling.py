"""Findings of a scan: each figure a fact with the statement it was read by, and why it is not something else."""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Bench, Result
from tools.analysis.measured import measured
from tools.analysis.scan.members import LABELS, PEERS, Level, Members, named
from tools.analysis.scan.scan import SHOWN, Found
from tools.analysis.scan.series import Series

EXPECTED = {
    "day": "此前六周同类日（工作日、休息日分开）中位数 × 同类对象当日共同变化",
    "month": "上年同月 × 自身此前六个月或三个月的增长（取偏离较小者）× 同类对象共同变化；无上年的取此前三个月水平",
}
ADVICE: dict[Level, str] = {
    "org": "核查采集完整性、停电和大客户生产情况。",
    "line": "逐台区查看，核对停电、转供和大客户用电。",
    "tg": "核对户变关系、计量装置和停电记录，逐户查看。",
    "customer": "联系客户核实生产经营，必要时现场检查计量装置。",
}


def told(
    bench: Bench, level: Level, org: str, period: Period, known: Members, series: Series, found: list[Found]
) -> Result:
    """Facts and findings of the largest deviations, and how many there are in all."""
    shown = found[:SHOWN]
    names = named(bench, level, org, known, [item.key for item in shown])
    facts: list[Fact] = []
    findings: list[Finding] = []
    for item in shown:
        made = _one(bench, level, org, period, series, item, names[item.key])
        facts += made[0]
        findings.append(made[1])
    label = LABELS[level]
    count = measured(
        bench, series.outcome, series.params, org, period, f"用电异常{label}数", len(found), "个", indicator="A04",
        caliber="偏离、持续和电量均达到提示线的对象数", kind="count", decimals=0, direction="lower_better",
    )  # fmt: skip
    facts.append(count)
    places = {"anomalies": [fact for finding in findings for fact in finding.facts], "count": [count.id]}
    return Result(f"{label}用电异常", facts, findings, places)


def _one(
    bench: Bench, level: Level, org: str, period: Period, series: Series, item: Found, name: str
) -> tuple[list[Fact], Finding]:
    grain = "month" if period.whole_months else "day"
    place = item.key if level == "org" else org
    by = None if level == "org" else By(dim=level, key=item.key, label=name)

    def fact(said: str, value: float, unit: str, caliber: str, decimals: int = 0, kind: str = "amount") -> Fact:
        return measured(
            bench, series.outcome, series.params, place, period, said, Decimal(f"{value:.{max(decimals, 2)}f}"), unit,
            indicator="A04", caliber=caliber, by=by, kind=kind, decimals=decimals,
        )  # fmt: skip

    lasted = "天" if grain == "day" else "个月"
    times = fact(f"异常{lasted.strip('个')}数", item.times, lasted, "偏离达到提示线的天数或月数", kind="count")
    used = fact("异常时段电量", item.kwh, "kWh", "采集日电量合计（个别缺数按已有读数折算）")
    level_fact = fact("应有电量", item.expected, "kWh", EXPECTED[grain])
    gap = fact("偏离应有水平", item.own * 100, "%", "异常时段电量 ÷ 应有电量 − 1", 1, "rate")
    lost = fact("与应有水平的差额", item.kwh - item.expected, "kWh", "异常时段电量 − 应有电量")
    shared = fact(f"{PEERS[level]}共同变化", item.shared * 100, "%", f"{PEERS[level]}偏离各自水平的中位数", 1, "rate")
    places = 1 if item.absent else 0
    absent = fact("缺数天数", item.absent, "天", "期内缺数读数折合的天数", places)
    facts = [times, used, level_fact, gap, lost, shared, absent]
    down = item.own < 0
    excluded = (
        f"不是天气或日历：{PEERS[level]}同期共同变化{{{{{shared.id}}}}}，已扣除",
        f"期内缺数{{{{{absent.id}}}}}，" + ("须先核对缺数" if item.absent >= 1 else "不是缺数"),
    )
    who = f"{{{{{used.id}.org}}}}" if level == "org" else f"{{{{{used.id}.label}}}}"
    when = "" if grain == "month" else f"有{{{{{times.id}}}}}偏离，其间"
    more = "少" if down else "多"
    text = f"{who}{when}电量{{{{{used.id}}}}}，偏离应有水平{{{{{gap.id}}}}}，{more}用{{{{{lost.id}:abs}}}}"
    text += f"；{'；'.join(excluded)}。"
    finding = Finding(
        id="D0",
        kind=f"{level}_{'drop' if down else 'surge'}",
        severity=item.rank,
        title=f"{name}用电异常{'下降' if down else '上升'}",
        text=text,
        org=place,
        facts=tuple(one.id for one in facts),
        excluded=excluded,
        suggestion=ADVICE[level],
    )
    return facts, finding
