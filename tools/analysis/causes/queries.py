"""What a change is examined with: canonical SQL by name, with its source and whether it is read in bulk."""

from __future__ import annotations

_GAP = """
SELECT e.cons_no AS cons_no, e.tg_no AS tg_no, e.date AS date, COALESCE(m.mean_kwh, 0) AS kwh
FROM energy_day AS e
LEFT JOIN (SELECT mp_no, AVG(fwd_kwh) AS mean_kwh FROM energy_day
           WHERE date BETWEEN {lead} AND {end} AND fwd_kwh IS NOT NULL GROUP BY mp_no) AS m ON m.mp_no = e.mp_no
WHERE e.date BETWEEN {start} AND {end} AND e.fwd_kwh IS NULL
"""
_LEVEL = """
SELECT x.tg_no AS tg_no, SUM(x.mean_kwh) AS kwh
FROM (SELECT mp_no, tg_no, AVG(fwd_kwh) AS mean_kwh FROM energy_day
      WHERE date BETWEEN {lead} AND {end} AND fwd_kwh IS NOT NULL GROUP BY mp_no, tg_no) AS x
GROUP BY x.tg_no
"""
_MONTHS = """
SUM(CASE WHEN b.ym BETWEEN :now_from AND :now_to THEN b.kwh_total ELSE 0 END) AS now_kwh,
SUM(CASE WHEN b.ym BETWEEN :was_from AND :was_to THEN b.kwh_total ELSE 0 END) AS was_kwh,
SUM(CASE WHEN b.ym BETWEEN :recent_from AND :recent_to THEN b.kwh_total ELSE 0 END) AS recent_kwh,
SUM(CASE WHEN b.ym BETWEEN :past_from AND :past_to THEN b.kwh_total ELSE 0 END) AS past_kwh
"""
_BIG = "(c.contract_cap_kva >= :min_kva OR c.cust_type = '高压')"


def _spans(template: str) -> tuple[str, str]:
    now = template.format(lead=":lead", start=":start", end=":end")
    was = template.format(lead=":was_lead", start=":was_start", end=":was_end")
    return now, was


QUERIES: dict[str, tuple[str, str, bool]] = {
    "daily": (
        "acquisition",
        "SELECT date, SUM(fwd_kwh) AS kwh, COUNT(*) AS n, COUNT(fwd_kwh) AS seen, SUM(rev_kwh) AS rev_kwh "
        "FROM energy_day WHERE date BETWEEN :first AND :end GROUP BY date ORDER BY date",
        True,
    ),
    "gap_now": ("acquisition", _spans(_GAP)[0], True),
    "gap_was": ("acquisition", _spans(_GAP)[1], True),
    "level_now": ("acquisition", _spans(_LEVEL)[0], True),
    "level_was": ("acquisition", _spans(_LEVEL)[1], True),
    "loss": (
        "acquisition",
        "SELECT SUM(CASE WHEN l.date >= :start THEN l.loss_kwh ELSE 0 END) AS loss_now, "
        "SUM(CASE WHEN l.date >= :start THEN l.loss_kwh + l.sale_kwh ELSE 0 END) AS supply_now, "
        "SUM(CASE WHEN l.date <= :was_end THEN l.loss_kwh ELSE 0 END) AS loss_was, "
        "SUM(CASE WHEN l.date <= :was_end THEN l.loss_kwh + l.sale_kwh ELSE 0 END) AS supply_was "
        "FROM tg_loss_day AS l WHERE l.computable AND "
        "((l.date BETWEEN :start AND :end) OR (l.date BETWEEN :was_start AND :was_end))",
        True,
    ),
    "outages": (
        "equipment",
        "SELECT event_id, event_type, line_id, tg_no, start_time, end_time FROM outage_event "
        "WHERE start_time < :end_time AND (end_time IS NULL OR end_time > :was_time)",
        True,
    ),
    "transformers": ("equipment", "SELECT tg_no, line_id FROM transformer", True),
    "weather": (
        "marketing",
        "SELECT date, AVG(t_avg) AS t_avg FROM weather_day WHERE date BETWEEN :first AND :end "
        "GROUP BY date ORDER BY date",
        True,
    ),
    "peer_weather": (
        "marketing",
        "SELECT date, AVG(t_avg) AS t_avg FROM weather_day WHERE date BETWEEN :first AND :end "
        "AND NOT (org_code LIKE :own) GROUP BY date ORDER BY date",
        True,
    ),
    "big": (
        "marketing",
        "SELECT b.cons_no AS cons_no, MAX(c.industry_code) AS industry, MAX(c.tg_no) AS tg_no, "
        f"MAX(c.open_date) AS open_date, {_MONTHS} FROM bill AS b JOIN customer AS c ON c.cons_no = b.cons_no "
        f"WHERE {_BIG} AND b.ym BETWEEN :history AND :now_to GROUP BY b.cons_no",
        True,
    ),
    "solar": (
        "marketing",
        "SELECT p.cons_no AS cons_no, MAX(p.cap_kw) AS cap_kw, MAX(p.grid_date) AS grid_date, "
        f"MAX(c.industry_code) AS industry, {_MONTHS} FROM (SELECT cons_no, SUM(cap_kw) AS cap_kw, "
        "MAX(grid_date) AS grid_date FROM pv_plant WHERE grid_date > :was_start AND grid_date <= :end "
        "GROUP BY cons_no) AS p JOIN customer AS c ON c.cons_no = p.cons_no JOIN bill AS b ON b.cons_no = p.cons_no "
        "WHERE b.ym BETWEEN :history AND :now_to GROUP BY p.cons_no",
        True,
    ),
    "solar_months": (
        "marketing",
        "SELECT b.cons_no AS cons_no, b.ym AS ym, MAX(p.grid_date) AS grid_date, SUM(b.kwh_total) AS kwh "
        "FROM (SELECT cons_no, MAX(grid_date) AS grid_date FROM pv_plant WHERE grid_date > :was_start "
        "AND grid_date <= :end GROUP BY cons_no) AS p JOIN bill AS b ON b.cons_no = p.cons_no "
        "WHERE b.ym BETWEEN :history AND :now_to AND b.period_end < p.grid_date GROUP BY b.cons_no, b.ym",
        True,
    ),
    "industries": (
        "marketing",
        "SELECT c.industry_code AS industry, b.ym AS ym, SUM(b.kwh_total) AS kwh, "
        f"SUM(CASE WHEN {_BIG} THEN b.kwh_total ELSE 0 END) AS big_kwh FROM bill AS b "
        "JOIN customer AS c ON c.cons_no = b.cons_no WHERE b.ym BETWEEN :history AND :now_to "
        "GROUP BY c.industry_code, b.ym",
        True,
    ),
    "late_bills": (
        "marketing",
        "SELECT SUM(CASE WHEN b.ym BETWEEN :now_from AND :now_to AND b.period_end < :start THEN b.kwh_total "
        "ELSE 0 END) AS now_kwh, SUM(CASE WHEN b.ym BETWEEN :was_from AND :was_to AND b.period_end < :was_start "
        "THEN b.kwh_total ELSE 0 END) AS was_kwh FROM bill AS b WHERE (b.ym BETWEEN :now_from AND :now_to) "
        "OR (b.ym BETWEEN :was_from AND :was_to)",
        True,
    ),
    "orders": (
        "marketing",
        "SELECT cons_no, wo_type, cap_before_kva, cap_after_kva FROM work_order "
        "WHERE wo_type IN ('减容', '暂停', '销户') AND finish_time >= :was_start AND finish_time < :after",
        True,
    ),
}
