"""Statements about transformer areas that several detectors and checks share: asked once."""

from __future__ import annotations

from tools.evidence import Scope, Want

LOSSES = """
SELECT l.tg_no, MIN(l.org_code) AS org_code,
       CAST(SUM(CASE WHEN l.computable THEN l.supply_kwh + l.pv_kwh ELSE 0 END) * 100 AS BIGINT) AS cents_in,
       CAST(SUM(CASE WHEN l.computable THEN l.sale_kwh ELSE 0 END) * 100 AS BIGINT) AS cents_out,
       CAST(SUM(CASE WHEN l.computable THEN l.loss_kwh ELSE 0 END) * 100 AS BIGINT) AS cents_loss,
       CAST(SUM(CASE WHEN l.computable THEN l.pv_kwh ELSE 0 END) * 100 AS BIGINT) AS cents_pv,
       SUM(CASE WHEN l.computable THEN 1 ELSE 0 END) AS days, COUNT(*) AS all_days,
       SUM(CASE WHEN l.reason = '无总表' THEN 1 ELSE 0 END) AS no_master,
       SUM(CASE WHEN l.reason = '关系缺失' THEN 1 ELSE 0 END) AS no_relation,
       SUM(CASE WHEN l.reason = '缺数' THEN 1 ELSE 0 END) AS missing
FROM tg_loss_day AS l WHERE l.date BETWEEN :start AND :end GROUP BY l.tg_no
"""
LINES = "SELECT t.tg_no, t.line_id, t.org_code, t.is_public FROM transformer AS t"


def losses(scope: Scope) -> Want:
    """Each area's energy in, out and lost over its computable days (hundredths of a kWh), other days by reason."""
    return scope.want("acquisition", LOSSES, bulk=True)


def lines(scope: Scope) -> Want:
    return scope.want("equipment", LINES, bulk=True)
