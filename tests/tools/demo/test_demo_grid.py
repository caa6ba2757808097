"""The supply side and the equipment: losses, gateways, lines, outages."""

from __future__ import annotations

from typing import Any


def test_area_loss_is_supply_plus_solar_minus_sale(province: Any) -> None:
    province.none("""
        SELECT * FROM acquisition.tg_loss_day WHERE computable AND (
            loss_kwh IS DISTINCT FROM supply_kwh + pv_kwh - sale_kwh OR reason IS NOT NULL
            OR abs(loss_pct - loss_kwh * 100 / (supply_kwh + pv_kwh)) > 0.0001)
    """)
    province.none("""
        SELECT * FROM acquisition.tg_loss_day
        WHERE NOT computable AND (loss_kwh IS NOT NULL OR loss_pct IS NOT NULL OR reason IS NULL)
    """)
    reasons = {r[0] for r in province.rows("SELECT DISTINCT reason FROM acquisition.tg_loss_day WHERE NOT computable")}
    assert reasons == {"缺数", "无总表", "关系缺失"}


def test_sale_and_solar_of_an_area_come_from_its_customers(province: Any) -> None:
    province.none("""
        SELECT * FROM acquisition.tg_loss_day d LEFT JOIN (
            SELECT e.tg_no, e.date, coalesce(sum(fwd_kwh), 0) AS sale,
                   coalesce(sum(rev_kwh) FILTER (p.cons_no IS NOT NULL), 0) AS pv
            FROM acquisition.energy_day e LEFT JOIN marketing.pv_plant p USING (cons_no) GROUP BY ALL) e
        USING (tg_no, date)
        WHERE d.sale_kwh <> coalesce(e.sale, 0) OR d.pv_kwh <> coalesce(e.pv, 0)
    """)
    province.none("""
        SELECT * FROM acquisition.tg_loss_day d JOIN acquisition.supply_day s USING (tg_no, date)
        WHERE d.supply_kwh IS DISTINCT FROM s.supply_kwh
    """)
    province.none("""
        SELECT tg_no FROM acquisition.tg_loss_day WHERE tg_no NOT IN
            (SELECT tg_no FROM equipment.transformer WHERE is_public)
    """)


def test_missing_data_make_an_area_not_computable(province: Any) -> None:
    province.none("""
        SELECT d.tg_no, d.date FROM acquisition.tg_loss_day d
        JOIN (SELECT DISTINCT tg_no, date FROM acquisition.energy_day WHERE quality = '缺失') m USING (tg_no, date)
        WHERE d.computable
    """)


def test_gateways_are_areas_plus_dedicated_customers_plus_line_loss(province: Any) -> None:
    """Where a month has no planted defect in the station the line loss lies between one and two percent."""
    rates = province.rows("""
        WITH area AS (SELECT org_code, date, sum(supply_kwh) AS kwh, count(*) FILTER (supply_kwh IS NULL) AS unknown
                      FROM acquisition.supply_day WHERE tg_no IS NOT NULL GROUP BY ALL),
        own AS (SELECT e.org_code, e.date, sum(fwd_kwh) - sum(rev_kwh) AS kwh,
                       count(*) FILTER (quality = '缺失') AS gaps
                FROM acquisition.energy_day e JOIN marketing.customer c USING (cons_no)
                WHERE c.cust_type = '高压' GROUP BY ALL),
        touched AS (SELECT DISTINCT c.org_code FROM meter.meter_event m JOIN marketing.customer c USING (cons_no)
                    WHERE c.cust_type = '高压' AND m.event_code = '失流')
        SELECT g.org_code, strftime(g.date, '%Y-%m'),
               (sum(g.supply_kwh) / sum(area.kwh + own.kwh) - 1) * 100
        FROM acquisition.supply_day g JOIN area USING (org_code, date) JOIN own USING (org_code, date)
        WHERE g.tg_no IS NULL AND g.org_code NOT IN (SELECT org_code FROM touched)
        GROUP BY ALL HAVING sum(unknown) = 0 AND sum(gaps) = 0
    """)
    assert len(rates) > 60
    assert all(1.0 <= r[2] <= 2.05 for r in rates)


def test_gateways_stand_only_at_stations(province: Any) -> None:
    assert province.one("SELECT count(DISTINCT org_code) FROM acquisition.supply_day WHERE tg_no IS NULL") == 14
    assert province.one("SELECT count(*) FROM acquisition.supply_day WHERE tg_no IS NULL") == 14 * 791


def test_losses_have_the_usual_size(province: Any) -> None:
    typical = province.rows("""
        SELECT quantile_cont(r, [0.25, 0.5, 0.75]) FROM (
            SELECT sum(loss_kwh) * 100 / sum(supply_kwh + pv_kwh) AS r FROM acquisition.tg_loss_day WHERE computable
            GROUP BY tg_no)
    """)[0][0]
    assert all(2.0 <= r <= 4.5 for r in typical)
    whole = province.rows("""
        SELECT o, (g + rev - sale) * 100 / (g + rev) FROM (
            SELECT left(org_code, 7) AS o, sum(supply_kwh) AS g FROM acquisition.supply_day
            WHERE tg_no IS NULL GROUP BY 1)
        JOIN (SELECT left(org_code, 7) AS o, sum(fwd_kwh) AS sale, sum(rev_kwh) AS rev FROM acquisition.energy_day
              WHERE strftime(date, '%Y-%m') <> '2025-12' OR org_code NOT LIKE '9940103%' GROUP BY 1) USING (o)
        WHERE o <> '9940103'
    """)
    assert all(2.5 <= r[1] <= 5.0 for r in whole)


