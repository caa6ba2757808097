"""大客户流失预警: a rule score that explains itself (domain.md §4.1, signals S1, S4, S5, S11), as of a day.

Only what was known on that day counts: bills issued, orders accepted and payments due up to it. 市场关系变化 is
not loss and gives no points.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from core.domain.fact import By, Fact
from core.domain.finding import Finding, Severity
from core.domain.period import Period, month_end, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.fetch import Query

SHOWN = 20
SQL = """
SELECT c.cons_no AS cons_no, c.cons_name AS cons_name, MAX(c.org_code) AS org_code,
       SUM(CASE WHEN b.ym BETWEEN :now_from AND :now_to THEN b.kwh_total ELSE 0 END) AS kwh_now,
       SUM(CASE WHEN b.ym BETWEEN :was_from AND :was_to THEN b.kwh_total ELSE 0 END) AS kwh_was,
       SUM(CASE WHEN b.ym = :now_to THEN b.kwh_total ELSE 0 END) AS kwh_last, COUNT(*) AS n
FROM customer AS c JOIN bill AS b ON b.cons_no = c.cons_no
WHERE c.contract_cap_kva >= :min_kva AND b.issue_time < :after AND b.ym BETWEEN :was_from AND :now_to
  AND (c.close_date IS NULL OR c.close_date > :as_of)
GROUP BY c.cons_no, c.cons_name
"""
ORDERS = """
SELECT w.cons_no AS cons_no, SUM(w.cap_before_kva - w.cap_after_kva) AS cut_kva, MAX(w.cap_before_kva) AS cap_kva,
       SUM(CASE WHEN w.wo_type = '销户' THEN 1 ELSE 0 END) AS closing
FROM work_order AS w WHERE w.wo_type IN ('减容', '暂停', '销户')
  AND w.accept_time >= :year_before AND w.accept_time < :after
GROUP BY w.cons_no
"""
LATE = """
SELECT b.cons_no AS cons_no, SUM(b.receivable_amt) - SUM(COALESCE(p.amt, 0)) AS owed
FROM bill AS b LEFT JOIN (SELECT bill_id, SUM(amt) AS amt FROM payment WHERE arrive_time < :after GROUP BY bill_id) AS p
  ON p.bill_id = b.bill_id
