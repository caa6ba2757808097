"""工单类: clusters of 停电报修 of one area within hours against the outages that 设备管理 knows (§2.3, 7)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.domain.fact import Fact
from knowledge.quality import CheckSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers
from tools.quality.areas import lines
from tools.quality.customers import capacities
from tools.reconcile import Check, Compared, Nothing, Odd

REPORTS = """
SELECT t.cons_no, t.org_code, t.accept_time FROM ticket AS t
WHERE t.accept_time >= CAST(:start AS DATE) AND t.accept_time < CAST(:after AS DATE)
  AND t.biz_type = '故障报修' AND t.sub_type LIKE '%停电%' AND t.cons_no IS NOT NULL
"""
ANY = """
SELECT COUNT(*) AS n FROM ticket AS t
WHERE t.accept_time >= CAST(:start AS DATE) AND t.accept_time < CAST(:after AS DATE)
"""
OUTAGES = """
SELECT o.tg_no, o.line_id, o.start_time, o.end_time FROM outage_event AS o
WHERE o.start_time >= CAST(:before AS DATE) AND o.start_time < CAST(:after AS DATE)
"""


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {
        "reports": scope.want("service", REPORTS),
        "any": scope.want("service", ANY),
        "outages": scope.want("equipment", OUTAGES),
        "customers": capacities(scope),
        "lines": lines(scope),
    }


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    if not answers.rows("any") or not answers.rows("any")[0]["n"]:
        raise Nothing(f"{scope.period.label}没有客户服务工单数据")
    line_of = {row["tg_no"]: row["line_id"] for row in answers.rows("lines")}
    if not line_of:
        raise Nothing("没有配电变压器档案，无法按台区核对停电")
    customers = answers.frame("customers")
    area_of = dict(zip(customers["cons_no"], customers["tg_no"], strict=True)) if len(customers) else {}
    calls: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in answers.rows("reports"):
        if area_of.get(row["cons_no"]):
            calls[area_of[row["cons_no"]]].append(row)
    hours = timedelta(hours=int(spec.limits["hours"]))
    clusters = [(tg, group) for tg, rows in calls.items() for group in _clusters(rows, hours, spec.limits["tickets"])]
    outages = answers.rows("outages")
    odd = [
        Odd(tg, group[0]["org_code"], "unreported", Decimal(1))
        for tg, group in clusters
        if not any(_explains(outage, tg, line_of.get(tg), group, hours) for outage in outages)
    ]
    share = Decimal(len(odd)) / len(clusters) * 100 if clusters else Decimal(0)
    asked = answers.wants
    return Compared(
        Decimal(len(clusters)), Decimal(len(clusters) - len(odd)), len(clusters), tuple(odd),
        share <= spec.tolerance["share_pct"], (asked["reports"],), (asked["reports"], asked["outages"]),
    )  # fmt: skip


def _clusters(rows: list[dict[str, Any]], span: timedelta, least: int) -> list[list[dict[str, Any]]]:
    """Groups of at least `least` reports whose first and last lie no further apart than `span`."""
    rows = sorted(rows, key=lambda row: row["accept_time"])
    out: list[list[dict[str, Any]]] = []
    group: list[dict[str, Any]] = []
    for row in rows:
        if group and row["accept_time"] - group[0]["accept_time"] > span:
            out.append(group)
            group = []
        group.append(row)
    return [item for item in [*out, group] if len(item) >= least]


def _explains(outage: dict[str, Any], tg: str, line: str | None, group: list[dict[str, Any]], span: timedelta) -> bool:
    here = outage["tg_no"] == tg if outage["tg_no"] else outage["line_id"] == line
    begun: datetime = outage["start_time"]
    ended: datetime = outage["end_time"] or group[-1]["accept_time"]
    return bool(here) and begun - span <= group[-1]["accept_time"] and group[0]["accept_time"] <= ended + span


CHECK = Check("outage_reports", _wants, _judge)
