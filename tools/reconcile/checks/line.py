"""线路级: what came through a unit's gateways against master meters of its areas and its dedicated customers (§2.3, 3).

Units that hold gateways are compared one by one. An area without a master reading is stood in for by what its customers
used; a dedicated customer's area has no master meter at all and always counts by its own meter.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from core.domain.fact import Fact
from knowledge.quality import CheckSpec
from tools.evidence import Scope, Wants
from tools.quality import Answers
from tools.reconcile import Check, Compared, Nothing, Odd, cents

SUPPLY = """
SELECT s.org_code, s.tg_no, CAST(SUM(s.supply_kwh) * 100 AS BIGINT) AS cents,
       SUM(CASE WHEN s.supply_kwh IS NULL THEN 1 ELSE 0 END) AS unread
FROM supply_day AS s WHERE s.date BETWEEN :start AND :end GROUP BY s.org_code, s.tg_no
"""
USED = """
SELECT org_code, tg_no, SUM(fwd_kwh) AS fwd, SUM(rev_kwh) AS rev, COUNT(*) AS n, COUNT(fwd_kwh) AS known
FROM energy_day WHERE date BETWEEN :start AND :end GROUP BY org_code, tg_no
"""


def _wants(scope: Scope, spec: CheckSpec) -> Wants:
    return {"supply": scope.want("acquisition", SUPPLY, bulk=True), "used": scope.want("acquisition", USED)}


def _judge(scope: Scope, spec: CheckSpec, answers: Answers, known: tuple[Fact, ...]) -> Compared:
    gates: dict[str, Decimal] = {}
    inside: dict[str, Decimal] = defaultdict(Decimal)
    unread: dict[str, bool] = defaultdict(bool)
    mastered: set[tuple[str, str]] = set()
    for row in answers.rows("supply"):
        if row["tg_no"] is None or row["tg_no"] != row["tg_no"]:
            gates[row["org_code"]] = cents(row["cents"])
        elif not row["unread"]:
            mastered.add((row["org_code"], row["tg_no"]))
            inside[row["org_code"]] += cents(row["cents"])
        else:
            unread[row["org_code"]] = True
    if not gates:
        raise Nothing(f"{scope.period.label}没有关口供电量数据")
    gaps: set[str] = set()
    for row in answers.rows("used"):
        if (row["org_code"], row["tg_no"]) not in mastered:
            inside[row["org_code"]] += (row["fwd"] or Decimal(0)) - (row["rev"] or Decimal(0))
        if row["known"] < row["n"]:
            gaps.add(row["org_code"])
    odd = []
    for org, gate in sorted(gates.items()):
        gap = gate - inside[org]
        rate = gap / gate * 100 if gate else Decimal(0)
        if not spec.tolerance["low_pct"] <= rate <= spec.tolerance["high_pct"]:
            cause = "no_master" if unread[org] else "missing" if org in gaps else "other"
            odd.append(Odd(org, org, cause, gap))
    left, right = sum(gates.values(), Decimal(0)), sum((inside[org] for org in gates), Decimal(0))
    asked = answers.wants
    return Compared(left, right, len(gates), tuple(odd), not odd, (asked["supply"],), (asked["supply"], asked["used"]))


CHECK = Check("line", _wants, _judge)
