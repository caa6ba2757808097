"""Meters and energies: registers, replacements, rollovers, curves, collection."""

from __future__ import annotations

from typing import Any

READINGS = """
WITH r AS (SELECT DISTINCT * FROM meter.register_day),
pair AS (
    SELECT a.mp_no, a.date, a.r_total AS r0, b.r_total AS r1, a.rev_total AS v0, b.rev_total AS v1,
           a.r_peak AS p0, b.r_peak AS p1
    FROM r a JOIN r b ON b.mp_no = a.mp_no AND b.date = a.date + 1
    WHERE a.r_total IS NOT NULL AND b.r_total IS NOT NULL
)
"""


def test_energy_is_the_difference_of_two_readings_times_the_ratio_of_the_day(province: Any) -> None:
    compared = province.rows(
        READINGS
        + """
        SELECT count(*), sum((e.fwd_kwh <> m.ratio * (r1 - r0 + CASE WHEN r1 < r0 THEN 1000000 ELSE 0 END))::INT),
               sum((e.rev_kwh <> m.ratio * (v1 - v0))::INT), sum((r1 < r0)::INT)
        FROM pair JOIN acquisition.energy_day e USING (mp_no, date)
        JOIN marketing.metering_point m ON m.mp_no = e.mp_no AND e.date >= m.valid_from
             AND (m.valid_to IS NULL OR e.date < m.valid_to)
        WHERE e.fwd_kwh IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM marketing.meter_change x WHERE x.mp_no = e.mp_no AND x.change_time::DATE = e.date)
    """
    )[0]
    assert compared[0] > 4_500_000
    assert compared[1] == 0 and compared[2] == 0
    assert compared[3] == len([i for i in province.key("defects") if i["type"] == "rollover"])


def test_every_reading_pair_was_compared(province: Any) -> None:
    """Apart from planted or random gaps, every day has both readings."""
    energy = province.one("SELECT count(*) FROM acquisition.energy_day WHERE quality IN ('正常', '补采')")
    pairs = province.one(
        READINGS + "SELECT count(*) FROM pair JOIN acquisition.energy_day USING (mp_no, date) "
        "WHERE quality IN ('正常', '补采')"
    )
    assert pairs / energy > 0.995


def test_meter_changes_are_stitched(province: Any) -> None:
    found = province.rows(
        READINGS
        + """
        SELECT count(*), sum((e.fwd_kwh <> (x.old_stop - r0) * x.old_ratio + (r1 - x.new_start) * x.new_ratio)::INT),
               count(*) FILTER (x.old_ratio <> x.new_ratio)
        FROM marketing.meter_change x JOIN pair ON pair.mp_no = x.mp_no AND pair.date = x.change_time::DATE
        JOIN acquisition.energy_day e ON e.mp_no = x.mp_no AND e.date = pair.date
    """
    )[0]
    assert found[0] >= 60 and found[1] == 0 and found[2] >= 1


def test_registers_of_the_periods_add_up(province: Any) -> None:
    province.none("""
        SELECT mp_no, date FROM meter.register_day
        WHERE r_total IS NOT NULL AND (r_total - r_peak - r_flat - r_valley) % 1000000 <> 0
    """)


def test_one_energy_row_a_customer_and_day_while_connected(province: Any) -> None:
    province.none("SELECT mp_no, date FROM acquisition.energy_day GROUP BY ALL HAVING count(*) > 1")
    province.none("""
        SELECT c.cons_no, days, n FROM (
            SELECT cons_no, least(coalesce(close_date, DATE '2026-11-01'), DATE '2026-11-01')
                   - greatest(open_date, DATE '2024-09-01') AS days FROM marketing.customer) c
        LEFT JOIN (SELECT cons_no, count(*) AS n FROM acquisition.energy_day GROUP BY 1) e USING (cons_no)
        WHERE coalesce(n, 0) <> days
    """)


def test_null_energy_only_where_the_quality_says_so(province: Any) -> None:
    province.none("SELECT * FROM acquisition.energy_day WHERE (fwd_kwh IS NULL) <> (quality IN ('缺失', '停电'))")
    province.none("SELECT * FROM acquisition.energy_day WHERE fwd_kwh < 0 OR rev_kwh < 0")
    kinds = {row[0] for row in province.rows("SELECT DISTINCT quality FROM acquisition.energy_day")}
    assert kinds == {"正常", "估算", "缺失", "停电", "补采"}


def test_days_without_supply_lie_inside_outages(province: Any) -> None:
    province.none("""
        SELECT e.cons_no, e.date FROM acquisition.energy_day e JOIN marketing.customer c USING (cons_no)
        WHERE e.quality = '停电' AND NOT EXISTS (
            SELECT 1 FROM equipment.outage_event o
            WHERE (o.tg_no = c.tg_no OR (o.tg_no IS NULL AND o.line_id = c.line_id))
              AND o.start_time < e.date + INTERVAL 1 DAY AND o.end_time > e.date)
    """)


