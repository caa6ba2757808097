"""Organisation, customers, orders, service: files that agree with each other."""

from __future__ import annotations

from typing import Any

from tools.demo import dictionary


def test_organisation_is_a_prefix_tree(province: Any) -> None:
    assert province.rows("SELECT level, count(*) FROM marketing.org GROUP BY 1 ORDER BY 2") == [
        ("city", 1),
        ("county", 4),
        ("station", 14),
    ]
    province.none("""
        SELECT o.org_code FROM marketing.org o LEFT JOIN marketing.org p ON p.org_code = o.parent_code
        WHERE (o.level = 'city') <> (o.parent_code IS NULL)
           OR (o.level <> 'city' AND (p.org_code IS NULL OR NOT starts_with(o.org_code, p.org_code)))
    """)
    assert province.one("SELECT org_name FROM marketing.org WHERE org_code = '9940104'") == "国网云州望湖区供电公司"


def test_code_columns_hold_dictionary_values(province: Any) -> None:
    for column, values in (
        ("marketing.customer.cust_type", dictionary.CUST_TYPES),
        ("marketing.customer.tariff_class", dictionary.TARIFF_CLASSES),
        ("marketing.customer.market_flag", dictionary.MARKET_FLAGS),
        ("marketing.customer.status", dictionary.CUSTOMER_STATES),
        ("marketing.customer.industry_code", dictionary.INDUSTRIES),
        ("marketing.work_order.wo_type", dictionary.WORK_ORDER_TYPES),
        ("marketing.work_order.status", dictionary.WORK_ORDER_STATES),
        ("marketing.payment.channel", dictionary.PAYMENT_CHANNELS),
        ("marketing.metering_point.mp_class", dictionary.MP_CLASSES),
        ("marketing.inspection.finding", dictionary.FINDINGS),
        ("meter.meter_event.event_code", dictionary.METER_EVENTS),
        ("service.ticket.channel", dictionary.CHANNELS),
        ("service.ticket.biz_type", dictionary.BIZ_TYPES),
        ("service.ticket.satisfaction", dictionary.SATISFACTION),
        ("equipment.outage_event.event_type", dictionary.OUTAGE_TYPES),
        ("equipment.defect.level", dictionary.DEFECT_LEVELS),
        ("equipment.work_plan.status", dictionary.PLAN_STATES),
        ("acquisition.fee_control.cmd", dictionary.FEE_COMMANDS),
        ("acquisition.fee_control.result", dictionary.FEE_RESULTS),
        ("acquisition.tg_loss_day.reason", dictionary.NOT_COMPUTABLE),
    ):
        table, name = column.rsplit(".", 1)
        found = {r[0] for r in province.rows(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL")}
        assert found == set(values), column


def test_capacity_follows_the_orders(province: Any) -> None:
    province.none("""
        WITH o AS (SELECT *, lead(cap_before_kva) OVER w AS following, row_number() OVER w AS n,
                          count(*) OVER (PARTITION BY cons_no) AS many
                   FROM marketing.work_order WHERE status = '已归档'
                   WINDOW w AS (PARTITION BY cons_no ORDER BY finish_time))
        SELECT o.cons_no, o.wo_type FROM o LEFT JOIN marketing.customer c USING (cons_no)
        WHERE c.cons_no IS NULL OR (o.following IS NOT NULL AND o.following <> o.cap_after_kva)
           OR (n = many AND o.cap_after_kva <> c.run_cap_kva)
    """)
    province.none("""
        SELECT * FROM marketing.work_order WHERE NOT CASE wo_type
            WHEN '新装' THEN cap_before_kva = 0 AND cap_after_kva > 0
            WHEN '增容' THEN cap_after_kva > cap_before_kva
            WHEN '恢复' THEN cap_after_kva > cap_before_kva
            WHEN '减容' THEN cap_after_kva < cap_before_kva
            WHEN '暂停' THEN cap_after_kva < cap_before_kva
            WHEN '销户' THEN cap_after_kva = 0
            ELSE cap_after_kva = cap_before_kva END
    """)


def test_total_capacity_rolls_forward(province: Any) -> None:
    start = province.one("""
        SELECT sum(coalesce(f.cap_before_kva, c.run_cap_kva)) FROM marketing.customer c LEFT JOIN (
            SELECT DISTINCT ON (cons_no) cons_no, cap_before_kva FROM marketing.work_order WHERE status = '已归档'
            ORDER BY cons_no, finish_time) f USING (cons_no)
    """)
    change = province.one(
        "SELECT sum(cap_after_kva - cap_before_kva) FROM marketing.work_order WHERE status = '已归档'"
    )
    assert start + change == province.one("SELECT sum(run_cap_kva) FROM marketing.customer")


def test_files_agree_with_orders(province: Any) -> None:
    province.none("""
        SELECT c.cons_no FROM marketing.customer c FULL JOIN (
            SELECT cons_no, finish_time::DATE AS day FROM marketing.work_order
            WHERE wo_type = '新装' AND status = '已归档') w
        USING (cons_no)
        WHERE (c.open_date >= DATE '2024-09-01' OR w.day IS NOT NULL) AND c.open_date IS DISTINCT FROM w.day
    """)
    province.none("""
        SELECT c.cons_no FROM marketing.customer c FULL JOIN (
            SELECT cons_no, finish_time::DATE AS day FROM marketing.work_order
            WHERE wo_type = '销户' AND status = '已归档') w
        USING (cons_no) WHERE c.close_date IS DISTINCT FROM w.day OR (c.status = '销户') <> (w.day IS NOT NULL)
    """)
    province.none("SELECT cons_no FROM marketing.customer WHERE status = '销户' AND run_cap_kva <> 0")
    province.none("""
        SELECT cons_no FROM marketing.customer c WHERE status = '暂停' AND NOT EXISTS (
            SELECT 1 FROM marketing.work_order w WHERE w.cons_no = c.cons_no AND w.wo_type = '暂停')
    """)
    province.none(
        "SELECT wo_no FROM marketing.work_order WHERE (status = '在途') <> (finish_time IS NULL) "
        "OR accept_time >= coalesce(finish_time, TIMESTAMP '2026-11-01')"
    )


def test_tariffs_follow_capacity_and_kind(province: Any) -> None:
    province.none("""
        SELECT cons_no FROM marketing.customer WHERE (tariff_class = '工商业两部制') <>
            (cust_type = '高压' AND contract_cap_kva >= 315) AND tariff_class <> '工商业单一制'
    """)
    for sign in ("tariff_class = '居民生活'", "industry_code LIKE 'B%'"):
        province.none(f"SELECT cons_no FROM marketing.customer WHERE (cust_type = '低压居民') <> ({sign})")
    big = province.one("SELECT count(*) FROM marketing.customer WHERE cust_type = '高压' AND contract_cap_kva >= 315")
    assert 70 <= big <= 95


def test_people_are_invented(province: Any) -> None:
    province.none("SELECT phone FROM marketing.customer WHERE NOT regexp_full_match(phone, '19900[0-9]{6}')")
    province.none("""
        SELECT cons_name FROM marketing.customer
        WHERE NOT regexp_full_match(cons_name, '[一-龥]{2,3}') AND cust_type = '低压居民'
    """)
    province.none(
        "SELECT cons_name FROM marketing.customer WHERE cust_type <> '低压居民' AND cons_name NOT LIKE '云州%'"
    )
    assert province.one("SELECT count(*) FROM service.ticket WHERE regexp_matches(content, '19900[0-9]{6}')") > 100


def test_tickets_are_handled_in_order(province: Any) -> None:
    province.none("""
        SELECT ticket_no FROM service.ticket WHERE dispatch_time < accept_time OR arrive_time < dispatch_time
           OR finish_time < coalesce(arrive_time, dispatch_time) OR revisit_time < finish_time
           OR (arrive_time IS NOT NULL AND biz_type <> '故障报修') OR (is_true IS NOT NULL) <> (biz_type = '投诉')
           OR (satisfaction IS NOT NULL AND revisit_time IS NULL)
    """)
    province.none(
        "SELECT ticket_no FROM service.ticket WHERE cons_no IS NOT NULL AND cons_no NOT IN "
        "(SELECT cons_no FROM marketing.customer)"
    )
    province.none(
        "SELECT t.ticket_no FROM service.ticket t JOIN service.ticket o ON o.ticket_no = t.repeat_of "
        "WHERE o.accept_time > t.accept_time OR o.biz_type <> t.biz_type"
    )
    content = province.one("SELECT avg((satisfaction <> '不满意')::INT) FROM service.ticket")
    assert 0.97 < content < 1.0
    province.none("SELECT * FROM service.call_day WHERE answered > calls OR answered_20s > answered")
    summer, autumn = province.rows("""
        SELECT count(*) FILTER (month(accept_time) IN (7, 8)), count(*) FILTER (month(accept_time) IN (10, 11))
        FROM service.ticket
    """)[0]
    assert summer > autumn
    cluster = [i for i in province.key("defects") if i["type"] == "complaint_cluster"]
    for item in cluster:
        assert (
            province.one(f"""
            SELECT count(*) FROM service.ticket WHERE org_code = '{item["org_code"]}' AND biz_type = '投诉'
               AND accept_time::DATE BETWEEN DATE '{item["start"]}' AND DATE '{item["end"]}'
        """)
            >= item["count"]
        )


def test_remote_control_follows_late_payment(province: Any) -> None:
    rates = dict(province.rows("SELECT cmd, avg((result = '成功')::INT) FROM acquisition.fee_control GROUP BY 1"))
    assert 0.95 < rates["停电"] < 1 and 0.96 < rates["复电"] <= 1
    province.none("""
        SELECT f.cmd_no FROM acquisition.fee_control f WHERE cmd = '停电' AND NOT EXISTS (
            SELECT 1 FROM marketing.bill b WHERE b.cons_no = f.cons_no AND b.issue_time < f.sent_time)
    """)


def test_duplicates_are_exact_and_only_where_announced(province: Any) -> None:
    doubled = province.one(
        "SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT * FROM meter.register_day)) FROM meter.register_day"
    )
    planted = [i for i in province.key("defects") if i["type"] == "duplicate_register"]
    assert planted and doubled == 5 * len(planted)
    events = province.one(
        "SELECT count(*) - (SELECT count(*) FROM (SELECT DISTINCT * FROM meter.meter_event)) FROM meter.meter_event"
    )
    assert events == 12
