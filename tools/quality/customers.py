"""Statements about customers that several detectors and checks share: asked once."""

from __future__ import annotations

from tools.evidence import Scope, Want

CAPACITIES = "SELECT c.cons_no, c.org_code, c.tg_no, c.run_cap_kva, c.status FROM customer AS c"
DAILY = """
SELECT e.cons_no, MIN(e.org_code) AS org_code, MIN(e.tg_no) AS tg_no, CAST(SUM(e.fwd_kwh) * 100 AS BIGINT) AS cents,
       COUNT(e.fwd_kwh) AS known,
       SUM(CASE WHEN e.fwd_kwh IS NULL AND COALESCE(e.quality, '') <> '停电' THEN 1 ELSE 0 END) AS missing
FROM energy_day AS e WHERE e.date BETWEEN :start AND :end GROUP BY e.cons_no
"""


def capacities(scope: Scope) -> Want:
    """Archive of every customer: unit, area, running capacity, status."""
    return scope.want("marketing", CAPACITIES, bulk=True)


def daily(scope: Scope) -> Want:
    """Each customer's collected energy in hundredths of a kWh, days with a value, days without."""
    return scope.want("acquisition", DAILY, bulk=True)
