"""收费类: opening arrears + receivable − received = closing arrears (§2.3, 6), to the cent.

The roll goes over the cash book as a whole; closing arrears are read bill by bill. A payment that belongs to no bill,
and a bill that was paid twice, break the balance.
"""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import Fact
from knowledge.quality import CheckSpec
from tools.evidence import Scope, Wants
from tools.indicators.answers import decimal
from tools.quality import Answers
from tools.reconcile import Check, Compared, Nothing, Odd

BILLS = """
SELECT SUM(CASE WHEN b.ym < :start_ym THEN b.receivable_amt END) AS before_amt,
       SUM(CASE WHEN b.ym >= :start_ym THEN b.receivable_amt END) AS now_amt, COUNT(DISTINCT b.cons_no) AS n
FROM bill AS b WHERE b.ym <= :end_ym
"""
PAID = """
SELECT SUM(CASE WHEN p.arrive_time < CAST(:start AS DATE) THEN p.amt END) AS before_amt,
       SUM(CASE WHEN p.arrive_time >= CAST(:start AS DATE) THEN p.amt END) AS now_amt
FROM payment AS p WHERE p.arrive_time < CAST(:after AS DATE)
"""
CLOSING = """
SELECT SUM(b.receivable_amt - COALESCE(d.amt, 0)) AS amt
FROM bill AS b LEFT JOIN (SELECT p.bill_id, SUM(p.amt) AS amt FROM payment AS p
                          WHERE p.arrive_time < CAST(:after AS DATE) GROUP BY p.bill_id) AS d ON d.bill_id = b.bill_id
WHERE b.ym <= :end_ym
"""
ORPHANS = """
SELECT p.cons_no, MIN(p.org_code) AS org_code, SUM(p.amt) AS amt FROM payment AS p
LEFT JOIN bill AS b ON b.bill_id = p.bill_id AND b.ym <= :end_ym
WHERE p.arrive_time < CAST(:after AS DATE) AND b.bill_id IS NULL GROUP BY p.cons_no
"""
OVERPAID = """
SELECT b.cons_no, MIN(b.org_code) AS org_code, SUM(d.amt - b.receivable_amt) AS amt
FROM bill AS b JOIN (SELECT p.bill_id, SUM(p.amt) AS amt FROM payment AS p
                     WHERE p.arrive_time < CAST(:after AS DATE) GROUP BY p.bill_id) AS d ON d.bill_id = b.bill_id
WHERE b.ym <= :end_ym AND b.receivable_amt >= 0 AND d.amt - b.receivable_amt > :abs GROUP BY b.cons_no
"""


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {
        "bills": scope.want("marketing", BILLS),
        "paid": scope.want("marketing", PAID),
        "closing": scope.want("marketing", CLOSING),
        "orphans": scope.want("marketing", ORPHANS),
        "overpaid": scope.want("marketing", OVERPAID, abs=spec.tolerance["abs"]),
    }


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    bills, paid = answers.rows("bills"), answers.rows("paid")
    if not bills or not bills[0]["n"] or not paid:
        raise Nothing(f"{scope.period.label}没有电费账单或收费记录")
    issued_before, issued = (decimal(bills[0][name]) or Decimal(0) for name in ("before_amt", "now_amt"))
    paid_before, received = (decimal(paid[0][name]) or Decimal(0) for name in ("before_amt", "now_amt"))
    rolled = issued_before - paid_before + issued - received
    closing = decimal(answers.rows("closing")[0]["amt"]) or Decimal(0)
    odd = [Odd(str(row["cons_no"]), row["org_code"], "orphan", -row["amt"]) for row in answers.rows("orphans")]
    odd += [Odd(str(row["cons_no"]), row["org_code"], "overpaid", -row["amt"]) for row in answers.rows("overpaid")]
    asked = answers.wants
    within = abs(rolled - closing) <= spec.tolerance["abs"] and not odd
    left_wants = (asked["bills"], asked["paid"])
    return Compared(rolled, closing, int(bills[0]["n"]), tuple(odd), within, left_wants, (asked["closing"],))


CHECK = Check("recovery", _wants, _judge)
