"""容量类: running capacity rolls forward by the finished work orders (§2.3, 5): opening + changes = closing.

The archive knows only today's capacity. Opening and closing are read from the first order that was finished after each
date (its capacity before), else from the archive; changes are the orders finished in the period.
"""

from __future__ import annotations

from decimal import Decimal

from core.domain.fact import Fact
from knowledge.quality import CheckSpec
from tools.evidence import Scope, Wants
from tools.indicators.answers import decimal
from tools.quality import Answers
from tools.reconcile import Check, Compared, Nothing, Odd

ROLLED = """
WITH moves AS (
    SELECT w.cons_no, w.cap_before_kva AS was, w.cap_after_kva AS became, w.finish_time AS at,
           ROW_NUMBER() OVER (PARTITION BY w.cons_no ORDER BY w.finish_time, w.wo_no) AS k
    FROM work_order AS w
    WHERE w.finish_time >= CAST(:start AS DATE)
      AND w.wo_type IN ('新装', '增容', '减容', '暂停', '恢复', '暂停恢复', '销户')
), later AS (
    SELECT m.cons_no, m.was, ROW_NUMBER() OVER (PARTITION BY m.cons_no ORDER BY m.k) AS j FROM moves AS m
    WHERE m.at >= CAST(:after AS DATE)
), rolled AS (
    SELECT c.cons_no, c.org_code, COALESCE(f.was, c.run_cap_kva, 0) AS opening,
           COALESCE(l.was, c.run_cap_kva, 0) AS closing, COALESCE(d.delta, 0) AS delta,
           COALESCE(d.n, 0) AS moved, l.was AS later_was, d.last_at
    FROM customer AS c
    LEFT JOIN moves AS f ON f.cons_no = c.cons_no AND f.k = 1
    LEFT JOIN later AS l ON l.cons_no = c.cons_no AND l.j = 1
    LEFT JOIN (SELECT m.cons_no, SUM(COALESCE(m.became, 0) - COALESCE(m.was, 0)) AS delta, COUNT(*) AS n,
                      MAX(m.at) AS last_at
               FROM moves AS m WHERE m.at < CAST(:after AS DATE) GROUP BY m.cons_no) AS d ON d.cons_no = c.cons_no
)
"""
TOTALS = (
    ROLLED
    + """
SELECT SUM(r.opening) AS opening, SUM(r.delta) AS delta, SUM(r.closing) AS closing, COUNT(*) AS n FROM rolled AS r
"""
)
BROKEN = (
    ROLLED
    + """
SELECT r.cons_no, r.org_code, r.opening + r.delta - r.closing AS gap, r.later_was FROM rolled AS r
WHERE ABS(r.opening + r.delta - r.closing) > :abs ORDER BY ABS(r.opening + r.delta - r.closing) DESC, r.cons_no
"""
)


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {
        "totals": scope.want("marketing", TOTALS),
        "broken": scope.want("marketing", BROKEN, abs=spec.tolerance["abs"]),
    }


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    totals = answers.rows("totals")
    if not totals or not totals[0]["n"]:
        raise Nothing("没有用电客户档案")
    row = totals[0]
    opening, delta, closing = (decimal(row[name]) or Decimal(0) for name in ("opening", "delta", "closing"))
    odd = tuple(
        Odd(str(item["cons_no"]), item["org_code"], "archive" if item["later_was"] is None else "chain", item["gap"])
        for item in answers.rows("broken")
    )
    asked = (answers.wants["totals"],)
    return Compared(opening + delta, closing, int(row["n"]), odd, not odd, asked, asked)


CHECK = Check("capacity", _wants, _judge)