def test_energy_stays_below_what_the_capacity_can_carry(province: Any) -> None:
    share = province.one("""
        SELECT avg((e.fwd_kwh <= greatest(c.contract_cap_kva, c.run_cap_kva) * 24 * 1.2)::INT)
        FROM acquisition.energy_day e JOIN marketing.customer c USING (cons_no) WHERE fwd_kwh IS NOT NULL
    """)
    assert share > 0.9995


def test_collection_statistics_follow_the_qualities(province: Any) -> None:
    province.none("""
        SELECT * FROM (
            SELECT tg_no, date, count(*) FILTER (quality <> '停电') AS expected,
                   count(*) FILTER (quality IN ('正常')) AS got
            FROM acquisition.energy_day GROUP BY ALL) e
        FULL JOIN acquisition.collect_day d USING (tg_no, date)
        WHERE coalesce(e.expected, 0) <> coalesce(d.expected, 0) OR coalesce(e.got, 0) <> coalesce(d.got, 0)
    """)
    usual = province.one("""
        SELECT median(r) FROM (SELECT sum(got) * 100.0 / sum(expected) AS r FROM acquisition.collect_day GROUP BY date)
    """)
    assert 99.6 <= usual <= 99.95


def test_curves_hold_the_energy_of_the_day(province: Any) -> None:
    found = province.rows("""
        WITH day AS (SELECT cons_no, ts::DATE AS date, sum(p_kw) / 4 AS kwh FROM meter.curve96
                     GROUP BY ALL HAVING count(*) = 96)
        SELECT count(*), max(abs(kwh - fwd_kwh)) , count(DISTINCT cons_no)
        FROM day JOIN acquisition.energy_day USING (cons_no, date)
        WHERE fwd_kwh IS NOT NULL AND quality IN ('正常', '补采')
    """)[0]
    assert found[0] > 55_000 and found[1] < 2 and found[2] == 84
    province.none("SELECT mp_no, ts FROM meter.curve96 GROUP BY ALL HAVING count(*) > 1")
    province.none("""
        SELECT DISTINCT cons_no FROM meter.curve96 JOIN marketing.customer USING (cons_no)
        WHERE cust_type <> '高压' OR contract_cap_kva < 315
    """)


def test_solar_owners_and_only_they_feed_back(province: Any) -> None:
    hidden = {i for d in province.key("defects") if d["type"] == "reverse_energy" for i in d["ids"]}
    feeding = {r[0] for r in province.rows("SELECT DISTINCT cons_no FROM acquisition.energy_day WHERE rev_kwh > 0")}
    owners = {r[0] for r in province.rows("SELECT cons_no FROM marketing.pv_plant")}
    assert hidden and hidden <= feeding
    assert feeding - owners == hidden
    province.none("""
        SELECT e.cons_no FROM acquisition.energy_day e JOIN marketing.pv_plant p USING (cons_no)
        WHERE e.rev_kwh > 0 AND e.date < p.grid_date
    """)


def test_energy_mix_calendar_and_weather_look_like_a_province(province: Any) -> None:
    mix = dict(
        province.rows("""
        SELECT CASE WHEN industry_code LIKE 'B%' THEN 'B' ELSE industry_code END, sum(fwd_kwh)::DOUBLE
        FROM acquisition.energy_day JOIN marketing.customer USING (cons_no) GROUP BY 1
    """)
    )
    total = sum(mix.values())
    assert 0.54 <= mix["2"] / total <= 0.63
    assert 0.16 <= mix["B"] / total <= 0.22

    def level(industry: str, start: str, end: str) -> float:
        return float(
            province.one(f"""
            SELECT sum(fwd_kwh)::DOUBLE / (DATE '{end}' - DATE '{start}' + 1)
            FROM acquisition.energy_day JOIN marketing.customer USING (cons_no)
            WHERE industry_code LIKE '{industry}' AND date BETWEEN DATE '{start}' AND DATE '{end}'
        """)
        )

    for festival, before in (
        (("2025-01-28", "2025-02-03"), ("2025-01-06", "2025-01-10")),
        (("2026-02-16", "2026-02-22"), ("2026-01-26", "2026-01-30")),
    ):
        assert 0.35 <= level("2", *festival) / level("2", *before) <= 0.62
    assert level("B%", "2025-07-15", "2025-08-15") > 1.3 * level("B%", "2025-04-15", "2025-05-15")
    warm = province.one("SELECT avg(t_avg) FROM marketing.weather_day WHERE month(date) = 7")
    cold = province.one("SELECT avg(t_avg) FROM marketing.weather_day WHERE month(date) = 1")
    assert 27 < warm < 33 and 1 < cold < 9