WHERE b.issue_time < :month_ago GROUP BY b.cons_no HAVING SUM(b.receivable_amt) - SUM(COALESCE(p.amt, 0)) > 1
"""


def run(bench: Bench, org: str, period: Period) -> Result:
    """The customers with the highest scores; each finding gives its reasons with raw figures as facts."""
    as_of = period.end
    last = as_of if as_of == month_end(as_of) else shift_months(as_of.replace(day=1), -1)
    now_to, now_from = last.replace(day=1), shift_months(last.replace(day=1), -2)
    months = {
        "now_from": f"{now_from:%Y-%m}",
        "now_to": f"{now_to:%Y-%m}",
        "was_from": f"{shift_months(now_from, -12):%Y-%m}",
        "was_to": f"{shift_months(now_to, -12):%Y-%m}",
    }
    after = as_of + timedelta(days=1)
    params = {
        **months,
        "after": after,
        "as_of": as_of,
        "min_kva": int(bench.catalog.thresholds.get("big_customer.min_kva")),
    }
    usage = bench.gate.run(Query("marketing", SQL, params, org, "大客户电量"))
    if usage.status != "ok":
        return Result(f"流失预警：{usage.message or '没有大客户数据'}")
    orders = bench.gate.run(
        Query("marketing", ORDERS, {"after": after, "year_before": as_of - timedelta(days=365)}, org, "减容暂停")
    )
    owing = bench.gate.run(
        Query("marketing", LATE, {"after": after, "month_ago": as_of - timedelta(days=31)}, org, "逾期欠费")
    )
    cuts = {str(row["cons_no"]): row for row in orders.records()} if orders.status == "ok" else {}
    owed = {str(row["cons_no"]): row for row in owing.records()} if owing.status == "ok" else {}
    yellow, orange, red = (
        Decimal(bench.catalog.thresholds.get(f"churn_score.{name}")) for name in ("yellow", "orange", "red")
    )
    scored = []
    for row in usage.records():
        cons = str(row["cons_no"])
        score, reasons = _score(row, cuts.get(cons), owed.get(cons))
        if score >= yellow:
            scored.append((score, row, reasons))
    scored.sort(key=lambda item: (-item[0], str(item[1]["cons_no"])))
    facts: list[Fact] = []
    findings = []
    for score, row, reasons in scored[:SHOWN]:
        severity: Severity = "严重" if score >= red else "异常" if score >= orange else "关注"
        made, finding = _finding(bench, period, usage.sql, score, severity, row, reasons)
        facts += made
        findings.append(finding)
    return Result("大客户流失预警（规则评分）", facts, findings, {"ranking": [f.facts[0] for f in findings]})


Reason = tuple[str, Decimal, str]


def _score(
    row: dict[str, object], cut: dict[str, object] | None, owed: dict[str, object] | None
) -> tuple[Decimal, list[Reason]]:
    """0–100: weights of §4.1 for the signals in reach, scaled to the sum of these weights."""
    reasons: list[Reason] = []
    points = Decimal(0)
    now, was, last = _d(row["kwh_now"]), _d(row["kwh_was"]), _d(row["kwh_last"])
    if was > 0:
        change = (now / was - 1) * 100
        if change <= -30:
            points += 20 + min(Decimal(15), (-change - 30) / 3)
            reasons.append(("近季电量同比变动", change, "%"))
        if last < was / 3 * Decimal("0.02"):
            points += 20
            reasons.append(("最近一月电量", last, "kWh"))
    if cut is not None and _d(cut["cut_kva"]) > 0:
        share = _d(cut["cut_kva"]) / max(_d(cut["cap_kva"]), Decimal(1)) * 100
        points += 18 if share >= 30 else 10
        reasons.append(("一年内减容、暂停容量", _d(cut["cut_kva"]), "kVA"))
        if _d(cut["closing"]) > 0:
            points += 15
            reasons.append(("销户申请", _d(cut["closing"]), "件"))
    if owed is not None:
        points += 12
        reasons.append(("逾期欠费", _d(owed["owed"]), "元"))
    return min(points, Decimal(100)), reasons


def _finding(
    bench: Bench,
    period: Period,
    sql: str,
    score: Decimal,
    severity: Severity,
    row: dict[str, object],
    reasons: list[Reason],
) -> tuple[list[Fact], Finding]:
    by = By(dim="customer", key=str(row["cons_no"]), label=str(row["cons_name"]))
    unit_of = bench.tree.get(str(row["org_code"]))

    def mint(name: str, value: Decimal, unit: str, decimals: int = 2) -> Fact:
        return Fact(
            id=bench.mint(),
            indicator="H05",
            name=name,
            value=value,
            unit=unit,
            decimals=decimals,
            kind="amount",
            period=period,
            org=str(row["org_code"]),
            org_name=unit_of.name if unit_of else "",
            by=by,
            caliber="流失规则评分：近季为截至日前三个整月，与上年同期比较；减容、暂停看一年，逾期看三十一天以上",
            caliber_version=bench.catalog.thresholds.version,
            source="marketing",
            datasets=("customer", "bill", "work_order", "payment"),
            query=sql,
            row_count=int(str(row["n"])),
            method="按截至日已知的账单、工单和缴费计算",
        )

    total = mint("流失风险分", score, "分", 0)
    facts = [total, *(mint(name, value, unit) for name, value, unit in reasons)]
    words = "，".join(_said(fact) for fact in facts[1:])
    return facts, Finding(
        id=f"D{bench.mint()[1:]}",
        kind="churn",
        severity=severity,
        title=f"{by.label}流失风险",
        text=f"{{{{{total.id}.org}}}}，风险评分{{{{{total.id}}}}}，{words}。",
        org=str(row["org_code"]),
        facts=tuple(fact.id for fact in facts),
        suggestion="客户经理上门走访，核实生产经营和用电计划。",
    )


def _said(fact: Fact) -> str:
    """A reason in words: a negative change is a fall by its magnitude."""
    if fact.value is not None and fact.value < 0:
        return f"{fact.name.removesuffix('变动')}下降{{{{{fact.id}:abs}}}}"
    return f"{{{{{fact.id}.name}}}}{{{{{fact.id}}}}}"


def _d(value: object) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)


ANALYSIS = Analysis("churn_risk", "大客户流失预警", run)
