"""欠费账龄: arrears by age and unit, and the customers that owe most (domain.md §1.3 B08, 当年欠费与陈欠分列).

Age counts from the month of issue to the end of the period: that month, the month before, earlier in the year, earlier
years. The four parts add up to 欠费余额 (B08).
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from core.domain.fact import By, Fact
from core.domain.finding import Finding
from core.domain.period import Period, shift_months
from tools.analysis import Analysis, Bench, Result
from tools.analysis.measured import measured
from tools.fetch import Outcome, Query

AGES = (("month", "当月发行"), ("last", "隔月"), ("year", "年内更早"), ("old", "跨年陈欠"))
_BANDS = """SUM(CASE WHEN x.ym = :m0 THEN x.amt ELSE 0 END) AS a_month,
       SUM(CASE WHEN x.ym = :m1 THEN x.amt ELSE 0 END) AS a_last,
       SUM(CASE WHEN x.ym < :m1 AND x.ym >= :jan THEN x.amt ELSE 0 END) AS a_year,
       SUM(CASE WHEN x.ym < :m1 AND x.ym < :jan THEN x.amt ELSE 0 END) AS a_old"""
_OWED = """(SELECT b.cons_no AS cons_no, b.org_code AS org_code, b.ym AS ym, b.receivable_amt AS amt
      FROM bill AS b WHERE b.ym <= :m0
      UNION ALL
      SELECT p.cons_no AS cons_no, p.org_code AS org_code, p.ym AS ym, 0 - p.amt AS amt
      FROM payment AS p WHERE p.arrive_time < :after) AS x"""
UNITS = f"SELECT x.org_code AS org_code, {_BANDS}, COUNT(*) AS n FROM {_OWED} GROUP BY x.org_code"
DEBTORS = f"""
SELECT g.cons_no AS cons_no, c.cons_name AS cons_name, g.owed AS owed, g.late AS late, g.months AS months, g.n AS n
FROM (SELECT y.cons_no AS cons_no, SUM(y.amt) AS owed, SUM(CASE WHEN y.ym < :m0 THEN y.amt ELSE 0 END) AS late,
             SUM(CASE WHEN y.amt > 0.005 THEN 1 ELSE 0 END) AS months, COUNT(*) AS n
      FROM (SELECT x.cons_no AS cons_no, x.ym AS ym, SUM(x.amt) AS amt FROM {_OWED} GROUP BY x.cons_no, x.ym) AS y
      GROUP BY y.cons_no HAVING SUM(y.amt) > 0.005) AS g
JOIN customer AS c ON c.cons_no = g.cons_no ORDER BY g.owed DESC, g.cons_no LIMIT 10
"""
CALIBER = "应收按发行年月、到账按期末24时前计，各账龄之和等于欠费余额"


def run(bench: Bench, org: str, period: Period) -> Result:
    """Places: `age_bands` the whole by age; `age_<band>` and `age_total` by unit below; `debtors` and their figures."""
    params = _params(period)
    answers = bench.gate.run_many(
        [Query("marketing", UNITS, params, org, "欠费账龄"), Query("marketing", DEBTORS, params, org, "欠费大户")]
    )
    units, debtors = answers
    if units.status != "ok":
        return Result(f"欠费账龄：{units.message or '没有数据'}")
    bands = [
        _fact(bench, units, params, org, period, f"{label}欠费", _sum(units, key), By(dim="age", key=key, label=label))
        for key, label in AGES
    ]
    facts, places = list(bands), {"age_bands": [fact.id for fact in bands]}
    places |= {f"age_{key}_sum": [fact.id] for (key, _), fact in zip(AGES, bands, strict=True)}
    for child in bench.tree.children(org):
        by = By(dim="org", key=child.code, label=child.short)
        amounts = {key: _sum(units, key, child.code) for key, _ in AGES}
        amounts["total"] = sum(amounts.values(), Decimal(0))
        for key, amount in amounts.items():
            fact = _fact(bench, units, params, child.code, period, "欠费", amount, by)
            facts.append(fact)
            places.setdefault(f"age_{key}", []).append(fact.id)
    made, findings = _debtors(bench, debtors, params, org, period)
    for fact, place in made:
        facts.append(fact)
        places.setdefault(place, []).append(fact.id)
    old = bands[-1]
    if old.value and old.value > 0:
        findings.insert(0, _old(org, old))
    return Result("欠费账龄", facts, findings, places)


def _params(period: Period) -> dict[str, Any]:
    last = period.end.replace(day=1)
    return {
        "m0": f"{last:%Y-%m}",
        "m1": f"{shift_months(last, -1):%Y-%m}",
        "jan": f"{last.year}-01",
        "after": period.end + timedelta(days=1),
    }


def _sum(outcome: Outcome, key: str, prefix: str = "") -> Decimal:
    rows = [row for row in outcome.records() if str(row["org_code"]).startswith(prefix)]
    return sum((Decimal(str(row[f"a_{key}"] or 0)) for row in rows), Decimal(0))


def _fact(
    bench: Bench, outcome: Outcome, params: dict[str, Any], org: str, period: Period, name: str, value: Decimal, by: By
) -> Fact:
    return measured(
        bench,
        outcome,
        params,
        org,
        period,
        name,
        value,
        "元",
        indicator="B08",
        caliber=CALIBER,
        by=by,
        direction="down",
    )


def _debtors(
    bench: Bench, outcome: Outcome, params: dict[str, Any], org: str, period: Period
) -> tuple[list[tuple[Fact, str]], list[Finding]]:
    made: list[tuple[Fact, str]] = []
    findings: list[Finding] = []
    for row in outcome.records() if outcome.status == "ok" else []:
        by = By(dim="customer", key=str(row["cons_no"]), label=str(row["cons_name"]))
        owed = _fact(bench, outcome, params, org, period, "欠费", Decimal(str(row["owed"])), by)
        late = _fact(bench, outcome, params, org, period, "跨月欠费", Decimal(str(row["late"])), by)
        months = measured(
            bench, outcome, params, org, period, "欠费月数", row["months"], "个月",
            indicator="B08", caliber="有欠费的发行月份个数", by=by, kind="count", decimals=0,
        )  # fmt: skip
        made += [(owed, "debtors"), (late, "debtor_late"), (months, "debtor_months")]
        if (late.value or 0) > 0 and len(findings) < 3:
            findings.append(
                Finding(
                    id="D0",
                    kind="debtor",
                    severity="异常",
                    title="高风险欠费客户",
                    text=f"{{{{{owed.id}.label}}}}欠费{{{{{owed.id}}}}}，其中跨月欠费{{{{{late.id}}}}}，涉及{{{{{months.id}}}}}。",
                    org=org,
                    facts=(owed.id, late.id, months.id),
                    suggestion="高风险客户逐户明确催收责任人，落实分次结算、预付费或担保措施，必要时依法催收。",
                )
            )
    return made, findings


def _old(org: str, old: Fact) -> Finding:
    return Finding(
        id="D0",
        kind="arrears_old",
        severity="异常",
        title="存在跨年陈欠",
        text=f"跨年陈欠尚有{{{{{old.id}}}}}。",
        org=org,
        facts=(old.id,),
        suggestion="逐笔核对陈欠的债权凭证和诉讼时效，制定清欠计划并按月通报进度。",
    )


ANALYSIS = Analysis("arrears_ageing", "欠费账龄", run)
