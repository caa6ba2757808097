"""服务诉求画像: tickets by hour of the day, complaints by kind and duty, and the complaints of the period as cases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period
from tools.analysis import Analysis, Bench, Result
from tools.analysis.measured import measured
from tools.fetch import Outcome, Query

HOURS = ((0, 6), (6, 9), (9, 12), (12, 15), (15, 18), (18, 21), (21, 24))
GROUPS = {"故障报修": "repair", "投诉": "unhappy", "意见": "unhappy", "举报": "unhappy"}
CASES = 5
TICKETS = """
SELECT x.h AS h, x.biz_type AS biz_type, COUNT(*) AS n
FROM (SELECT EXTRACT(HOUR FROM t.accept_time) AS h, t.biz_type AS biz_type
      FROM ticket AS t WHERE t.accept_time >= :start AND t.accept_time < :after) AS x
GROUP BY x.h, x.biz_type
"""
COMPLAINTS = """
SELECT t.ticket_no AS ticket_no, t.sub_type AS sub_type, t.duty_dept AS duty_dept, t.org_code AS org_code,
       t.is_true AS is_true, t.repeat_of AS repeat_of, t.accept_time AS accept_time,
       DATE_DIFF('second', t.accept_time, t.finish_time) AS seconds
FROM ticket AS t WHERE t.biz_type = '投诉' AND t.accept_time >= :start AND t.accept_time < :after
ORDER BY t.accept_time, t.ticket_no
"""
CALIBER = "按受理时间归属的客户服务工单"


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places: `hour_*` tickets by part of the day, `complaint_*` complaints by kind, duty and verification."""
    params = {"start": period.start, "after": period.end + timedelta(days=1)}
    tickets, complaints = bench.gate.run_many(
        [Query("service", TICKETS, params, org, "诉求时段"), Query("service", COMPLAINTS, params, org, "投诉")]
    )
    facts: list[Fact] = []
    places: dict[str, list[str]] = {}

    def add(place: str, outcome: Outcome, name: str, value: object, by: By | None = None, **more: Any) -> Fact:
        said: dict[str, Any] = {"kind": "count", "decimals": 0, "indicator": "E02"} | more
        where, when, unit = said.pop("org", org), said.pop("period", period), said.pop("unit", "件")
        fact = measured(bench, outcome, params, where, when, name, value, unit, caliber=CALIBER, by=by, **said)
        facts.append(fact)
        places.setdefault(place, []).append(fact.id)
        return fact

    if tickets.status == "ok":
        rows = tickets.records()
        for at, (low, high) in enumerate(HOURS):
            by = By(dim="hour", key=str(at), label=f"{low}—{high}时")
            sums = {"repair": 0, "unhappy": 0, "other": 0}
            for row in rows:
                if low <= int(str(row["h"])) < high:
                    sums[GROUPS.get(str(row["biz_type"]), "other")] += int(str(row["n"]))
            for kind, name in (("repair", "故障报修"), ("unhappy", "投诉、意见、举报"), ("other", "咨询及其他")):
                add(f"hour_{kind}", tickets, name, sums[kind], by, indicator="E01")
            add("hour_all", tickets, "诉求", sum(sums.values()), by, indicator="E01")
    if complaints.status != "ok":
        return Result("服务诉求画像", facts, [], places)
    rows = complaints.records()
    for field, place in (("sub_type", "complaint_kinds"), ("duty_dept", "complaint_duties")):
        counts: dict[str, int] = {}
        for row in rows:
            counts[str(row[field] or "未明确")] = counts.get(str(row[field] or "未明确"), 0) + 1
        for label, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            add(place, complaints, "投诉量", count, By(dim=field, key=label, label=label))
    add("complaint_true", complaints, "属实投诉", sum(1 for row in rows if row["is_true"]))
    add("complaint_repeat", complaints, "重复投诉", sum(1 for row in rows if row["repeat_of"]))
    closed = [Decimal(str(row["seconds"])) for row in rows if row["seconds"] is not None]
    if closed:
        mean = sum(closed, Decimal(0)) / len(closed) / 3600
        add("complaint_hours", complaints, "投诉平均办理时长", mean, unit="h", kind="duration", decimals=2)
    findings = [_case(add, complaints, bench, row) for row in _typical(rows)]
    top = [fact for fact in facts if fact.id in places.get("complaint_kinds", ())][:1]
    if top:
        findings.append(_leading(org, top[0]))
    return Result("服务诉求画像", facts, findings, places)


def _typical(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One case of each kind first (verified before unverified, the longest handling before others), at most five."""
    ranked = sorted(rows, key=lambda row: (not row["is_true"], -(row["seconds"] or 0), str(row["ticket_no"])))
    first: dict[str, dict[str, Any]] = {}
    for row in ranked:
        first.setdefault(str(row["sub_type"]), row)
    rest = [row for row in ranked if row not in first.values()]
    return [*first.values(), *rest][:CASES]


def _case(add: Any, outcome: Outcome, bench: Bench, row: dict[str, Any]) -> Finding:
    """A complaint without its words: kind, unit, day, hours, duty and verdict; nothing that names the customer."""
    day: date = row["accept_time"].date()
    by = By(dim="sub_type", key=str(row["ticket_no"]), label=str(row["sub_type"]))
    unit, seconds = str(row["org_code"]), row["seconds"]
    one = add("case_days", outcome, "典型投诉", 1, by, period=Period.day(day), org=unit)
    cells = {
        "kind": f"{{{{{one.id}.label}}}}",
        "unit": f"{{{{{one.id}.org}}}}",
        "day": f"{{{{{one.id}.period}}}}",
        "duty": str(row["duty_dept"] or "未明确"),
        "verdict": "属实" if row["is_true"] else "不属实" if row["is_true"] is not None else "待核实",
    }
    facts = [one.id]
    if seconds is not None:
        hours = Decimal(str(seconds)) / 3600
        took = add("case_hours", outcome, "办理时长", hours, by, unit="h", kind="duration", decimals=2,
                   period=Period.day(day), org=unit)  # fmt: skip
        cells["hours"] = f"{{{{{took.id}:n}}}}"
        facts.append(took.id)
    return Finding(
        id="D0",
        kind="complaint_case",
        severity="关注",
        title=f"{row['sub_type']}投诉",
        text=f"{{{{{one.id}.org}}}}{{{{{one.id}.period}}}}受理，责任部门{cells['duty']}，核实结论：{cells['verdict']}。",
        org=unit,
        facts=tuple(facts),
        cells=cells,
    )


_REMEDIES = {
    "频繁停电": "会同设备管理部门对重复停电线路和台区逐条治理，停电计划提前告知到户。",
    "电压质量": "对低电压台区开展三相负荷调整和增容布点，完成前落实临时调压措施。",
    "电费异常": "核查抄表和核算环节，异常电费先核实后发行，主动向客户解释账单。",
    "业扩超时": "按环节督办在途业扩工单，临近时限的提前预警并联系客户。",
    "服务态度": "开展窗口和现场人员服务规范培训，落实首问负责和一次性告知。",
}


def _leading(org: str, top: Fact) -> Finding:
    label = top.by.label if top.by else ""
    return Finding(
        id="D0",
        kind="complaint_leading",
        severity="关注",
        title=f"{label}投诉较多",
        text=f"本期{{{{{top.id}.label}}}}类投诉{{{{{top.id}}}}}，须重点治理。",
        org=org,
        facts=(top.id,),
        suggestion=_REMEDIES.get(label, "逐件分析诱因，明确责任部门和整改时限。"),
    )


ANALYSIS = Analysis("service_profile", "服务诉求画像", run)
