"""单位级: customers' bills against the reported 应收电费, to the cent; each bill against its parts (§2.3, 4)."""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import Fact
from knowledge.quality import CheckSpec
from tools.evidence import Scope, Wants
from tools.indicators.answers import decimal
from tools.quality import Answers
from tools.reconcile import Check, Compared, Nothing, Odd

PARTS = """
SELECT b.cons_no, MIN(b.org_code) AS org_code, SUM(b.receivable_amt) AS whole,
       SUM(COALESCE(b.energy_amt, 0) + COALESCE(b.basic_amt, 0) + COALESCE(b.pf_amt, 0) + COALESCE(b.surcharge_amt, 0))
       AS parts
FROM bill AS b WHERE b.ym BETWEEN :start_ym AND :end_ym GROUP BY b.cons_no
HAVING ABS(SUM(b.receivable_amt) - SUM(COALESCE(b.energy_amt, 0) + COALESCE(b.basic_amt, 0) + COALESCE(b.pf_amt, 0)
       + COALESCE(b.surcharge_amt, 0))) > :row_abs
"""
WHOLE = """
SELECT SUM(d.amt) AS amt, COUNT(*) AS n FROM (SELECT b.cons_no, SUM(COALESCE(b.energy_amt, 0) + COALESCE(b.basic_amt, 0)
       + COALESCE(b.pf_amt, 0) + COALESCE(b.surcharge_amt, 0)) AS amt
FROM bill AS b WHERE b.ym BETWEEN :start_ym AND :end_ym GROUP BY b.cons_no) AS d
"""
REPORTED = "SELECT SUM(b.receivable_amt) AS amt FROM bill AS b WHERE b.ym BETWEEN :start_ym AND :end_ym"
INDICATOR = "B03"


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {
        "parts": scope.want("marketing", PARTS, row_abs=spec.tolerance["row_abs"]),
        "whole": scope.want("marketing", WHOLE),
        "reported": scope.want("marketing", REPORTED),
    }


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    whole = answers.rows("whole")
    if not whole or not whole[0]["n"]:
        raise Nothing(f"{scope.period.label}没有电费账单数据")
    odd = [
        Odd(str(row["cons_no"]), row["org_code"], "parts", row["parts"] - row["whole"]) for row in answers.rows("parts")
    ]
    left, right = decimal(whole[0]["amt"]) or Decimal(0), _reported(scope, answers, known)
    if abs(left - right - sum((item.gap for item in odd), Decimal(0))) > spec.tolerance["abs"]:
        odd.append(Odd(scope.org, scope.org, "report", left - right))
    asked = answers.wants
    return Compared(
        left, right, int(whole[0]["n"]), tuple(odd), abs(left - right) <= spec.tolerance["abs"] and not odd,
        (asked["whole"],), (asked["reported"],),
    )  # fmt: skip


def _reported(scope: Scope, answers: Answers, known: tuple[Fact, ...]) -> Decimal:
    """What the report prints; where no report is being made, the sum that it would print."""
    for fact in known:
        mine = fact.indicator == INDICATOR and fact.org == scope.org and fact.period == scope.period and not fact.by
        if mine and fact.value is not None and not fact.supplement:
            return fact.value
    return decimal(answers.rows("reported")[0]["amt"]) or Decimal(0)


CHECK = Check("unit", _wants, _judge)