def test_planted_areas_show_in_the_losses(province: Any) -> None:
    mean = dict(
        province.rows("""
        SELECT tg_no, sum(loss_kwh) * 100.0 / sum(supply_kwh + pv_kwh) FROM acquisition.tg_loss_day WHERE computable
        GROUP BY 1
    """)
    )
    seen = set()
    for item in province.key("defects"):
        seen.add(item["type"])
        if item["type"] == "high_loss":
            assert mean[item["ids"][0]] > 6
        elif item["type"] == "negative_loss":
            assert mean[item["ids"][0]] < -1
        elif item["type"] == "wrong_relation":
            high, negative = item["ids"]
            assert mean[high] > 6 and mean[negative] < mean[high] - 8
    assert {"high_loss", "negative_loss", "wrong_relation"} <= seen


def test_theft_raises_the_loss_of_its_area(province: Any) -> None:
    for item in (i for i in province.key("defects") if i["type"] == "theft"):
        before, after = province.rows(f"""
            SELECT sum(loss_kwh) FILTER (date >= DATE '{item["start"]}' - 60 AND date < DATE '{item["start"]}') / 60.0,
                   sum(loss_kwh) FILTER (date BETWEEN DATE '{item["start"]}' AND DATE '{item["start"]}' + 29) / 30.0
            FROM acquisition.tg_loss_day JOIN marketing.customer USING (tg_no) WHERE cons_no = '{item["ids"][0]}'
        """)[0]
        assert after > before
        codes = {
            r[0]
            for r in province.rows(f"""
            SELECT event_code FROM meter.meter_event
            WHERE cons_no = '{item["ids"][0]}' AND start_time::DATE = DATE '{item["start"]}'
        """)
        }
        assert codes >= {"开盖", "失流"}
        found = province.one(f"""
            SELECT count(*) FROM marketing.inspection WHERE cons_no = '{item["ids"][0]}' AND finding = '窃电'
        """)
        assert found == int(item["found"])


def test_network_references_hold(province: Any) -> None:
    province.none("SELECT cons_no FROM marketing.customer c ANTI JOIN equipment.transformer t USING (tg_no)")
    province.none("SELECT cons_no FROM marketing.customer c ANTI JOIN equipment.line l USING (line_id)")
    province.none("""
        SELECT c.cons_no FROM marketing.customer c JOIN equipment.transformer t USING (tg_no)
        WHERE (c.cust_type = '高压') = t.is_public OR c.line_id <> t.line_id OR c.org_code <> t.org_code
    """)
    province.none(
        "SELECT tg_no FROM equipment.transformer t JOIN equipment.line l USING (line_id) WHERE t.org_code <> l.org_code"
    )
    province.none(
        "SELECT cons_no FROM acquisition.energy_day e JOIN marketing.customer c USING (cons_no) "
        "WHERE e.tg_no <> c.tg_no OR e.org_code <> c.org_code LIMIT 5"
    )


def test_outages_cut_energy_and_bring_reports(province: Any) -> None:
    """Customers of a long line fault use less that day than on the days around it."""
    ratio = province.one("""
        WITH o AS (SELECT line_id, start_time::DATE AS date FROM equipment.outage_event
                   WHERE tg_no IS NULL AND event_type = '计划' AND end_time - start_time > INTERVAL 4 HOUR)
        SELECT sum(e.fwd_kwh) FILTER (e.date = o.date) * 2.0 / sum(e.fwd_kwh) FILTER (e.date <> o.date)
        FROM o JOIN marketing.customer c USING (line_id) JOIN acquisition.energy_day e USING (cons_no)
        WHERE e.date IN (o.date - 7, o.date, o.date + 7)
    """)
    assert 0.6 < ratio < 0.92
    matched = province.one("""
        SELECT avg(EXISTS (
            SELECT 1 FROM equipment.outage_event o JOIN marketing.customer c ON c.cons_no = t.cons_no
            WHERE (o.tg_no = c.tg_no OR (o.tg_no IS NULL AND o.line_id = c.line_id))
              AND t.accept_time BETWEEN o.start_time AND o.start_time + INTERVAL 2 HOUR)::INT)
        FROM service.ticket t WHERE biz_type = '故障报修' AND sub_type = '停电报修' AND cons_no IS NOT NULL
    """)
    assert matched > 0.6


def test_repeated_outages_are_there_to_be_found(province: Any) -> None:
    for item in (i for i in province.key("defects") if i["type"] == "frequent_outage"):
        many = province.one(f"""
            SELECT count(*) FROM equipment.outage_event
            WHERE tg_no = '{item["ids"][0]}'
              AND start_time::DATE BETWEEN DATE '{item["start"]}' AND DATE '{item["end"]}'
        """)
        assert many > 3
    silent = next(i for i in province.key("defects") if i["type"] == "unreported_outage")
    assert (
        province.one(f"""
        SELECT count(*) FROM equipment.outage_event
        WHERE tg_no = '{silent["ids"][0]}' AND start_time::DATE = DATE '{silent["start"]}'
    """)
        == 0
    )
    assert (
        province.one(f"""
        SELECT count(*) FROM service.ticket JOIN marketing.customer USING (cons_no)
        WHERE tg_no = '{silent["ids"][0]}' AND accept_time::DATE = DATE '{silent["start"]}' AND sub_type = '停电报修'
    """)
        >= 5
    )
